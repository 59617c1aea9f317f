internal import GoTemplate

/// The texts round what a model thinks.
public struct ThinkingTags: Sendable, Equatable {
    public let opening: String
    public let closing: String

    public init(opening: String, closing: String) {
        self.opening = opening
        self.closing = closing
    }

    /// The tags that most models were trained on.
    public static let standard = ThinkingTags(opening: "<think>", closing: "</think>")

    /// The tags that a template writes round `.Thinking`, by Ollama's rule: of each `.Thinking` inside a range over `.Messages`,
    /// the first and the last node of the nearest list, where they are text. The last such place counts.
    init?(inferredFrom template: ParsedTemplate) {
        var search = ThinkingTagSearch()
        search.visit(template.main, inMessages: false)
        guard let opening = search.opening, let closing = search.closing, !opening.isEmpty, !closing.isEmpty else { return nil }
        self.init(opening: opening, closing: closing)
    }
}

/// Walks a template with the nearest list and the nearest range at hand.
private struct ThinkingTagSearch {
    var opening: String?
    var closing: String?

    mutating func visit(_ body: TemplateBody, inMessages: Bool) {
        for node in body.nodes {
            switch node {
            case .text, .breakLoop, .continueLoop: break
            case .action(let action): visit(action.pipeline, in: body, inMessages)
            case .invocation(let invocation): if let pipeline = invocation.pipeline { visit(pipeline, in: body, inMessages) }
            case .branch(let branch):
                let inside = branch.kind == .range ? Self.asks(branch.pipeline, for: "Messages") : inMessages
                visit(branch.pipeline, in: body, inside)
                visit(branch.body, inMessages: inside)
                if let elseBody = branch.elseBody { visit(elseBody, inMessages: inside) }
            }
        }
    }

    private mutating func visit(_ pipeline: TemplatePipeline, in body: TemplateBody, _ inMessages: Bool) {
        guard inMessages, Self.asks(pipeline, for: "Thinking") else { return }
        if case .text(let text)? = body.nodes.first { opening = text.trimmedText }
        if case .text(let text)? = body.nodes.last { closing = text.trimmedText }
    }

    private static func asks(_ pipeline: TemplatePipeline, for name: String) -> Bool {
        pipeline.commands.contains { command in
            command.operands.contains { operand in
                switch operand.kind {
                case .field(let names): names.first?.name == name
                case .pipeline(let inner): asks(inner, for: name)
                default: false
                }
            }
        }
    }
}

extension TemplateText {
    /// The text without blanks at either end.
    var trimmedText: String { String(decoding: bytes, as: UTF8.self).trimmingBlanks }
}

extension String {
    /// The text without white space, in Unicode's sense, at either end.
    var trimmingBlanks: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// The text without white space in front.
    var trimmingLeadingBlanks: String {
        String(unicodeScalars.drop { $0.properties.isWhitespace })
    }
}
