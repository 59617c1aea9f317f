import TestSupport

/// Runs the built program as a user would: arguments, environment and standard input in, streams and exit code out.
struct QuernProcess {
    var environment: [String: String]
    var folder: URL
    /// The name the program is called by; anything but `quern` is a link made for the purpose.
    var name = "quern"
    /// A program that starts ours, with its arguments, such as `unshare -rn`.
    var wrapper: [String] = []

    struct Result {
        var output: String
        var errors: String
        /// Of a program that a signal ended, 128 and the signal's number: a trap shows as 132 or 133, a bad access as 139.
        var exitCode: Int32

        var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

        /// Failed in an orderly way: exit code 1, nothing on standard output, and one line that says why, the last of standard error.
        var isOneClearError: Bool {
            let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
            return exitCode == 1 && output.isEmpty && lines.count { $0.hasPrefix("error: ") } == 1
                && lines.dropLast().last?.hasPrefix("error: ") == true && lines.last == "" && !errors.contains("Fatal")
        }
    }

    /// The program beside the test bundle, where the build put both, or the one that QUERN_PROGRAM names.
    static let program: URL = {
        if let path = ProcessInfo.processInfo.environment["QUERN_PROGRAM"] { return URL(fileURLWithPath: path) }
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

    var store: URL { URL(fileURLWithPath: environment["OLLAMA_MODELS"] ?? "/nowhere", relativeTo: folder) }

    @discardableResult
    func run(_ arguments: String..., input: String = "") throws -> Result { try run(arguments, input: input) }

    @discardableResult
    func run(_ arguments: [String], input: String = "") throws -> Result { try start(arguments, input: input).finish() }

    /// Starts the program without waiting for it.
    func start(_ arguments: [String], input: String = "") throws -> RunningQuern {
        // Streams are files, so that neither side waits for the other to empty a pipe.
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("quern-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        for (name, content) in [("input", input), ("output", ""), ("errors", "")] {
            try Data(content.utf8).write(to: scratch.appendingPathComponent(name))
        }
        let command = wrapper + [try executable().path]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = command.dropFirst() + arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = try FileHandle(forReadingFrom: scratch.appendingPathComponent("input"))
        process.standardOutput = try FileHandle(forWritingTo: scratch.appendingPathComponent("output"))
        process.standardError = try FileHandle(forWritingTo: scratch.appendingPathComponent("errors"))
        try process.run()
        return RunningQuern(process: process, scratch: scratch)
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

/// The program at work.
final class RunningQuern {
    private let process: Process
    private let scratch: URL

    fileprivate init(process: Process, scratch: URL) { (self.process, self.scratch) = (process, scratch) }

    deinit { try? FileManager.default.removeItem(at: scratch) }

    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { if process.isRunning { kill(process.processIdentifier, signal) } }

    /// What standard error has so far.
    var errors: String { (try? String(contentsOf: scratch.appendingPathComponent("errors"), encoding: .utf8)) ?? "" }

    /// Waits for the end; a program that takes a minute hangs and is killed, which its exit code shows.
    func finish() throws -> QuernProcess.Result {
        let watchdog = DispatchWorkItem { [pid = process.processIdentifier] in kill(pid, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watchdog)
        process.waitUntilExit()
        watchdog.cancel()
        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: scratch.appendingPathComponent(name)), as: UTF8.self)
        }
        return QuernProcess.Result(
            output: try text("output"), errors: try text("errors"),
            exitCode: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus)
    }
}
