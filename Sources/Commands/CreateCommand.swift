import ArgumentParser
import BuildPipeline
import Bytes
import Diagnostics
import JSONText
import ModelManifest
import ModelService
import ModelStore
import ModelTesting
import ModelfilePlan
import ModelfileSyntax
import Quantization

struct CreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a model from a Modelfile",
        discussion: """
            EXAMPLES
              quern create chat                            from ./Modelfile
              quern create chat -f chat.modelfile -q Q4_K_M
              quern create chat -f Modelfile --plan        print what would be built, touch nothing
              quern create chat --target small --arg SIZE=3b
              echo "FROM ./model.gguf" | quern create chat -f -
            """)

    @Argument(help: "The name of the model to create.") var model: String
    @Option(name: .shortAndLong, help: ArgumentHelp("The Modelfile; '-' is standard input.", valueName: "file"))
    var file = "Modelfile"
    @Option(name: .shortAndLong, help: ArgumentHelp("Quantize the weights to this type.", valueName: "type")) var quantize: String?
    @Flag(
        name: .customLong("merge-adapter"),
        help: "Add the adapters to the weights, before these are quantized, instead of packaging them beside.")
    var mergesAdapters = false
    @Flag(help: "Print the build plan as JSON and stop.") var plan = false
    @Flag(help: "Run the tests beside the Modelfile, and create nothing if one fails.") var test = false
    @Flag(help: "Link GGUF files into the store instead of copying them; they must never change afterwards.") var link = false
    @Option(help: ArgumentHelp("Threads; all that the process may use if not given.", valueName: "count")) var threads: Int?
    @OptionGroup var superset: SupersetOptions
    @Option(
        help: ArgumentHelp(
            "Prove the TEMPLATE against the model's own template first: off, warn, or error to build nothing that differs.",
            valueName: "level"))
    var verify: VerifyOption = .warn
    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        if test, file == "-" { throw ValidationError("--test wants a Modelfile with its tests beside it, not standard input") }
        guard (threads ?? 1) >= 1, (threads ?? 1) <= 1024 else { throw ValidationError("threads must be from 1 to 1024") }
    }

    func run() throws {
        let name = try ModelName(model)
        let fileType = try quantize.map { try FileType(named: $0) }
        let plan = try ModelfileReading(path: file).plan(superset, quantization: fileType?.name)
        if self.plan { return try Console.putLine(plan.json.text(.pretty)) }
        let display = progress.display
        defer { display.finish() }
        let tests = test ? try TestFile(file, tests: nil) : nil
        let built = try LocalModels.onHost().create(
            BuildRequest(
                plan: plan, name: name, folder: ModelfileReading.folder(of: file), fileType: fileType,
                mergesAdapters: mergesAdapters, linksFiles: link, threads: threads),
            proof: verify.level, events: display.handler,
            verify: tests.map { tests in { try runTests(tests, on: $0, display) } })
        display.finish()
        guard !progress.quiet else { return }
        try Console.putLine(
            "created '\(built.name.shortest)' \(built.digest.short), \(HumanFormat.bytes(built.size))")
    }

    /// Runs the tests on a package that has no name yet.
    private func runTests(_ tests: TestFile, on chat: ChatModel, _ display: ProgressDisplay) throws {
        display.handler(.status("running \(tests.suite.cases.count) tests"))
        let results = tests.suite.cases.map { TestRun(TestedChat(chat: chat)).run($0) }
        try Interruption.check()
        let report = TestReport(file: tests.path, results: results)
        guard !report.hasPassed else { return }
        display.finish()
        try StandardStream.error.write(report.tree(color: Console.allowsColour(.error)))
        Console.note("error: \(report.summary); nothing was created")
        throw AlreadyReported()
    }
}

/// `--verify`
enum VerifyOption: String, ExpressibleByArgument, CaseIterable {
    case off, warn, error

    var level: VerificationLevel {
        switch self {
        case .off: .off
        case .warn: .warn
        case .error: .error
        }
    }
}
