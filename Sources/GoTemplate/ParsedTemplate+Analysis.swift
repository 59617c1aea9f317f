/// What can be said of a template without running it.
extension ParsedTemplate {
    /// Every name that is asked of the dot or of a variable, and every variable, in the order of the text: `.A.B` gives A and B.
    public var identifiers: [TemplateIdentifier] {
        var found: [TemplateIdentifier] = []
        visitOperands { operand in
            switch operand.kind {
            case .field(let names), .variable(let names), .chain(_, let names): found += names
            default: break
            }
        }
        return found.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The functions that are called, and where.
    public var calledFunctions: [TemplateIdentifier] {
        var found: [TemplateIdentifier] = []
        visitOperands { operand in
            if case .function(let name) = operand.kind { found.append(name) }
        }
        return found.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// Whether a field or variable of this name is mentioned anywhere, by Ollama's rule: letters' case does not matter, and what
    /// is asked of parentheses (`(index .A 0).Name`) does not count.
    public func mentions(_ name: String) -> Bool { mentionedNames.contains(name.lowercased()) }

    /// All names that are mentioned, by the same rule, in lower case: for whoever asks for several.
    public var mentionedNames: Set<String> {
        var found: Set<String> = []
        visitOperands { operand in
            switch operand.kind {
            case .field(let names), .variable(let names): for name in names { found.insert(name.name) }
            default: break
            }
        }
        return Set(found.map { $0.lowercased() })
    }

    /// Calls `visit` with every operand of every tree, those inside parentheses too.
    public func visitOperands(_ visit: (TemplateOperand) -> Void) {
        for (_, body) in bodies.sorted(by: { $0.key < $1.key }) { Self.visit(body, visit) }
    }

    private static func visit(_ body: TemplateBody, _ visit: (TemplateOperand) -> Void) {
        for node in body.nodes {
            switch node {
            case .text, .breakLoop, .continueLoop: break
            case .action(let action): Self.visit(action.pipeline, visit)
            case .branch(let branch):
                Self.visit(branch.pipeline, visit)
                Self.visit(branch.body, visit)
                if let elseBody = branch.elseBody { Self.visit(elseBody, visit) }
            case .invocation(let invocation): if let pipeline = invocation.pipeline { Self.visit(pipeline, visit) }
            }
        }
    }

    private static func visit(_ pipeline: TemplatePipeline, _ visit: (TemplateOperand) -> Void) {
        for command in pipeline.commands { for operand in command.operands { Self.visit(operand, visit) } }
    }

    private static func visit(_ operand: TemplateOperand, _ visit: (TemplateOperand) -> Void) {
        visit(operand)
        switch operand.kind {
        case .chain(let inner, _): Self.visit(inner, visit)
        case .pipeline(let pipeline): Self.visit(pipeline, visit)
        default: break
        }
    }
}
