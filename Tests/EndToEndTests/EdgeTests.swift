import JSONText
import TestSupport
import Testing

/// The program's edges: versions, exit codes, streams, help and manners.
@Suite struct ProgramEdges {
    var bench: Workbench
    init() throws { bench = try Workbench() }

    static let commands = [
        "create", "check", "fmt", "explain", "show", "run", "list", "cp", "rm", "quantize", "tokenize", "logits", "bench",
        "completions",
    ]

    private var ollama: QuernProcess {
        var process = bench.quern
        process.name = "ollama"
        return process
    }

    @Test(arguments: ["--version", "-v"])
    func versions(flag: String) throws {
        #expect(try bench.quern.run("--version").output == "quern version is 0.1.0\n")
        #expect(try ollama.run(flag).output == "ollama version is 0.32.15\n")
    }

    @Test(arguments: commands)
    func everyCommandExplainsItself(command: String) throws {
        for arguments in [[command, "--help"], ["help", command]] {
            let result = try bench.quern.run(arguments)
            #expect(result.exitCode == 0 && result.errors.isEmpty)
            #expect(result.output.contains("USAGE: quern \(command)"))
            #expect(result.output.contains("EXAMPLE"))
        }
    }

    @Test(arguments: ["avx1024", "AVX2", "none"]) func kernelsThatDoNotExistAreAnError(name: String) throws {
        var process = bench.quern
        process.environment["QUERN_KERNELS"] = name
        let result = try process.run("list")
        #expect(result.isOneClearError, "\(result.errors)")
        #expect(result.errors.contains("\"\(name)\"") && result.errors.contains("scalar"))
        process.environment["QUERN_KERNELS"] = "scalar"
        #expect(try process.run("list").exitCode == 0)
    }

    @Test func helpListsTheCommands() throws {
        for arguments in [["--help"], ["help"], []] as [[String]] {
            let result = try bench.quern.run(arguments)
            #expect(result.exitCode == 0 && result.errors.isEmpty, "\(arguments)")
            for command in Self.commands { #expect(result.output.contains("\n  \(command)"), "\(arguments) \(command)") }
        }
    }

    @Test(arguments: [
        ["list", "--frobnicate"], ["frobnicate"], ["create"], ["cp", "one"], ["rm"], ["quantize", "a", "b"],
        ["create", "x", "--threads", "0"], ["bench", "x", "-r", "0"], ["bench", "x", "-d", "9223372036854775807"],
        ["show", "x", "--license", "--system"],
        ["run", "x", "--think=maybe", "hello"], ["completions", "tcsh"], ["list", "--format", "xml"],
        ["logits", "tiny.gguf", "--ids", "one"],
    ])
    func aCommandLineWithoutSenseIsExplainedOnce(arguments: [String]) throws {
        let result = try bench.quern.run(arguments)
        #expect(result.exitCode == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: "))
        #expect(result.errors.ranges(of: "Usage: ").count == 1)
        #expect(result.errors.lowercased().ranges(of: "error: ").count == 1)
        let asOllama = try ollama.run(arguments)
        #expect(asOllama.exitCode == 1)
        #expect(asOllama.errors.hasPrefix("Error: "))
    }

    @Test func aFailureIsOneLine() throws {
        let result = try bench.quern.run("show", "gone")
        #expect(result.errors == "error: model 'gone:latest' not found\n" && result.exitCode == 1 && result.output.isEmpty)
        let asOllama = try ollama.run("show", "gone")
        #expect(asOllama.errors == "Error: model 'gone:latest' not found\n" && asOllama.exitCode == 1)
    }

    @Test(arguments: [("bash", "complete -"), ("zsh", "#compdef quern"), ("fish", "complete -c 'quern'")])
    func completionsNameTheCommands(shell: String, mark: String) throws {
        let result = try bench.quern.run("completions", shell)
        #expect(result.exitCode == 0 && result.errors.isEmpty)
        #expect(result.output.contains(mark))
        for command in Self.commands { #expect(result.output.contains(command)) }
        if shell == "bash" {
            try bench.write(result.output, to: "completions.bash")
            #expect(try bench.shell("bash -n completions.bash").exitCode == 0)
        }
    }

    @Test func aClosedPipeIsSilent() throws {
        try bench.create("chat", "FROM ./tiny.gguf")
        for command in ["list", "show chat -v", "--help", "show chat --format json -v", "completions bash"] {
            let result = try bench.shell("set -o pipefail; $QUERN \(command) | head -c0")
            #expect(result.errors.isEmpty, "\(command)")
            #expect(result.exitCode == 0, "\(command)")
        }
        #expect(try bench.shell("$QUERN list >&-").errors.contains("Fatal") == false)
    }

    @Test(arguments: ["dumb", "xterm-256color"])
    func filesGetNoControlSequences(terminal: String) throws {
        var bench = bench
        bench.quern.environment["TERM"] = terminal
        try bench.createSample()
        let results = [
            try bench.create("small", "FROM chat\nSYSTEM brief", "-q", "Q8_0"), try bench.quern.run("list"),
            try bench.quern.run("show", "chat", "-v"), try bench.quern.run("run", "--verbose", "chat", "Hello there!"),
            try bench.create("bad", "FORM x\nPARAMETER temperature hot"), try bench.quern.run("--help"),
        ]
        for result in results { #expect(!(result.output + result.errors).contains { "\u{1B}\r\u{8}".contains($0) }) }
    }

    @Test(arguments: [("xterm", "", true), ("xterm", "1", false), ("dumb", "", false)])
    func colourNeedsATerminalThatHasIt(terminal: String, noColor: String, isColoured: Bool) throws {
        var bench = bench
        bench.quern.environment["TERM"] = terminal
        bench.quern.environment["NO_COLOR"] = noColor
        try bench.write("FORM x\n", to: "Modelfile")
        let screen = try bench.onTerminal("create bad", typing: []).screen
        #expect(screen.contains("\u{1B}[31") || screen.contains("\u{1B}[1;31") == isColoured)
        #expect(screen.contains("\u{1B}[") == isColoured)
        #expect(screen.contains("error"))
    }

    @Test func progressHasForms() throws {
        let plain = try bench.create("a", "FROM ./tiny.gguf", "--progress", "plain")
        #expect(plain.errors.hasPrefix("gathering model components\n") && plain.errors.hasSuffix("success\n"))
        let json = try bench.create("b", "FROM ./tiny.gguf", "--progress", "json")
        for line in json.errors.split(separator: "\n") { #expect(try JSONValue(parsing: String(line))["status"] != nil) }
        #expect(json.errors.contains(#"{"status":"success"}"#))
        let quiet = try bench.create("c", "FROM ./tiny.gguf", "--quiet")
        #expect(quiet.errors.isEmpty && quiet.output.isEmpty && quiet.exitCode == 0)
        #expect(try bench.create("d", "FROM ./tiny.gguf", "--progress", "none").errors.isEmpty)
        #expect(try bench.listed.count == 4)
    }
}
