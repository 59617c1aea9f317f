import TestSupport
import Testing

@Suite struct QuantizeTests {
    private let bench: Workbench

    init() throws { bench = try Workbench() }

    private func names() -> [String] { Workbench.names(in: bench.folder.url) }

    @Test("without an output the file is named after the type and lies beside the input; threads may follow the type")
    func defaultOutput() throws {
        let result = try bench.quern.run("quantize", "tiny.gguf", "q8_0", "2")
        #expect(result.exitCode == 0 && names().contains("ggml-model-Q8_0.gguf"), "\(result.errors)")
        #expect(result.output.hasPrefix("ggml-model-Q8_0.gguf: Q8_0, "))
        #expect(try bench.quern.run("quantize", "tiny.gguf", "out.gguf", "7").exitCode == 0)
        #expect(
            try Data(contentsOf: bench.folder.file("out.gguf")) == Data(contentsOf: bench.folder.file("ggml-model-Q8_0.gguf")))
    }

    @Test(
        "a command line that makes no sense is refused before anything is read, with the nearest word",
        arguments: [
            (["Q4_KM"], "did you mean Q4_K_M?"), (["out.gguf", "Q4_X"], "unknown type 'Q4_X'"),
            (["Q4_0", "--tensor-type", "a=q4_01"], "did you mean Q4_0?"), (["Q4_0", "--tensor-type", "q4_0"], "'q4_0'"),
            (["Q4_0", "--output-tensor-type", "none"], "'none'"), (["Q4_0", "--override-kv", "a=1"], "wanted KEY=TYPE:VALUE"),
            (["Q4_0", "--prune-layers", "1,x"], "'x'"), (["Q4_0", "two"], "'two'"), ([], "out-type"),
            (["Q4_0", "--include-weights", "a", "--exclude-weights", "b"], "cannot be used together"),
        ])
    func usage(arguments: [String], text: String) throws {
        let result = try bench.quern.run(["quantize", "missing.gguf"] + arguments)
        #expect(result.exitCode == 2 && result.errors.contains(text), "\(result.errors)")
    }

    @Test("a dry run tells types and sizes and writes nothing")
    func dryRun() throws {
        let before = names()
        let result = try bench.quern.run("quantize", "tiny.gguf", "Q4_0", "--dry-run")
        #expect(result.exitCode == 0 && result.output.contains("\nQ4_0: ") && result.output.contains("bits per weight"))
        #expect(names() == before)
    }

    @Test("the input is not overwritten")
    func sameFile() throws {
        let before = try Data(contentsOf: bench.folder.file("tiny.gguf"))
        #expect(try bench.quern.run("quantize", "tiny.gguf", "./tiny.gguf", "Q8_0").isOneClearError)
        #expect(try Data(contentsOf: bench.folder.file("tiny.gguf")) == before)
    }

    @Test("types come from a file too, and what is wrong in it is named")
    func typeFile() throws {
        try bench.write("attn_q=q5_1\n  ffn_down=q8_0 ", to: "types.txt")
        let result = try bench.quern.run("quantize", "tiny.gguf", "Q4_0", "--dry-run", "--tensor-type-file", "types.txt")
        let line = result.lines.first { $0.hasPrefix("blk.0.attn_q.weight") } ?? ""
        #expect(line.contains("Q5_1"), "\(result.output)\(result.errors)")
        try bench.write("attn_q=q55", to: "bad.txt")
        let bad = try bench.quern.run("quantize", "tiny.gguf", "Q4_0", "--tensor-type-file", "bad.txt")
        #expect(bad.isOneClearError && bad.errors.contains("bad.txt") && bad.errors.contains("q55"), "\(bad.errors)")
    }

    @Test("a budget chooses types, and its recipe makes the same file again")
    func budget() throws {
        let result = try bench.quern.run("quantize", "tiny.gguf", "fit.gguf", "--target-bpw", "10")
        #expect(result.exitCode == 0 && result.output.contains("blk.0.attn_q.weight"), "\(result.errors)")
        let words = try #require(result.errors.split(separator: "\n").first { $0.hasPrefix("recipe: ") }).split(separator: " ")
        let again = try bench.quern.run(["quantize", "tiny.gguf", "again.gguf"] + words.dropFirst().map(String.init))
        #expect(again.exitCode == 0, "\(again.errors)")
        #expect(try Data(contentsOf: bench.folder.file("fit.gguf")) == Data(contentsOf: bench.folder.file("again.gguf")))
        // What an option kept is in the recipe too.
        let kept = try bench.quern.run(
            "quantize", "tiny.gguf", "kept.gguf", "Q6_K", "--target-bpw", "10", "--leave-output-tensor", "--recipe", "kept.txt")
        #expect(kept.exitCode == 0 && kept.errors.contains("'Q6_K' is not used"), "\(kept.errors)")
        let type = try #require(kept.errors.split(separator: "\n").first { $0.hasPrefix("recipe: ") }).split(separator: " ")[1]
        try bench.quern.run("quantize", "tiny.gguf", "again.gguf", String(type), "--tensor-type-file", "kept.txt")
        #expect(try Data(contentsOf: bench.folder.file("kept.gguf")) == Data(contentsOf: bench.folder.file("again.gguf")))
        #expect(try bench.quern.run("quantize", "tiny.gguf", "no.gguf", "COPY", "--fit", "1G").exitCode == 2)
        for recipe in ["tiny.gguf", "./tiny.gguf", "no.gguf"] {
            let refused = try bench.quern.run("quantize", "tiny.gguf", "no.gguf", "--target-bpw", "10", "--recipe", recipe)
            #expect(refused.isOneClearError, "\(refused.errors)")
        }
        #expect(try bench.quern.run("quantize", "tiny.gguf", "no.gguf", "--fit", "1k").isOneClearError)
        #expect(try bench.quern.run("quantize", "tiny.gguf", "no.gguf", "--fit", "1k", "--pure").exitCode == 2)
    }
}
