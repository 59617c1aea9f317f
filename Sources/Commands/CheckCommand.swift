import ArgumentParser
import BuildPipeline
import Bytes
import Diagnostics
import Linting
import ModelService
import ModelfileSuperset
import ModelfileSyntax

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is wrong with Modelfiles",
        discussion: """
            A comment above an instruction silences rules there: # quern: ignore QM0031
            What an id means: quern explain QM0031
            A file .quern.yaml in the Modelfile's folder or above it sets levels of rules, files to leave out and a threshold.

            EXAMPLES
              quern check                                  check ./Modelfile
              quern check models --strict                  check all below a folder; warnings fail too
              quern check Modelfile --fix                  mend what can be mended
              quern check Modelfile --format sarif > quern.sarif
              git show HEAD:Modelfile | quern check -

            Exit codes: 0 clean, 1 something at the threshold or above was found, 2 a command line that makes no sense or a file
            that cannot be read.
            """)

    @Argument(help: ArgumentHelp("Modelfiles, folders of them, tests beside them; '-' is standard input.", valueName: "file"))
    var files = ["Modelfile"]
    @Option(
        help: ArgumentHelp(
            "text, json, sarif, junit, checkstyle, codeclimate, gnu or github.", valueName: "format"))
    var format: ReportFormat = .text
    @Flag(help: "Check more than correctness, and fail on warnings.") var strict = false
    @Option(help: ArgumentHelp("The least severity that fails: note, warning or error.", valueName: "severity"))
    var failureThreshold: FailureThreshold?
    @Flag(help: "Mend what can be mended: files in place, standard input to standard output.") var fix = false
    @OptionGroup var superset: SupersetOptions

    func validate() throws {
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be read only once") }
        if fix, files.contains("-"), files.count > 1 { throw ValidationError("--fix takes '-' only alone") }
    }

    func run() throws {
        let models = try LocalModels()
        var checked: [DiagnosedText] = []
        var checks = FileChecks(models: models, isStrict: strict, superset: superset)
        var isUnreadable = false
        for file in try ModelfileSearch.files(files) {
            do { checked += try fix ? mended(file, &checks) : checks.check(file) } catch let error as BytesError {
                Console.note("error: \(error)")
                isUnreadable = true
            }
        }
        checked += checks.projects.values.compactMap(\.diagnosed).filter { !$0.diagnostics.isEmpty }.sorted {
            $0.source.name < $1.source.name
        }
        let isAnswerTaken = fix && files == ["-"]
        let report = format.render(checked, color: !isAnswerTaken && Console.allowsColour(.output), width: Console.columns)
        try (isAnswerTaken ? StandardStream.error : .output).write(report)
        if format == .text { summarize(checked) }
        if isUnreadable { throw AlreadyReported(exitCode: 2) }
        let isFailure = checked.contains { text in
            text.diagnostics.contains { $0.severity >= checks.threshold(for: text, given: failureThreshold?.severity) }
        }
        if isFailure { throw AlreadyReported() }
    }

    /// Mends a file, and the files that it draws in, and tells what is left.
    private func mended(_ file: String, _ checks: inout FileChecks) throws -> [DiagnosedText] {
        let mending = try checks.mend(file)
        for path in mending.unmendable { Console.note("error: \(path): not valid UTF-8, left as it is") }
        if file == "-" {
            try Console.put(mending.texts.first?.source.text ?? "")
        } else {
            for (path, text) in mending.changes.sorted(by: { $0.key < $1.key }) { try ModelfileReading.replace(path, by: text) }
        }
        return mending.texts
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
