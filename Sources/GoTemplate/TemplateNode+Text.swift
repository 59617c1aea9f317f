/// Nodes written out again with one blank between words, as Go's messages show them between `<` and `>`.
protocol TemplateMessageNode: AnyObject, Sendable {
    var reportedPosition: Int { get }
    var range: Range<Int> { get }
    var messageText: String { get }
}

extension TemplateOperand: TemplateMessageNode {
    var messageText: String {
        switch kind {
        case .dot: "."
        case .nil: "nil"
        case .bool(let value): value ? "true" : "false"
        case .number, .string: String(decoding: source, as: UTF8.self)
        case .field(let names): names.map { "." + $0.name }.joined()
        case .variable(let names): names.map(\.name).joined(separator: ".")
        case .function(let name): name.name
        case .chain(let operand, let names): operand.parenthesizedText + names.map { "." + $0.name }.joined()
        case .pipeline(let pipeline): pipeline.messageText
        }
    }

    var parenthesizedText: String {
        if case .pipeline = kind { "(" + messageText + ")" } else { messageText }
    }
}

extension TemplateCommand: TemplateMessageNode {
    var reportedPosition: Int { range.lowerBound }
    var messageText: String { operands.map(\.parenthesizedText).joined(separator: " ") }
}

extension TemplatePipeline: TemplateMessageNode {
    var reportedPosition: Int { range.lowerBound }

    var messageText: String {
        let head = variables.isEmpty ? "" : variables.map(\.name).joined(separator: ", ") + (isAssignment ? " = " : " := ")
        return head + commands.map(\.messageText).joined(separator: " | ")
    }
}

extension TemplateAction: TemplateMessageNode {
    var reportedPosition: Int { pipeline.range.lowerBound }
    var messageText: String { "{{" + pipeline.messageText + "}}" }
}

extension TemplateInvocation: TemplateMessageNode {
    var reportedPosition: Int { range.lowerBound }

    var messageText: String {
        "{{template " + GoQuote.quoted(Array(name.utf8)) + (pipeline.map { " " + $0.messageText } ?? "") + "}}"
    }
}
