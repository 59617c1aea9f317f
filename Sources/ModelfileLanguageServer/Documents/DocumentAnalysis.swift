import Diagnostics
import Linting
import ModelTesting
import ModelfileSuperset
import ModelfileSyntax

/// An open text, read: its tree, what it draws in, and what is wrong with it and with that.
struct DocumentAnalysis {
    /// Of an empty text where the document is no Modelfile.
    let tree: ModelfileSyntaxTree
    let program: ModelfileProgram
    /// By file: the names of the sources are paths.
    let texts: [DiagnosedText]
    /// What the disk knows about the sources, as far as somebody looked.
    let facts: SourceFacts
    /// The tests of a test file.
    let tests: [TestCase]

    /// The paths of the files that the document draws in.
    var includedPaths: Set<String> { Set(program.files.dropFirst().map(\.source.name)) }

    init(
        tree: ModelfileSyntaxTree, program: ModelfileProgram, texts: [DiagnosedText], facts: SourceFacts = SourceFacts(),
        tests: [TestCase] = []
    ) {
        (self.tree, self.program, self.texts, self.facts, self.tests) = (tree, program, texts, facts, tests)
    }

    /// The analysis of a text that is no Modelfile.
    init(_ source: SourceText, _ diagnostics: [Diagnostic], tests: [TestCase] = []) {
        let nothing = ModelfileSyntaxTree(parsing: SourceText("", name: source.name))
        self.init(
            tree: nothing, program: ModelfileProgram(nothing, files: .none), texts: [DiagnosedText(source, diagnostics)],
            tests: tests)
    }
}

/// Reads open texts as `quern check` reads files, with the same parts, so that both say the same.
struct DocumentReader {
    let environment: EditorEnvironment
    /// The contents of open documents, by path: they count before what is on the disk.
    let overlay: [String: SourceText]
    let capturedFacts: (ModelfileSyntaxTree, String) -> SourceFacts
    let settings: (String) -> ProjectSettings?
    let templates: TemplateShelf

    func read(_ document: OpenDocument) -> DocumentAnalysis {
        guard !document.isTooLong else { return DocumentAnalysis(SourceText("", name: document.source.name), []) }
        switch document.kind {
        case .modelfile: return modelfile(document)
        case .tests: return tests(document)
        case .settings: return DocumentAnalysis(document.source, ProjectSettings.read(document.source).diagnostics)
        case .template, .other: return DocumentAnalysis(document.source, [])
        }
    }

    private func modelfile(_ document: OpenDocument) -> DocumentAnalysis {
        let tree = ModelfileSyntaxTree(parsing: document.source)
        // Nobody builds in an editor, so an ARG may lack its value.
        let program = ModelfileProgram(tree, isComplete: false, files: provider(document.folder))
        var facts = SourceFacts()
        let settings = document.path.map(settings) ?? ProjectSettings()
        guard let settings else { return DocumentAnalysis(tree: tree, program: program, texts: [DiagnosedText(tree.source, [])]) }
        let texts = try? Linter(settings: settings, templates: templates).check(program) { compiled in
            let found = document.folder.map { capturedFacts(compiled, $0) } ?? SourceFacts()
            facts = found
            return found
        }
        return DocumentAnalysis(
            tree: tree, program: program, texts: texts ?? [DiagnosedText(tree.source, tree.diagnostics)], facts: facts)
    }

    private func tests(_ document: OpenDocument) -> DocumentAnalysis {
        let provider = provider(document.folder)
        let (suite, diagnostics) = TestSuite.read(document.source) { path in
            (try? provider.bytes(path)).map { String(decoding: $0, as: UTF8.self) }
        }
        return DocumentAnalysis(document.source, diagnostics, tests: suite?.cases ?? [])
    }

    /// The files of a folder, open documents first.
    private func provider(_ folder: String?) -> FileProvider {
        guard let folder else { return .none }
        let (disk, overlay) = (environment.files(folder), overlay)
        return FileProvider { path throws(FileProvider.Problem) in
            if let open = overlay[FileLocation.join(folder, path)] { return open.bytes }
            return try disk.bytes(path)
        }
    }
}
