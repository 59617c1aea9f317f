import JSONText
import ModelManifest
import TestSupport
import Testing

/// `imatrix` and `measure` as a user calls them.
@Suite struct Measuring {
    let bench: Workbench

    init() throws {
        bench = try Workbench()
        var state: UInt32 = 3
        let text = (0..<20_000).map { _ -> Character in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Character(Unicode.Scalar(UInt8(ascii: "c") + UInt8(state >> 24) % 20))
        }
        try bench.write(String(text), to: "text.txt")
        try bench.write(String(text.prefix(2000)), to: "short.txt")
    }

    private func bytes(_ name: String) throws -> Data { try Data(contentsOf: bench.folder.file(name)) }

    private func succeed(_ arguments: [String]) throws -> QuernProcess.Result {
        let result = try bench.quern.run(arguments)
        try #require(result.exitCode == 0, "\(result.errors)")
        return result
    }

    @Test func `a killed imatrix goes on and ends with the same bytes`() throws {
        let work = [
            "imatrix", "-m", "tiny.gguf", "-f", "text.txt", "-c", "32", "--output-frequency", "1", "--process-output", "-o",
        ]
        _ = try succeed(work + ["whole.gguf"])
        let running = try bench.quern.start(work + ["killed.gguf"])
        let checkpoint = bench.folder.file("killed.gguf.resume")
        for _ in 0..<2000 where !FileManager.default.fileExists(atPath: checkpoint.path) { usleep(500) }
        running.send(SIGKILL)
        _ = try running.finish()
        let second = try succeed(work + ["killed.gguf"])
        #expect(try bytes("killed.gguf") == bytes("whole.gguf"))
        #expect(!FileManager.default.fileExists(atPath: checkpoint.path))
        #expect(second.output.contains("7 tensors"))
        // A damaged checkpoint is named, and the work starts anew.
        try bench.write("GGUF and nothing more", to: "damaged.gguf.resume")
        let third = try succeed(work + ["damaged.gguf"])
        #expect(third.errors.contains("damaged.gguf.resume") && third.errors.contains("not used"), "\(third.errors)")
        #expect(try bytes("damaged.gguf") == bytes("whole.gguf"))
    }

    @Test func `matrices merge, and quantize takes them`() throws {
        _ = try succeed(["imatrix", "-m", "tiny.gguf", "-f", "short.txt", "-c", "64", "-o", "a.gguf"])
        _ = try succeed([
            "imatrix", "-m", "tiny.gguf", "-f", "short.txt", "-c", "64", "--from-chunk", "2", "--output-format", "dat", "-o",
            "b.dat",
        ])
        let merged = try succeed(["imatrix", "--in-file", "a.gguf,b.dat", "-c", "64", "-o", "both.gguf"])
        #expect(merged.output.contains("7 tensors"))
        let figures = try succeed(["imatrix", "--in-file", "both.gguf", "--show-statistics"])
        #expect(figures.output.contains("ffn_down"))
        _ = try succeed(["quantize", "tiny.gguf", "q.gguf", "Q4_0", "--imatrix", "both.gguf"])
    }

    @Test func `a report travels with its package`() throws {
        try bench.create("tiny", "FROM ./tiny.gguf")
        let before = try bench.manifest("tiny")
        let work = [
            "measure", "tiny", "--text", "short.txt", "-c", "64", "--against", "tiny.gguf", "--tensors", "--format", "json",
        ]
        let printed = try JSONValue(parsing: try succeed(work).output)
        #expect(printed["models"]?[0]?["comparison"]?["kl_divergence"]?["value"]?.int == 0)
        _ = try succeed(work + ["--attach", "-o", "report.json"])
        let after = try bench.manifest("tiny")
        #expect(after.layers.dropLast() == before.layers[...] && after.config == before.config)
        _ = try succeed(work + ["--attach", "-o", "report.json"])
        #expect(try bench.manifest("tiny") == after)
        _ = try succeed(["cp", "tiny", "twin"])
        let shown = try JSONValue(parsing: try succeed(["show", "twin", "--quality", "--format", "json"]).output)
        #expect(shown == printed)
        #expect(try succeed(["show", "tiny", "--quality"]).output.contains("PERPLEXITY"))
        // A package that is made of it has its own weights to answer for.
        #expect(try bench.create("derived", "FROM tiny\nSYSTEM hello").exitCode == 0)
        #expect(try bench.digests("derived", of: .quality).isEmpty)
        #expect(try bench.quern.run("show", "tiny.gguf", "--quality").exitCode == 1)
    }

    @Test(arguments: [
        ["measure", "tiny.gguf"], ["measure", "tiny.gguf", "--tensors"], ["imatrix", "-f", "short.txt"],
        ["imatrix", "-m", "tiny.gguf"],
        ["measure", "tiny.gguf", "tiny.gguf", "--text", "short.txt", "--attach"],
    ])
    func `a command line that makes no sense is refused`(arguments: [String]) throws {
        #expect(try bench.quern.run(arguments).exitCode == 2)
    }

    @Test(arguments: [
        ["measure", "tiny.gguf", "--text", "missing.txt"], ["measure", "tiny.gguf", "--text", "tiny.gguf", "-c", "100000"],
        ["measure", "tiny.gguf", "--text", "short.txt", "-c", "64", "--attach"],
        ["imatrix", "-m", "tiny.gguf", "-f", "short.txt", "-c", "64", "--from-chunk", "1000", "-o", "none.gguf"],
        ["measure", "tiny.gguf", "--choices", "short.txt"], ["imatrix", "--in-file", "short.txt", "-o", "none.gguf"],
        ["imatrix", "-m", "tiny.gguf", "-f", "short.txt", "-c", "64", "-o", "tiny.gguf"],
        ["measure", "tiny.gguf", "--text", "short.txt", "-c", "64", "-o", "tiny.gguf"],
    ])
    func `what cannot be measured is an error and no file`(arguments: [String]) throws {
        let result = try bench.quern.run(arguments)
        #expect(result.exitCode == 1 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: "), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: bench.folder.file("none.gguf").path))
    }
}
