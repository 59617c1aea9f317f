import ArgumentParser
import BuildPipeline
import Bytes
import Diagnostics
import JSONText
import ModelManifest
import ModelService
import ModelStore
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
    @Flag(help: "Link GGUF files into the store instead of copying them; they must never change afterwards.") var link = false
    @Option(help: ArgumentHelp("Threads; all that the process may use if not given.", valueName: "count")) var threads: Int?
    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        guard (threads ?? 1) >= 1, (threads ?? 1) <= 1024 else { throw ValidationError("threads must be from 1 to 1024") }
    }

    func run() throws {
        let name = try ModelName(model)
        let fileType = try quantize.map { try FileType(named: $0) }
        let plan = try ModelfileReading(path: file).plan(quantization: fileType?.name)
        if self.plan { return try Console.putLine(plan.json.text(.pretty)) }
        let display = progress.display
        defer { display.finish() }
        let built = try LocalModels.onHost().create(
            BuildRequest(
                plan: plan, name: name, folder: ModelfileReading.folder(of: file), fileType: fileType,
                mergesAdapters: mergesAdapters, linksFiles: link, threads: threads),
            events: display.handler)
        display.finish()
        guard !progress.quiet else { return }
        try Console.putLine(
            "created '\(built.name.shortest)' \(built.digest.short), \(HumanFormat.bytes(built.size))")
    }
}

/// Reads a Modelfile and tells what is wrong with it.
struct ModelfileReading {
    /// Licences make Modelfiles long; nothing makes them this long.
    private static let byteLimit = 1 << 26

    let path: String

    /// Where a Modelfile's relative paths start.
    static func folder(of path: String) -> String {
        guard path != "-", let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What the file is called in messages.
    var name: String { path == "-" ? "<standard input>" : path }

    func bytes() throws -> [UInt8] {
        path == "-" ? try StandardStream.input.readAll() : try OpenFile.stream(path, limit: Self.byteLimit)
    }

    /// The plan of a Modelfile without errors; warnings go to standard error.
    ///
    /// - Throws: `AlreadyReported` once the errors are told.
    func plan(quantization: String?) throws -> BuildPlan {
        let tree = ModelfileSyntaxTree(parsing: try bytes(), name: name)
        let (plan, diagnostics) = BuildPlan.make(from: tree, quantization: quantization)
        if !diagnostics.isEmpty {
            let renderer = TerminalRenderer(color: Console.allowsColour(.error), width: Console.columns)
            try? StandardStream.error.write(renderer.render(diagnostics, in: tree.source))
        }
        guard let plan else { throw AlreadyReported() }
        return plan
    }
}
