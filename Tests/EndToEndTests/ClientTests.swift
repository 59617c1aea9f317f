import TestSupport
import Testing

/// `quern serve` as its clients use it: their own libraries ask, and assert what they are told.
@Suite struct ClientTests {
    /// A Python with the clients of Tests/Clients/requirements.txt: the one that QUERN_CLIENTS_PYTHON names, or what
    /// `make clients` has made.
    static let python: String? = {
        let made = SharedData.packageRoot.appendingPathComponent(".build/server-clients/bin/python").path
        let path = ProcessInfo.processInfo.environment["QUERN_CLIENTS_PYTHON"] ?? made
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    let bench: Workbench

    init() throws {
        bench = try Workbench()
        try bench.createSample()
        let vectors = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Checkpoints/bert")
        let made = try bench.create("vectors", "FROM \(vectors.path)")
        try #require(made.exitCode == 0, "\(made.errors)")
    }

    private func script(_ name: String) -> String {
        SharedData.packageRoot.appendingPathComponent("Tests/Clients/\(name).py").path
    }

    @Test func `plain HTTP`() throws {
        let server = try RunningServer(bench)
        let result = try bench.shell("exec python3 '\(script("plain"))' 127.0.0.1 \(server.port)")
        #expect(result.exitCode == 0 && result.output.hasSuffix("loading\n"), "\(result.errors)\(server.errors)")
        #expect(try server.stop() == 0)
    }

    @Test(
        .enabled(if: python != nil, "no clients: run `make clients`, or set QUERN_CLIENTS_PYTHON"),
        arguments: ["with_ollama", "with_openai", "with_anthropic", "with_langchain"])
    func `client libraries`(name: String) throws {
        let server = try RunningServer(bench)
        let python = try #require(Self.python)
        let result = try bench.shell(
            "OLLAMA_HOST=127.0.0.1:\(server.port) exec '\(python)' '\(script(name))' '\(Workbench.sample.path)'")
        #expect(result.exitCode == 0, "\(result.output)\(result.errors)\(server.errors)")
        #expect(try server.stop() == 0)
    }
}

extension ClientTests {
    /// The snippets of Samples/clients, which say what the model says.
    @Test(arguments: ["curl.sh", "with_ollama.py", "with_openai.py", "with_anthropic.py", "stream.mjs"])
    func `samples of clients`(name: String) throws {
        let path = SharedData.packageRoot.appendingPathComponent("Samples/clients/\(name)").path
        let interpreter: String? =
            switch URL(fileURLWithPath: name).pathExtension {
            case "py": Self.python
            case "mjs": Self.program("node")
            default: Self.program("curl").map { _ in "/bin/sh" }
            }
        // Not every machine has all of these; `make clients` says what it could not install.
        guard let interpreter else { return }
        let server = try RunningServer(bench)
        let result = try bench.shell("OLLAMA_HOST=127.0.0.1:\(server.port) exec '\(interpreter)' '\(path)'")
        #expect(result.exitCode == 0 && result.output.contains("Lima"), "\(result.output)\(result.errors)\(server.errors)")
    }

    private static func program(_ name: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/"].map { $0 + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// A server of the workbench's store, on a port of its own.
final class RunningServer {
    private let process: RunningQuern
    let port: Int

    init(_ bench: Workbench, environment: [String: String] = [:]) throws {
        var quern = bench.quern
        quern.environment["OLLAMA_HOST"] = "127.0.0.1:0"
        quern.environment.merge(environment) { $1 }
        process = try quern.start(["serve"])
        for _ in 0..<500 {
            if let match = process.errors.firstMatch(of: /Listening on 127\.0\.0\.1:([0-9]+)/), let port = Int(match.1) {
                self.port = port
                return
            }
            guard process.isRunning else { break }
            Thread.sleep(forTimeInterval: 0.02)
        }
        throw ServerFailure(log: process.errors)
    }

    deinit { process.send(SIGKILL) }

    var errors: String { process.errors }

    /// Asks the server to end; returns its exit code.
    func stop() throws -> Int32 {
        process.send(SIGTERM)
        return try process.finish().exitCode
    }
}

struct ServerFailure: Error { let log: String }

extension ClientTests {
    @Test func `the command line asks a running server`() throws {
        let server = try RunningServer(bench)
        var quern = bench.quern
        quern.environment["OLLAMA_HOST"] = "127.0.0.1:\(server.port)"
        #expect(try quern.run("ps").lines == ["NAME    ID    SIZE    PROCESSOR    CONTEXT    UNTIL", ""])
        let unknown = try quern.run("stop", "nothing")
        #expect(unknown.isOneClearError && unknown.errors == "error: couldn't find model \"nothing\" to stop\n")
        let loading = try bench.shell(
            "curl -sf http://127.0.0.1:\(server.port)/api/generate -d '{\"model\": \"chat\"}' || python3 -c \""
                + "import urllib.request as r; r.urlopen('http://127.0.0.1:\(server.port)/api/generate', b'{\\\"model\\\": \\\"chat\\\"}')\""
        )
        #expect(loading.exitCode == 0, "\(loading.errors)")
        let line = try #require(try quern.run("ps", "ch").lines.dropFirst().first)
        #expect(line.hasPrefix("chat:latest") && line.contains("100% CPU") && line.contains("4 minutes from now"), "\(line)")
        #expect(try quern.run("stop", "chat").exitCode == 0)
        #expect(try quern.run("ps").lines.count == 2)
        #expect(try server.stop() == 0)
        #expect(try quern.run("ps").errors == "error: could not connect to ollama server, run 'ollama serve' to start it\n")
    }

    @Test func `a port that is taken is told`() throws {
        let server = try RunningServer(bench)
        var quern = bench.quern
        quern.environment["OLLAMA_HOST"] = "127.0.0.1:\(server.port)"
        let second = try quern.run("serve")
        #expect(
            second.exitCode == 1
                && second.errors.contains("error: listen tcp 127.0.0.1:\(server.port): bind: address already in use"))
    }
}
