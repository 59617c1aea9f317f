import Diagnostics
import GoTemplate
import ModelfilePlan
public import ModelfileSyntax

/// A Modelfile as the rules look at it: the tree, a few things that several of them ask for, and the facts from disk.
public struct LintSubject: Sendable {
    public let tree: ModelfileSyntaxTree
    public let facts: SourceFacts
    /// FROM, ADAPTER and DRAFT with a value, in order.
    let sources: [NamedSource]
    /// PARAMETER lines whose value has the right type, in order.
    let parameters: [ParameterLine]
    /// The stop texts, in order; those that are no text left out.
    let stops: [(text: String, line: ParameterLine)]
    /// The TEMPLATE that counts, unless a RENDERER replaces it.
    let template: WrittenTemplate?
    private let all: [InstructionSyntax]

    /// - Parameter templates: where readings of templates are kept.
    public init(_ tree: ModelfileSyntaxTree, facts: SourceFacts = SourceFacts(), templates: TemplateShelf = TemplateShelf()) {
        self.tree = tree
        self.facts = facts
        let instructions = tree.instructions
        all = instructions
        sources = instructions.compactMap { NamedSource($0, in: tree.source) }
        parameters = instructions.compactMap { ParameterLine($0, in: tree.source) }
        stops = parameters.compactMap { line in
            guard line.name == "stop", case .strings(let texts) = line.value, let text = texts.first else { return nil }
            return (text, line)
        }
        let isReplaced = instructions.contains { $0.instruction == .renderer }
        template =
            isReplaced
            ? nil
            : instructions.last { $0.instruction == .template }.flatMap { WrittenTemplate($0, in: tree.source, templates) }
    }

    var source: SourceText { tree.source }

    /// The last line that sets the parameter: the one that counts.
    func parameter(_ name: String) -> ParameterLine? { parameters.last { $0.name == name } }

    /// The instructions of one kind that have a value, in order.
    func instructions(_ instruction: Instruction) -> [(syntax: InstructionSyntax, value: ValueSyntax)] {
        all.compactMap { syntax in
            guard syntax.instruction == instruction, let value = syntax.value else { return nil }
            return (syntax, value)
        }
    }

    /// The values of instructions that take a text for the model, in order.
    var texts: [ValueSyntax] { all.compactMap { $0.instruction.takesText ? $0.value : nil } }

    /// A fix-it that takes an instruction out, with its line.
    func deletion(of instruction: InstructionSyntax) -> FixIt { instruction.deletion(in: source) }
}

/// The text behind FROM, ADAPTER or DRAFT.
struct NamedSource: Sendable {
    let syntax: InstructionSyntax
    let value: ValueSyntax
    let text: String
    /// Of the text, without blanks around it.
    let range: SourceRange

    init?(_ syntax: InstructionSyntax, in source: SourceText) {
        guard [.from, .adapter, .draft].contains(syntax.instruction), let value = syntax.value else { return nil }
        let content = value.content(in: source)
        let (leading, trailing) = InvisibleCharacters.ends(of: content)
        let start = value.text.range.lowerBound
        range = start + leading.upperBound..<start + max(leading.upperBound, trailing.lowerBound)
        text = source.text(in: range)
        guard !text.isEmpty else { return nil }
        (self.syntax, self.value) = (syntax, value)
    }

    var keyword: String { syntax.instruction.keyword }
}

/// A PARAMETER line with a value of the right type.
struct ParameterLine: Sendable {
    let syntax: InstructionSyntax
    let name: String
    let value: ParameterValue
    let valueRange: SourceRange

    init?(_ syntax: InstructionSyntax, in source: SourceText) {
        guard syntax.instruction == .parameter, let argument = syntax.argument, let value = syntax.value else { return nil }
        name = source.text(in: argument.range)
        guard let parameter = ParameterTable.named(name),
            let parsed = ParameterValue.parse([value.content(in: source)], as: parameter.type)
        else { return nil }
        self.syntax = syntax
        self.value = parsed
        valueRange = value.range
    }

    /// The value of a parameter that holds a number.
    var number: Double? {
        switch value {
        case .int(let value): Double(value)
        case .float(let value): Double(value)
        case .bool, .strings: nil
        }
    }
}

/// The TEMPLATE that counts, with what its text comes to.
struct WrittenTemplate: Sendable {
    let syntax: InstructionSyntax
    let value: ValueSyntax
    let reading: TemplateReading

    init?(_ syntax: InstructionSyntax, in source: SourceText, _ templates: TemplateShelf) {
        guard let value = syntax.value, value.quoting == .bare || value.closeQuote != nil else { return nil }
        (self.syntax, self.value) = (syntax, value)
        reading = templates.reading(of: value.content(in: source))
    }

    var text: String { reading.text }
    var parsed: Result<ParsedTemplate, TemplateError> { reading.parsed }
    var tree: ParsedTemplate? { reading.tree }
    /// What it writes round answers; nil where that cannot be told.
    var frame: AnswerFrame? { reading.frame }

    /// A range of the template's own text as a range of the file.
    func range(_ inner: Range<Int>) -> SourceRange {
        let text = value.text.range
        let start = min(text.lowerBound + inner.lowerBound, text.upperBound)
        return start..<max(start, min(text.lowerBound + inner.upperBound, text.upperBound))
    }
}
