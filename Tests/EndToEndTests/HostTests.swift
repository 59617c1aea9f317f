import TestSupport
import Testing

/// Where the models are: this machine, unless OLLAMA_HOST says otherwise.
@Suite struct Hosts {
    static let commands = [
        ["list"], ["show", "m"], ["run", "m", "ab"], ["cp", "m", "n"], ["create", "n", "-f", "Modelfile"], ["rm", "m"],
    ]

    let bench: Workbench

    init() throws {
        bench = try Workbench()
        try bench.write("FROM ./tiny.gguf", to: "Modelfile")
        try #require(try bench.create("m", "FROM ./tiny.gguf").exitCode == 0)
    }

    @Test(arguments: ["127.0.0.1:1", "localhost", "0.0.0.0", "http://[::1]:9", ""])
    func ownAddressesNeedNoServer(host: String) throws {
        var bench = bench
        bench.quern.environment["OLLAMA_HOST"] = host
        for command in Self.commands { #expect(try bench.quern.run(command).exitCode == 0, "\(command)") }
    }

    @Test func othersWouldNeedOne() throws {
        var bench = bench
        bench.quern.environment["OLLAMA_HOST"] = "models.example:11434"
        for command in Self.commands {
            let result = try bench.quern.run(command)
            #expect(
                result.errors == "error: could not connect to ollama server, run 'ollama serve' to start it\n"
                    && result.exitCode == 1 && result.output.isEmpty, "\(command)")
        }
        #expect(try bench.quern.run("show", "tiny.gguf").exitCode == 0, "a file is here whatever the host")
        bench.quern.environment["OLLAMA_HOST"] = nil
        #expect(try bench.listed == ["m:latest"])
    }

    @Test func wrongSettingsOfThinkingAreBadUsageOfRun() throws {
        let result = try bench.quern.run("run", "m", "--think=perhaps", "ab")
        #expect(result.exitCode == 2 && result.errors.contains("invalid value for --think: \"perhaps\""))
        #expect(result.errors.contains("Usage: quern run"))
    }
}
