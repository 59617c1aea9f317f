/// Templates made from templates.
extension ParsedTemplate {
    /// The template with `{{ .NAME }}` at its end.
    public func appendingField(_ name: String) -> ParsedTemplate {
        let end = location.bytes.count..<location.bytes.count
        let operand = TemplateOperand(range: end, kind: .field([TemplateIdentifier(name, end)]))
        let command = TemplateCommand(range: end, operands: [operand])
        let pipeline = TemplatePipeline(range: end, isAssignment: false, variables: [], commands: [command])
        return replacingMain(TemplateBody(main.nodes + [.action(TemplateAction(range: end, pipeline: pipeline))]))
    }

    /// The template up to and with the first action that mentions the field; everything after it is gone, in the block where it
    /// stands and in those around.
    ///
    /// A mention in the pipeline of an `if`, `range` or `with` is not one: the search goes by actions.
    public func cutAfterField(_ name: String) -> ParsedTemplate {
        var isCut = false
        return replacingMain(Self.cut(main, after: name, &isCut))
    }

    private static func cut(_ body: TemplateBody, after name: String, _ isCut: inout Bool) -> TemplateBody {
        var kept: [TemplateNode] = []
        for node in body.nodes where !isCut {
            switch node {
            case .action(let action):
                kept.append(node)
                isCut = mentions(action.pipeline, name)
            case .branch(let branch):
                let body = cut(branch.body, after: name, &isCut)
                var elseBody = branch.elseBody
                if isCut { elseBody = nil } else { elseBody = elseBody.map { cut($0, after: name, &isCut) } }
                kept.append(
                    .branch(
                        TemplateBranch(
                            kind: branch.kind, range: branch.range, pipeline: branch.pipeline, body: body, elseBody: elseBody)))
            case .text, .invocation, .breakLoop, .continueLoop: kept.append(node)
            }
        }
        return TemplateBody(kept)
    }

    private static func mentions(_ pipeline: TemplatePipeline, _ name: String) -> Bool {
        pipeline.commands.contains { command in
            command.operands.contains { operand in
                if case .field(let names) = operand.kind { names.contains { $0.name == name } } else { false }
            }
        }
    }
}
