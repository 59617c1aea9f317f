import JSONText
import TestSupport
import Testing

/// What is said of memory before a run, and what a run then takes.
@Suite struct MemoryStatements {
    let bench: Workbench
    init() throws { bench = try Workbench() }

    /// A model of some size whose context is long.
    private func writeModel() throws {
        var file = TinyModelFile.llama(width: 256, blocks: 8)
        file.remove("llama.context_length")
        file.add("llama.context_length", UInt32(131_072))
        try bench.write(file, to: "long.gguf")
    }

    private func memory(_ arguments: String...) throws -> JSONValue {
        let result = try bench.quern.run(["show", "long.gguf", "--memory", "--format", "json"] + arguments)
        try #require(result.exitCode == 0, "\(result.errors)")
        return try JSONValue(parsing: result.output)
    }

    @Test(arguments: [("f16", 4096), ("q8_0", 16_384), ("f32", 131_072), ("q4_0", 131_072)])
    func theTotalIsWhatARunPeaksAt(type: String, context: Int) throws {
        try writeModel()
        let stated = try #require(try memory("--num-ctx", "\(context)", "--cache-type", type)["total"]?.int)
        let result = try bench.quern.run(
            "bench", "long.gguf", "-d", "\(context - 512)", "-p", "512", "-n", "0", "-r", "1", "--cache-type", type, "--json")
        let peak = try #require(try JSONValue(parsing: result.output).array?.first?["peak_memory"]?.int, "\(result.errors)")
        #expect(abs(Double(stated - peak)) < 0.05 * Double(peak), "stated \(stated), peaked at \(peak)")
    }

    @Test func aShortRunHoldsWhatIsStatedToo() throws {
        try writeModel()
        let stated = try #require(try memory("--num-ctx", "4096")["total"]?.int)
        let result = try bench.quern.run("bench", "long.gguf", "-d", "4000", "-p", "8", "-n", "0", "-r", "1", "-b", "512", "--json")
        let peak = try #require(try JSONValue(parsing: result.output).array?.first?["peak_memory"]?.int, "\(result.errors)")
        #expect(abs(Double(stated - peak)) < 0.05 * Double(peak), "stated \(stated), peaked at \(peak)")
    }

    @Test func aContextOf128KStaysWithinItsBound() throws {
        try writeModel()
        // 8 layers, 2 KV heads, 64 + 64 components of 2 bytes: 4 KiB a token, half a GiB in all.
        let result = try bench.quern.run("bench", "long.gguf", "-d", "131064", "-p", "8", "-n", "4", "-r", "1", "--json")
        let peak = try #require(try JSONValue(parsing: result.output).array?.last?["peak_memory"]?.int, "\(result.errors)")
        #expect(peak < 131_072 * 4096 + 120_000_000 && peak > 131_072 * 4096)
    }

    @Test func theStatementNamesItsParts() throws {
        let result = try bench.quern.run("show", "tiny.gguf", "--memory", "--num-ctx", "128", "--cache-type", "q8_0")
        #expect(result.exitCode == 0, "\(result)")
        for word in ["weights", "KV cache", "activations", "program", "total", "128 tokens, q8_0"] {
            #expect(result.output.contains(word), "\(word)")
        }
        let capped = try bench.quern.run("show", "tiny.gguf", "--memory", "--num-ctx", "9999")
        #expect(capped.output.contains("256 tokens") && capped.errors.contains("more than the model was trained with"))
        #expect(try bench.quern.run("show", "tiny.gguf", "--num-ctx", "128").exitCode == 2)
        #expect(try bench.quern.run("show", "tiny.gguf", "--memory", "--cache-type", "q5_9").exitCode == 2)
    }

    @Test func embeddingModelsHaveAStatementToo() throws {
        let checkpoint = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Checkpoints/bert").path
        try bench.create("bert", "FROM \(checkpoint)")
        let result = try bench.quern.run("show", "bert", "--memory", "--format", "json")
        try #require(result.exitCode == 0, "\(result.errors)")
        let stated = try JSONValue(parsing: result.output)
        let parts = ["weights", "kv_cache", "activations", "program"].compactMap { stated[$0]?.int }
        #expect(stated["total"]?.int == parts.reduce(0, +))
        #expect(stated["kv_cache"]?.int == 0 && stated["cache_type"] == nil)
        #expect(try #require(stated["weights"]?.int) > 10_000)
        let text = try bench.quern.run("show", "bert", "--memory").output
        #expect(text.contains("with a text of ") && !text.contains("KV cache"))
    }

    @Test func whatDoesNotFitIsRefusedBeforeTheWork() throws {
        try writeModel()
        let result = try bench.quern.run("bench", "long.gguf", "-d", "1000000000", "-p", "1", "-n", "1", "-r", "1")
        #expect(result.isOneClearError && result.errors.contains("not enough memory: "), "\(result)")
        #expect(result.errors.contains("num_ctx ") && result.errors.contains("would fit"))
    }

    @Test func theTypeOfTheCacheComesFromTheFlagOrTheEnvironment() throws {
        let plain = try bench.quern.run("logits", "tiny.gguf", "--ids", "1,5,9,100", "--json").output
        let rounded = try bench.quern.run("logits", "tiny.gguf", "--ids", "1,5,9,100", "--json", "--cache-type", "q4_0").output
        #expect(plain != rounded)
        var bench = bench
        bench.quern.environment["OLLAMA_KV_CACHE_TYPE"] = "Q4_0"
        #expect(try bench.quern.run("logits", "tiny.gguf", "--ids", "1,5,9,100", "--json").output == rounded)
        bench.quern.environment["OLLAMA_KV_CACHE_TYPE"] = "q7"
        for command in [["logits", "tiny.gguf", "--ids", "1"], ["run", "tiny.gguf", "ab"], ["bench", "tiny.gguf"]] {
            let result = try bench.quern.run(command)
            #expect(result.isOneClearError && result.errors.contains("KV cache type 'q7' is not supported"), "\(result)")
        }
    }

    @Test func aContextThatIsNoneIsRaisedAndSaidSo() throws {
        try bench.create("small", "FROM ./tiny.gguf\nPARAMETER num_ctx 2\nPARAMETER num_predict 2\nPARAMETER temperature 0")
        let result = try bench.quern.run("run", "small", "a b a b a b a b")
        #expect(result.exitCode == 0 && result.errors.contains("num_ctx 2 is too small; the context holds 4 tokens"), "\(result)")
    }
}
