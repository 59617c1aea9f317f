import Foundation
import JSONText
import TestSupport
import Testing

/// `run` of embedding models: one line of JSON, whatever the text comes through.
@Suite struct EmbeddingRuns {
    let bench: Workbench
    init() throws { bench = try Workbench() }

    private static let checkpoints = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Checkpoints")

    private func create(_ name: String, _ options: String...) throws {
        let modelfile = "FROM \(Self.checkpoints.appendingPathComponent(name).path)\nPARAMETER num_ctx 32\n"
        let result = try bench.quern.run(["create", name, "-f", "-"] + options, input: modelfile)
        try #require(result.exitCode == 0, "\(result.errors)")
    }

    private func vector(_ result: QuernProcess.Result) throws -> [Double] {
        try #require(result.exitCode == 0, "\(result.errors)")
        #expect(result.output.last == "\n" && result.output.count { $0 == "\n" || $0 == " " } == 1)
        return try JSONValue(parsing: result.output).array?.compactMap(\.double) ?? []
    }

    @Test(arguments: ["bert", "distilbert", "nomic_bert"], [("F32", 0.999999), ("Q8_0", 0.999)])
    func vectorsAreTransformers(name: String, type: (name: String, bound: Double)) throws {
        try create(name, "-q", type.name)
        let expected = try JSONValue(parsing: [UInt8](Data(contentsOf: Self.checkpoints.appendingPathComponent("embeddings.json"))))
        for entry in (try #require(expected[name]?.array)).dropLast() {
            guard let text = entry["text"]?.string, !text.isEmpty, text.utf8.count < 30 else { continue }
            let wanted = entry["vector"]?.array?.compactMap(\.double) ?? []
            let found = try vector(bench.quern.run("run", name, text))
            let cosine = zip(found, wanted).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(found.count == wanted.count && cosine > type.bound && cosine < 1.00001, "\(text)")
        }
    }

    @Test func wordsAndStandardInputAreOneText() throws {
        try create("bert")
        let whole = try bench.quern.run("run", "bert", "the cat sat on the mat").output
        #expect(try bench.quern.run("run", "bert", "the", "cat sat", "on the mat").output == whole)
        #expect(try bench.quern.run(["run", "bert"], input: "the cat sat on the mat\n").output == whole)
        #expect(try bench.quern.run(["run", "bert", "on the mat"], input: "the cat sat").output == whole)
    }

    @Test func aTextIsWanted() throws {
        try create("bert")
        let result = try bench.quern.run("run", "bert")
        #expect(result.exitCode == 1 && result.output.isEmpty)
        #expect(
            result.errors == "error: embedding models require input text. Usage: ollama run bert \"your text here\"\n")
    }

    @Test func truncationAndDimensions() throws {
        try create("bert")
        let long = Array(repeating: "cat", count: 31).joined(separator: " ")
        let cut = try vector(bench.quern.run("run", "bert", long))
        #expect(try vector(bench.quern.run("run", "bert", "--truncate", long)) == cut)
        let refused = try bench.quern.run("run", "bert", "--truncate=false", long)
        #expect(refused.exitCode == 1 && refused.errors == "error: the input length exceeds the context length\n")
        let short = try vector(bench.quern.run("run", "bert", "--dimensions", "8", "the cat"))
        #expect(short.count == 8 && abs(short.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }

    @Test func whatIsShown() throws {
        try create("bert")
        #expect(try bench.show("bert")["capabilities"] == ["embedding"])
        let text = try bench.quern.run("show", "bert").output
        #expect(text.contains("  Capabilities\n    embedding") && text.contains("embedding length    32"))
    }
}
