import ArgumentParser
import BuildPipeline
import Bytes
import Diagnostics
import Linting
import ModelService
import ModelfileSyntax

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is wrong with Modelfiles",
        discussion: """
            A comment above an instruction silences rules there: # quern: ignore QM0031
            What an id means: quern explain QM0031

            EXAMPLES
              quern check                                  check ./Modelfile
              quern check models/*/Modelfile --strict      warnings fail too
              quern check Modelfile --fix                  mend what can be mended
              quern check Modelfile --format sarif > quern.sarif
              git show HEAD:Modelfile | quern check -

            Exit codes: 0 clean, 1 something at the threshold or above was found, 2 a command line that makes no sense or a file
            that cannot be read.
            """)

    @Argument(help: ArgumentHelp("Modelfiles; '-' is standard input.", valueName: "file")) var files = ["Modelfile"]
    @Option(
        help: ArgumentHelp(
            "text, json, sarif, junit, checkstyle, codeclimate, gnu or github.", valueName: "format"))
    var format: ReportFormat = .text
    @Flag(help: "Check more than correctness, and fail on warnings.") var strict = false
    @Option(help: ArgumentHelp("The least severity that fails: note, warning or error.", valueName: "severity"))
    var failureThreshold: FailureThreshold?
    @Flag(help: "Mend what can be mended: files in place, standard input to standard output.") var fix = false

    func validate() throws {
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be read only once") }
        if fix, files.contains("-"), files.count > 1 { throw ValidationError("--fix takes '-' only alone") }
    }

    func run() throws {
        let models = try LocalModels()
        var checked: [DiagnosedText] = []
        var isUnreadable = false
        for file in files {
            do { checked.append(try check(file, models)) } catch let error as BytesError {
                Console.note("error: \(error)")
                isUnreadable = true
            }
        }
        let isAnswerTaken = fix && files == ["-"]
        let report = format.render(checked, color: !isAnswerTaken && Console.allowsColour(.output), width: Console.columns)
        try (isAnswerTaken ? StandardStream.error : .output).write(report)
        if format == .text { summarize(checked) }
        if isUnreadable { throw AlreadyReported(exitCode: 2) }
        let threshold = failureThreshold?.severity ?? (strict ? .warning : .error)
        if checked.contains(where: { $0.diagnostics.contains { $0.severity >= threshold } }) { throw AlreadyReported() }
    }

    private func check(_ file: String, _ models: LocalModels) throws -> DiagnosedText {
        let reading = ModelfileReading(path: file)
        let bytes = try reading.bytes()
        let inspector = SourceInspector(folder: ModelfileReading.folder(of: file), store: models.store)
        let linter = Linter(isStrict: strict)
        func diagnose(_ bytes: [UInt8]) -> DiagnosedText {
            let tree = ModelfileSyntaxTree(parsing: bytes, name: reading.name)
            return DiagnosedText(tree.source, linter.check(tree, facts: inspector.facts(for: tree)))
        }
        let found = diagnose(bytes)
        // Mending writes text; bytes that are none would be lost.
        let isText = !ModelfileDecoding.decode(bytes, name: reading.name).diagnostics.contains { $0.rule == .invalidEncoding }
        guard fix, isText else {
            if fix { Console.note("error: \(reading.name): not valid UTF-8, left as it is") }
            return found
        }
        let mended = Mending.mend(found) { diagnose(Array($0.utf8)) }
        if file == "-" {
            try Console.put(mended.source.text)
        } else if mended.source != found.source {
            try reading.replace(by: mended.source.bytes)
        }
        return mended
    }

    private func summarize(_ checked: [DiagnosedText]) {
        let all = checked.flatMap(\.diagnostics)
        guard !all.isEmpty else { return }
        let counts = [Diagnostic.Severity.error, .warning, .note].compactMap { severity -> String? in
            let count = all.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        Console.note("\(counts.joined(separator: ", ")) in \(checked.count) \(checked.count == 1 ? "file" : "files")")
    }
}

/// The least severity that makes a check fail.
enum FailureThreshold: String, ExpressibleByArgument, CaseIterable {
    case note, warning, error

    var severity: Diagnostic.Severity {
        switch self {
        case .note: .note
        case .warning: .warning
        case .error: .error
        }
    }
}

/// The forms in which findings are told.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, sarif, junit, checkstyle, codeclimate, gnu, github

    func render(_ texts: [DiagnosedText], color: Bool, width: Int) -> String {
        switch self {
        case .text:
            texts.map { TerminalRenderer(color: color, width: width).render($0.diagnostics, in: $0.source) }.joined()
        case .json: JSONRenderer.render(texts.map { ($0.source, $0.diagnostics) }) + "\n"
        case .sarif: SARIFReport.render(texts, version: Invocation.version)
        case .junit: JUnitReport.render(texts)
        case .checkstyle: CheckstyleReport.render(texts)
        case .codeclimate: CodeClimateReport.render(texts)
        case .gnu: GNUReport.render(texts)
        case .github: GitHubReport.render(texts)
        }
    }
}
