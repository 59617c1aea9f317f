internal import GoTemplate

/// What begins a tool call, as far as a template tells.
extension ToolCallParser {
    /// The first text inside the first `if` that asks for `.ToolCalls`, up to a brace, without blanks at its ends; `{` where
    /// there is none.
    static func tag(inferredFrom template: ParsedTemplate) -> String {
        guard let branch = toolCallBranch(in: template.main), let text = firstText(in: branch.body) else { return "{" }
        let normalized = text.replacing("\r\n", with: "\n")
        let tag = String(normalized.prefix { $0 != "{" }).trimmingBlanks
        return tag.isEmpty ? "{" : tag
    }

    private static func toolCallBranch(in body: TemplateBody) -> TemplateBranch? {
        for case .branch(let branch) in body.nodes {
            if branch.kind == .if, asksForToolCalls(branch.pipeline) { return branch }
            if let found = toolCallBranch(in: branch.body) { return found }
            if let elseBody = branch.elseBody, let found = toolCallBranch(in: elseBody) { return found }
        }
        return nil
    }

    private static func asksForToolCalls(_ pipeline: TemplatePipeline) -> Bool {
        pipeline.commands.contains { command in
            command.operands.contains { operand in
                if case .field(let names) = operand.kind { names.contains { $0.name == "ToolCalls" } } else { false }
            }
        }
    }

    /// The first text that is not blank, in the order that the template would write it; nil where something computed comes first.
    private static func firstText(in body: TemplateBody) -> String? {
        for node in body.nodes {
            switch node {
            case .text(let text): if !text.trimmedText.isEmpty { return String(decoding: text.bytes, as: UTF8.self) }
            case .branch(let branch): return firstText(in: branch.body) ?? branch.elseBody.flatMap(firstText)
            case .action: return nil
            case .invocation, .breakLoop, .continueLoop: continue
            }
        }
        return nil
    }
}
