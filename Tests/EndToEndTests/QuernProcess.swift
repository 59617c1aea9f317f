import TestSupport

/// Runs the built program as a user would: arguments, environment and standard input in, streams and exit code out.
struct QuernProcess {
    var environment: [String: String]
    var folder: URL
    /// The name the program is called by; anything but `quern` is a link made for the purpose.
    var name = "quern"

    struct Result {
        var output: String
        var errors: String
        var exitCode: Int32
    }

    /// The program beside the test bundle, where the build put both.
    static let program: URL = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let beside = bundle.deletingLastPathComponent().appendingPathComponent("quern")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return SharedData.packageRoot.appendingPathComponent(".build/release/quern")
    }()

    /// A program with a store and a home of its own inside `folder`.
    init(in folder: TemporaryFolder) {
        self.folder = folder.url
        environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "OLLAMA_MODELS": folder.file("models").path, "TERM": "dumb",
        ]
    }

    var store: URL { URL(fileURLWithPath: environment["OLLAMA_MODELS"] ?? "/nowhere") }

    /// Starts the program without waiting for it.
    func start(_ arguments: [String], input: FileHandle = .nullDevice) throws -> (process: Process, output: Pipe, errors: Pipe) {
        let process = Process()
        process.executableURL = try executable()
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return (process, output, errors)
    }

    @discardableResult
    func run(_ arguments: String..., input: String = "") throws -> Result { try run(arguments, input: input) }

    @discardableResult
    func run(_ arguments: [String], input: String = "") throws -> Result {
        // Through files, so that neither side waits for the other to empty a pipe.
        let scratch = folder.appendingPathComponent("run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        func handle(_ name: String, _ content: String) throws -> (URL, FileHandle) {
            let url = scratch.appendingPathComponent(name)
            try Data(content.utf8).write(to: url)
            return (url, try FileHandle(forUpdating: url))
        }
        let process = Process()
        process.executableURL = try executable()
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        let (_, standardInput) = try handle("input", input)
        let (output, standardOutput) = try handle("output", "")
        let (errors, standardError) = try handle("errors", "")
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardError
        try process.run()
        process.waitUntilExit()
        return Result(
            output: try String(contentsOf: output, encoding: .utf8), errors: try String(contentsOf: errors, encoding: .utf8),
            exitCode: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus)
    }

    private func executable() throws -> URL {
        guard name != "quern" else { return Self.program }
        let link = folder.appendingPathComponent(name)
        if !FileManager.default.fileExists(atPath: link.path) {
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Self.program)
        }
        return link
    }
}
