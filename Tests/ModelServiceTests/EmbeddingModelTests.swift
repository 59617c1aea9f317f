import BuildPipeline
import Foundation
import JSONText
import ModelService
import ModelfilePlan
import Packaging
import Runner
import TestSupport
import Testing

/// Checkpoints of sentence embedders, packaged as F16 and run, against the vectors of transformers.
@Suite struct EmbeddingModels {
    let fixture: ServiceFixture
    init() throws { fixture = try ServiceFixture() }

    static let checkpoints = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Checkpoints")

    private func make(_ name: String, _ change: (inout BuildPlan) throws -> Void = { _ in }) throws {
        try fixture.make(name, from: Self.checkpoints.appendingPathComponent(name).path, change)
    }

    private func expected(_ name: String) throws -> (texts: [String], vectors: [[Double]]) {
        let url = Self.checkpoints.appendingPathComponent("embeddings.json")
        let cases = try #require(try JSONValue(parsing: [UInt8](Data(contentsOf: url)))[name]?.array)
        return (cases.compactMap { $0["text"]?.string }, cases.map { $0["vector"]?.array?.compactMap(\.double) ?? [] })
    }

    private func cosine(_ vector: [Float], _ wanted: [Double]) -> Double {
        guard vector.count == wanted.count else { return -1 }
        return zip(vector, wanted).reduce(0) { $0 + Double($1.0) * $1.1 }
    }

    @Test(arguments: ["bert", "distilbert", "nomic_bert"]) func vectorsAreTransformers(name: String) throws {
        try make(name)
        #expect(try fixture.models.inspect(name).capabilities == ["embedding"])
        let (texts, wanted) = try expected(name)
        let found = try fixture.models.openEmbedding(name).embed(texts)
        #expect(found.vectors.count == 13)
        for (text, (vector, reference)) in zip(texts, zip(found.vectors, wanted)) {
            let cosine = cosine(vector, reference)
            #expect(cosine > 0.9999 && cosine < 1.00001, "\(text.prefix(20))")
        }
    }

    @Test func dimensionsCutAndScale() throws {
        try make("bert")
        let model = try fixture.models.openEmbedding("bert")
        #expect(model.dimensions == 32)
        let whole = try model.embed(["the cat"]).vectors[0]
        let cut = try model.embed(["the cat"], dimensions: 8).vectors[0]
        let length = whole.prefix(8).reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(cut.count == 8)
        for (found, whole) in zip(cut, whole) { #expect(abs(found - whole / length) < 1e-6) }
        for dimensions in [0, 32, 1000, -1] {
            #expect(try model.embed(["the cat"], dimensions: dimensions).vectors[0] == whole)
        }
    }

    /// A text may have as many tokens as the context takes, less the two that are put round it.
    @Test func textsThatAreTooLongLoseTheirEnd() throws {
        try make("bert") { try $0.parameters.add("num_ctx", "10") }
        let model = try fixture.models.openEmbedding("bert")
        let eight = Array(repeating: "cat", count: 8).joined(separator: " ")
        let fitting = try model.embed([eight], truncates: false)
        #expect(fitting.promptTokens == 10)
        #expect(throws: RunnerError.inputTooLong) { try model.embed(["the", eight + " dog"], truncates: false) }
        for cut in try model.embed([eight + " dog", eight + " sat on the mat"]).vectors {
            #expect(cosine(cut, fitting.vectors[0].map(Double.init)) > 0.99999)
        }
    }

    @Test func noTextsHaveNoVectors() throws {
        try make("bert")
        #expect(try fixture.models.openEmbedding("bert").embed([]) == TextEmbeddings(vectors: [], promptTokens: 0))
    }

    @Test func aModelIsOneKindOrTheOther() throws {
        try make("bert")
        #expect(try fixture.models.makesEmbeddings("bert"))
        #expect(try !fixture.models.makesEmbeddings(fixture.file))
        #expect(throws: (any Error).self) { try fixture.models.open("bert") }
        #expect(throws: (any Error).self) { try fixture.models.openEmbedding(fixture.file) }
        #expect(
            "\(ServiceError.noInput(model: "m"))"
                == #"embedding models require input text. Usage: ollama run m "your text here""#)
    }
}
