import Diagnostics
import JSONText
import ModelfileSuperset
import ModelfileSyntax

/// An open document as the features look at it.
struct DocumentView {
    let server: LanguageServer
    let document: OpenDocument
    let tree: ModelfileSyntaxTree
    /// The analysis of the document, or of the open Modelfile that draws it in.
    let whole: DocumentAnalysis
    /// Which file of the program the document is.
    let file: Int
    let own: DocumentAnalysis

    init(_ server: LanguageServer, _ document: OpenDocument, _ analysis: DocumentAnalysis) {
        self.server = server
        self.document = document
        own = analysis
        let owner = server.owner(of: document.uri)
        whole = server.analyses[owner.uri] ?? analysis
        file = owner.file
        // An included file is in the superset without saying so.
        let isPart = owner.uri != document.uri && document.kind == .modelfile && !document.isTooLong
        tree = isPart ? ModelfileSyntaxTree(parsing: document.source, dialect: .quern1) : analysis.tree
    }

    var source: SourceText { document.source }
    var positions: PositionMap { PositionMap(source: source, encoding: server.encoding) }
    var program: ModelfileProgram { whole.program }
    var environment: EditorEnvironment { server.environment }
    var isSuperset: Bool { tree.dialect != .plain }

    /// What is wrong with this document, whoever found it.
    var diagnostics: [Diagnostic] {
        whole.texts.first { $0.source.name == source.name }?.diagnostics ?? []
    }

    /// The instruction that begins at or before `offset` and ends at or behind it.
    func instruction(at offset: Int) -> InstructionSyntax? {
        tree.instructions.last { $0.range.lowerBound <= offset && offset <= $0.range.upperBound }
    }

    func text(_ range: SourceRange) -> String { source.text(in: range) }

    // MARK: Templates

    /// A text in the language of templates: the values of TEMPLATE, or all of a template's own file.
    struct TemplateRegion {
        let range: SourceRange
        let text: String
        /// Nil for a file of its own.
        let instruction: InstructionSyntax?
    }

    var templates: [TemplateRegion] {
        if document.kind == .template { return [TemplateRegion(range: 0..<source.count, text: source.text, instruction: nil)] }
        return tree.instructions.compactMap { instruction in
            guard instruction.instruction == .template, let value = instruction.value, fileReference(instruction) == nil else {
                return nil
            }
            return TemplateRegion(range: value.text.range, text: text(value.text.range), instruction: instruction)
        }
    }

    /// The template at a place. One whose quotes are not closed yet goes on over blanks, which the parser does not count.
    func template(at offset: Int) -> TemplateRegion? {
        templates.first { region in
            guard region.range.lowerBound <= offset else { return false }
            guard offset > region.range.upperBound else { return true }
            guard let value = region.instruction?.value, value.closeQuote == nil else { return false }
            return source.bytes[region.range.upperBound..<offset].allSatisfy { byte in
                byte == 0x20 || byte == 0x09 || value.quoting != .bare && (byte == 0x0A || byte == 0x0D)
            }
        }
    }

    // MARK: Files that are drawn in

    /// The place of the path behind INCLUDE or `@`, if the instruction has one.
    func fileReference(_ instruction: InstructionSyntax) -> SourceRange? {
        guard isSuperset, let value = instruction.value else { return nil }
        let range = value.text.range
        switch instruction.instruction {
        case .include: return range
        case .template, .system, .license:
            let bytes = source.bytes[range]
            let isReference = value.quoting == .bare && bytes.first == 0x40 && bytes.count > 1 && !bytes.contains(0x20)
            return isReference ? range.lowerBound + 1..<range.upperBound : nil
        default: return nil
        }
    }

    /// The files that this document names, with where it does.
    var namedFiles: [(range: SourceRange, path: String)] {
        program.files.compactMap { named in
            guard let site = named.site, site.file == file else { return nil }
            return (site.range, named.source.name)
        }
    }
}

extension JSONValue {
    init(_ number: Int) { self = .number(JSONNumber(number)) }

    /// Text in Markdown, as hovers and completions show it.
    static func markdown(_ text: String) -> JSONValue { ["kind": "markdown", "value": .string(text)] }
}
