import JSONText
import TestSupport
import Testing

/// `quern lsp` as editors use it: a real client drives the program, and checks the form of all that it is told.
@Suite struct LanguageServerTests {
    /// A Python with the client library: the one named, the one that `make clients` made, or the machine's.
    static let python: String = {
        if let named = ProcessInfo.processInfo.environment["QUERN_LSP_PYTHON"] { return named }
        let made = SharedData.packageRoot.appendingPathComponent(".build/language-client/bin/python").path
        return FileManager.default.isExecutableFile(atPath: made) ? made : "/usr/bin/python3"
    }()

    static let hasClient = succeeds(python, ["-c", "from pygls.lsp.client import LanguageClient"])
    static let hasNeovim = succeeds("/usr/bin/env", ["nvim", "--version"])

    private static func succeeds(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    let bench: Workbench
    init() throws { bench = try Workbench() }

    @Test(.enabled(if: hasClient, "no pygls: make clients, or pip install -r Tests/LanguageClient/requirements.txt"))
    func `an editor's session`() throws {
        try writeModelfile()
        try bench.write("tests:\n  - name: sky\n    prompt: hi\n    expect: {prompt: <user>hi}\n", to: "Modelfile.test.yaml")
        let client = SharedData.packageRoot.appendingPathComponent("Tests/LanguageClient/client.py").path
        let result = try bench.shell("exec '\(Self.python)' '\(client)' \"$QUERN\" .")
        let seen = try JSONValue(parsing: result.output)
        #expect(seen["encoding"] == "utf-16" && seen["exit"] == 0, "\(result.errors)")

        // What the command says, but for the part's own file.
        let checked = try JSONValue(parsing: try bench.quern.run("check", "--format", "json").output)["diagnostics"]?.array ?? []
        let told = checked.filter { $0["file"] == "Modelfile" }.map { $0["message"] }
        #expect(!told.isEmpty && seen["opened"]?.array?.map { $0["message"] } == told)
        #expect(seen["part"] == ["QM0022"])
        #expect(seen["typed"]?.array?.map { $0["code"] } == ["QM0031"])

        let features = try #require(seen["features"])
        #expect(features["completion"]?.array?.contains("temperature") == true)
        #expect(features["hover"]?.string?.contains("<user>Why is the sky blue?") == true)
        #expect(features["definition"]?[0]?.string?.hasSuffix("/Modelfile") == true)
        #expect(features["rename"]?.object?.values == [2] && features["prepared"] == "SIZE" && features["highlights"] == 2)
        #expect(features["actions"]?.array?.contains("write 'temperature'") == true)
        #expect(features["links"]?[0]?.string?.hasSuffix("/part.modelfile") == true)
        #expect(features["lenses"] == ["run 1 test", "run 'sky'"])
        #expect(seen["report"]?.string?.contains("unknown parameter 'temprature'") == true)
    }

    @Test(.enabled(if: hasNeovim, "no nvim: make clients"))
    func `Neovim with the settings that we ship`() throws {
        try writeModelfile()
        let root = SharedData.packageRoot.path
        let result = try bench.shell(
            """
            mkdir bin && ln -s "$QUERN" bin/quern && export PATH="$PWD/bin:$PATH" HOME="$PWD"
            exec nvim --headless -u NONE -c 'luafile \(root)/Samples/editors/neovim/quern.lua' \
                -c 'luafile \(root)/Tests/LanguageClient/neovim.lua' -c 'qall!'
            """)
        let seen = try JSONValue(parsing: result.output)
        #expect(seen["filetype"] == "modelfile", "\(result.errors)")
        #expect(seen["opened"]?.array?.map { $0["code"] } == ["QM0031", "QM0021"])
        #expect(seen["typed"]?.array?.map { $0["code"] } == ["QM0031"])
        #expect(seen["hover"]?.string?.contains("<user>Why is the sky blue?") == true && seen["completion"] == true)
        #expect(seen["formatted"] == "PARAMETER temperature 0.5")
    }

    @Test(.enabled(if: succeeds("/usr/bin/env", ["python3", "-c", "import tomllib"]), "python3 reads TOML"))
    func `what the other editors get is well formed, and names files that are there`() throws {
        try bench.write(
            """
            import json, pathlib, sys, tomllib
            editors = pathlib.Path(sys.argv[1])
            code = editors / "vscode"
            package = json.loads((code / "package.json").read_text())
            named = [package["main"]] + [part[key] for list, key in (("grammars", "path"), ("languages", "configuration"))
                                         for part in package["contributes"][list] if key in part]
            for name in named:
                text = (code / name).read_text()
                if name.endswith(".json"): json.loads(text)
            helix = tomllib.loads((editors / "helix/languages.toml").read_text())
            print(helix["language-server"]["quern"]["command"], *helix["language-server"]["quern"]["args"], len(named))

            """, to: "read.py")
        let editors = SharedData.packageRoot.appendingPathComponent("Samples/editors").path
        let result = try bench.shell("exec python3 read.py '\(editors)'")
        #expect(result.output == "quern lsp 3\n", "\(result.errors)")
    }

    /// A Modelfile with something wrong in it and in the part that it draws in.
    private func writeModelfile() throws {
        try bench.write(
            """
            # syntax=quern/1
            ARG SIZE=gone
            INCLUDE part.modelfile
            FROM ./${SIZE}.gguf
            PARAMETER temprature 0.7
            TEMPLATE \"""{{ range .Messages }}<{{ .Role }}>{{ .Content }}{{ end }}\"""

            """, to: "Modelfile")
        try bench.write("PARAMETER top_k hot\n", to: "part.modelfile")
    }

    /// Without any client: whatever comes in, the program ends in an orderly way.
    @Test func `rubbish on standard input ends in order`() throws {
        for rubbish in [
            "", "hello", "Content-Length: 5\r\n\r\n{\"a\":", String(repeating: "x", count: 9000),
            "Content-Length: 99999999999\r\n\r\n{}",
        ] {
            let result = try bench.quern.run(["lsp"], input: rubbish)
            #expect(result.exitCode == 1 && result.errors.isEmpty, "\(rubbish.prefix(20)): \(result.exitCode) \(result.errors)")
        }
    }
}
