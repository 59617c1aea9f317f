import JSONText
import TestSupport
import Testing

@Suite struct GGUFCommandTests {
    private let bench: Workbench

    init() throws { bench = try Workbench() }

    private func run(_ arguments: String...) throws -> QuernProcess.Result { try bench.quern.run(["gguf"] + arguments) }

    /// The digests of tensors that `hash` prints, by name.
    private func lines(_ arguments: String...) throws -> [String] {
        try bench.quern.run(["gguf"] + arguments).lines.compactMap { line in
            let words = line.split(separator: " ")
            return words.count == 3 && words[2].contains(":") ? words[1] + " " + (words[2].split(separator: ":").last ?? "") : nil
        }.sorted()
    }

    @Test("dump shows metadata with types and tensors with offsets, and arrays whole on demand")
    func dump() throws {
        let text = try run("dump", "tiny.gguf")
        #expect(text.exitCode == 0 && text.output.contains("general.architecture"), "\(text.errors)")
        let json = try JSONValue(parsing: try run("dump", "tiny.gguf", "--json").output)
        let tokens = json["metadata"]?["tokenizer.ggml.tokens"]
        #expect(tokens?["type"]?.string == "[string]" && tokens?["shortened"]?.bool == true)
        #expect(tokens?["value"]?.array?.count == 8 && (tokens?["count"]?.int ?? 0) > 256)
        let full = try JSONValue(parsing: try run("dump", "tiny.gguf", "--json", "--full").output)
        #expect(full["metadata"]?["tokenizer.ggml.tokens"]?["value"]?.array?.count == tokens?["count"]?.int)
        #expect(json["tensors"]?[0]?["offset"]?.int == json["data_offset"]?.int)
        #expect(try run("dump", "tiny.gguf", "--value", "general.architecture").output == "llama")
        #expect(try run("dump", "tiny.gguf", "--value", "no.such").isOneClearError)
    }

    @Test("set keeps types, takes new ones, and leaves the weights alone")
    func set() throws {
        try bench.write("{{ x }}", to: "template.jinja")
        let sums = try run("hash", "tiny.gguf").output
        try bench.write(sums, to: "sums")
        let result = try run(
            "set", "tiny.gguf", "general.name=a=b", "llama.context_length=77", "x:u8=3", "y=[1,-2]", "z=true", "--template",
            "template.jinja")
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(try run("set", "tiny.gguf", "--remove", "z").exitCode == 0)
        let metadata = try JSONValue(parsing: try run("dump", "tiny.gguf", "--json").output)["metadata"]
        #expect(metadata?["general.name"]?["value"]?.string == "a=b")
        #expect(metadata?["llama.context_length"] == ["type": "uint32", "value": 77])
        #expect(metadata?["x"] == ["type": "uint8", "value": 3])
        #expect(metadata?["y"]?["type"]?.string == "[int32]" && metadata?["z"] == nil)
        #expect(metadata?["tokenizer.chat_template"]?["value"]?.string == "{{ x }}")
        #expect(try run("hash", "tiny.gguf", "--check", "sums").exitCode == 0)
    }

    @Test("values that do not fit their key are refused and nothing is written")
    func badValues() throws {
        let before = try Data(contentsOf: bench.folder.file("tiny.gguf"))
        #expect(try run("set", "tiny.gguf", "llama.context_length=many").isOneClearError)
        #expect(try run("set", "tiny.gguf", "--remove", "no.such").isOneClearError)
        for argument in ["x:u8=300", "novalue", "x:[i32]=1"] {
            #expect(try run("set", "tiny.gguf", argument).exitCode == 2, "\(argument)")
        }
        #expect(try Data(contentsOf: bench.folder.file("tiny.gguf")) == before)
    }

    @Test("split and merge go there and back, and a split model is quantized shard by shard")
    func splitting() throws {
        #expect(try run("split", "tiny.gguf", "part", "--max-tensors", "4").exitCode == 0)
        let parts = Workbench.names(in: bench.folder.url).filter { $0.hasPrefix("part-") }
        #expect(parts.count > 1)
        #expect(try run("merge", parts[0], "whole.gguf").exitCode == 0)
        #expect(try run("merge", parts[0], "whole.gguf").isOneClearError)
        let digests = try ["tiny.gguf", "whole.gguf", parts[0]].map { file in
            try run("hash", file, "--no-layer").output.split(separator: " ")[1]
        }
        #expect(Set(digests).count == 1)
        let kept = try bench.quern.run("quantize", parts[0], "small", "Q8_0", "--keep-split")
        #expect(kept.exitCode == 0, "\(kept.errors)")
        #expect(Workbench.names(in: bench.folder.url).count { $0.hasPrefix("small-") } == parts.count)
        #expect(try bench.quern.run("quantize", "tiny.gguf", "joined.gguf", "Q8_0").exitCode == 0)
        // The order of tensors differs, their bytes do not.
        let small = try lines("hash", parts[0].replacing("part", with: "small")), joined = try lines("hash", "joined.gguf")
        #expect(small == joined && !small.isEmpty)
    }

    @Test("a changed weight is named")
    func mismatch() throws {
        try bench.write(try run("hash", "tiny.gguf", "--xxh64").output, to: "sums")
        var bytes = try Data(contentsOf: bench.folder.file("tiny.gguf"))
        bytes[bytes.count - 40] ^= 1
        try bytes.write(to: bench.folder.file("tiny.gguf"))
        let result = try run("hash", "tiny.gguf", "--check", "sums")
        #expect(result.exitCode == 1 && result.output.split(separator: "\n").count { $0.hasSuffix("Mismatch") } == 2)
    }
}
