import GGUF
import JSONText
import ModelManifest
import TestSupport
import Testing

/// From a Modelfile to a package.
@Suite struct Creating {
    let bench: Workbench
    init() throws { bench = try Workbench() }

    @Test(arguments: ["BF16", "F16", "Q8_0", "Q4_0", "Q4_K_M", "Q6_K"])
    func theCheckpointBecomesAPackageOfAnyType(type: String) throws {
        try bench.createSample("chat", "-q", type)
        let shown = try bench.show("chat")
        #expect(shown["details"]?["quantization_level"]?.string == type)
        #expect(shown["details"]?["parameter_size"]?.string == "5.25M")
        #expect(shown["capabilities"]?.array?.compactMap(\.string) == ["completion", "tools", "thinking"])
        #expect(shown["model_info"]?["tokenizer.ggml.pre"]?.string == "llama-bpe")
    }

    @Test func theSameInputGivesTheSameDigests() throws {
        var manifests: Set<Manifest> = []
        for (index, threads) in ["1", "2", "3", "2"].enumerated() {
            var bench = bench
            bench.quern.environment["OLLAMA_MODELS"] = bench.folder.file("models\(index)").path
            try bench.createSample("chat", "-q", "Q4_K_M", "--threads", threads)
            manifests.insert(try bench.manifest("chat"))
        }
        #expect(manifests.count == 1)
    }

    @Test func theFileIsTakenAsGiven() throws {
        try bench.create("chat", "FROM ./tiny.gguf\nSYSTEM Be brief.")
        let bytes = [UInt8](try Data(contentsOf: bench.folder.file("tiny.gguf")))
        #expect(try bench.digests("chat", of: .model) == [Digest(of: bytes)])
        #expect(try bench.digests("chat", of: .system) == [Digest(of: Array("Be brief.".utf8))])
    }

    @Test func planIsStableAndTouchesNothing() throws {
        try bench.write(
            "FROM ./not-there\nPARAMETER temperature 0.5\nPARAMETER stop a\nTEMPLATE {{ .Prompt }}\nMESSAGE user hi\n",
            to: "Modelfile")
        let first = try bench.quern.run("create", "chat", "--plan", "-q", "q4_k_m")
        let second = try bench.quern.run("create", "chat", "--plan", "-q", "Q4_K_M")
        #expect(first.exitCode == 0 && first.errors.isEmpty && first.output == second.output)
        let plan = try JSONValue(parsing: first.output)
        #expect(plan["from"]?[0]?.string == "./not-there" || plan["sources"]?[0]?.string == "./not-there")
        #expect(first.output.contains("\"Q4_K_M\"") && first.output.contains("0.5"))
        #expect(!FileManager.default.fileExists(atPath: bench.quern.store.path))
    }

    @Test func everythingWrongIsToldAtOnce() throws {
        let result = try bench.create("bad", "FORM ./tiny.gguf\nPARAMETER temperatur 1\nPARAMETER top_k many\nMESSAGE nobody hi\n")
        #expect(result.exitCode == 1 && result.output.isEmpty)
        for place in ["<standard input>:1:1", "<standard input>:2:11", "<standard input>:3:", "<standard input>:4:"] {
            #expect(result.errors.contains(place), "\(place) in \(result.errors)")
        }
        #expect(result.errors.contains("FROM") && result.errors.contains("temperature"))
        #expect(bench.blobs.isEmpty)
    }

    @Test(arguments: [
        (["create", "chat", "-f", "gone"], "'gone'"), (["create", "chat"], "'Modelfile'"),
        (["create", "a b", "-f", "gone"], "a b"), (["create", "x/y/z/w/v", "-f", "gone"], "x/y/z/w/v"),
        (["create", "chat", "-f", "gone", "-q", "Q9"], "Q9"), (["create", "chat", "-f", "."], "'.'"),
    ])
    func whatIsWrongWithTheCommandComesFirst(arguments: [String], names: String) throws {
        let result = try bench.quern.run(arguments)
        #expect(result.isOneClearError, "\(result)")
        #expect(result.errors.contains(names), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: bench.quern.store.path))
    }

    @Test func aModelfileMayComeFromAnywhere() throws {
        try bench.write("FROM ./tiny.gguf\n", to: "sub/folder/my file")
        #expect(try bench.quern.run("create", "one", "-f", "sub/folder/my file").isOneClearError)
        try bench.write(.llama(), to: "sub/folder/tiny.gguf")
        #expect(try bench.quern.run("create", "one", "-f", "sub/folder/my file").exitCode == 0)
        try bench.write("FROM ./tiny.gguf\n", to: "Modelfile")
        #expect(try bench.quern.run("create", "two").exitCode == 0)
        #expect(try bench.create("three", "FROM \(bench.folder.path)/tiny.gguf").exitCode == 0)
        #expect(try bench.digests("one", of: .model) == bench.digests("three", of: .model))
    }

    @Test func shardsProjectorAndAdapterMakeOnePackage() throws {
        for (index, shard) in TinyModelFile.shards().enumerated() {
            try bench.write(shard, to: "m-0000\(index + 1)-of-00002.gguf")
        }
        try bench.write(.projector(), to: "mmproj.gguf")
        try bench.write(.adapter(), to: "lora.gguf")
        try bench.create("all", "FROM ./m-00001-of-00002.gguf\nFROM ./mmproj.gguf\nADAPTER ./lora.gguf")
        #expect(try bench.manifest("all").layers.map(\.mediaType) == [.projector, .model, .adapter])
        #expect(try bench.show("all")["capabilities"]?.array?.compactMap(\.string) == ["completion", "vision"])
        #expect(try bench.quern.run("run", "all", "ab").exitCode == 0)
        try bench.create("whole", "FROM ./m-00001-of-00002.gguf")
        #expect(try bench.quern.run("run", "whole", "ab").exitCode == 0)
    }

    @Test func requiresIsChecked() throws {
        #expect(try bench.create("old", "FROM ./tiny.gguf\nREQUIRES 0.1.0").exitCode == 0)
        let result = try bench.create("new", "FROM ./tiny.gguf\nREQUIRES 7.0.0")
        #expect(result.exitCode == 1 && result.errors.contains("REQUIRES 7.0.0"))
        #expect(try bench.listed == ["old:latest"])
    }

    @Test func textIsKeptAsWritten() throws {
        let system = "宽\u{3000}空格 👩‍👩‍👧 e\u{301} \u{200D}end"
        try bench.create(
            "chat", "FROM ./tiny.gguf\nSYSTEM \"\"\"\(system)\"\"\"\nTEMPLATE \"\"\"{{ .System }}\n\n{{ .Prompt }} \"\"\"")
        #expect(Array(try bench.quern.run("show", "chat", "--system").output.utf8) == Array(system.utf8))
        #expect(try bench.quern.run("show", "chat", "--template").output == "{{ .System }}\n\n{{ .Prompt }} ")
    }

    @Test func quantizeWritesWhatThePackageHolds() throws {
        try bench.createSample("chat", "-q", "Q4_K_M")
        let result = try bench.quern.run("quantize", Workbench.sample.path, "out.gguf", "Q4_K_M", "--threads", "2")
        #expect(result.exitCode == 0)
        #expect(result.output.hasPrefix("out.gguf: Q4_K_M, "))
        let bytes = [UInt8](try Data(contentsOf: bench.folder.file("out.gguf")))
        #expect(try bench.digests("chat", of: .model) == [Digest(of: bytes)])
        for input in ["out.gguf", "chat"] {
            let again = try bench.quern.run("quantize", input, "again.gguf", "Q8_0")
            #expect(again.isOneClearError, "\(again)")
        }
        #expect(Workbench.names(in: bench.folder.url) == ["models", "out.gguf", "tiny.gguf"])
    }

    @Test func quantizeReplacesOnlyFiles() throws {
        try bench.write("kept", to: "taken/file")
        try #require(try bench.shell("mkfifo pipe").exitCode == 0)
        for output in ["taken", "pipe", "gone/out.gguf"] {
            let result = try bench.quern.run("quantize", "tiny.gguf", output, "Q8_0")
            #expect(result.isOneClearError, "\(output): \(result)")
        }
        #expect(try bench.shell("test -p pipe").exitCode == 0)
        #expect(Workbench.names(in: bench.folder.url) == ["pipe", "taken", "tiny.gguf"])
    }
}
