import Compute
import Foundation
import GGUF
import JSONText
import Tensors
import TestSupport
import Testing
import TransformerEngine

/// A tiny random encoder beside this file, with the vectors that transformers gives for it.
struct TinyEncoder: CustomTestStringConvertible {
    let name: String
    var testDescription: String { name }

    static let all = ["bert", "nomic-bert"].map(TinyEncoder.init)

    var tiny: TinyModel { TinyModel(name: name) }

    private static let expected: Result<JSONValue, any Error> = Result {
        let folder = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/TransformerEngine")
        return try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appendingPathComponent("encoders-expected.json"))))
    }

    func model(pooling: Pooling? = nil) throws -> EncoderModel {
        try EncoderModel(
            file: tiny.edited { metadata in
                if let pooling { metadata["\(name).pooling_type"] = .uint32(UInt32(pooling.rawValue)) }
            })
    }

    func sequences() throws -> [[Int32]] {
        try Self.expected.get()[name]?["tokens"]?.array?.map { $0.array?.compactMap(\.int).map(Int32.init) ?? [] } ?? []
    }

    func vectors(_ pooling: Pooling) throws -> [[Double]] {
        try Self.expected.get()[name]?["\(pooling)"]?.array?.map { $0.array?.compactMap(\.double) ?? [] } ?? []
    }
}

/// Vectors of tiny encoders against transformers in float64.
@Suite struct EmbeddingTests {
    @Test(arguments: TinyEncoder.all, KernelTable.available())
    func `every sequence's vector is the reference's`(encoder: TinyEncoder, table: KernelTable) throws {
        for pooling in Pooling.allCases {
            let session = try EmbeddingSession(
                model: encoder.model(pooling: pooling), pool: ThreadPool(threads: 2), table: table)
            let (found, wanted) = (try session.pooled(encoder.sequences()), try encoder.vectors(pooling))
            #expect(found.count == 6 && wanted.count == 6)
            for (vector, reference) in zip(found, wanted) { #expect(normalizedError(vector, reference) < 1e-10, "\(pooling)") }
        }
    }

    @Test(arguments: TinyEncoder.all, KernelTable.available())
    func `any number of threads gives the same bits`(encoder: TinyEncoder, table: KernelTable) throws {
        let vectors = try [1, 2, 3, 5].map { threads in
            try EmbeddingSession(model: encoder.model(), pool: ThreadPool(threads: threads), table: table)
                .embed(encoder.sequences())
        }
        for other in vectors.dropFirst() { #expect(other == vectors[0]) }
    }

    @Test(arguments: TinyEncoder.all)
    func `a sequence's neighbours do not change its vector`(encoder: TinyEncoder) throws {
        let (sequences, wanted) = (try encoder.sequences(), try encoder.vectors(.mean))
        // Many short ones, so that a batch has as many sequences as it takes.
        let many = (0..<200).map { sequences[$0 % 3] } + sequences
        for batchSize in [1, 3, 66, 512] {
            let session = try EmbeddingSession(model: encoder.model(), batchSize: batchSize, pool: ThreadPool(threads: 2))
            for (index, vector) in try session.pooled(many).enumerated() {
                let reference = wanted[index < 200 ? index % 3 : index - 200]
                #expect(normalizedError(vector, reference) < 1e-10, "sequence \(index), batches of \(batchSize)")
            }
        }
    }

    @Test func `vectors have length one, cut or whole`() throws {
        let encoder = TinyEncoder.all[0]
        let session = try EmbeddingSession(model: encoder.model(), pool: ThreadPool(threads: 1))
        let sequences = try encoder.sequences()
        let raw = try session.pooled(sequences)
        for dimensions in [nil, 0, 1, 8, 31, 32, 33] as [Int?] {
            for (vector, raw) in zip(try session.embed(sequences, dimensions: dimensions), raw) {
                let kept = dimensions.map { (1..<32).contains($0) ? $0 : 32 } ?? 32
                #expect(vector.count == kept)
                let length = raw.prefix(kept).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
                for (found, raw) in zip(vector, raw) { #expect(abs(Double(found) - Double(raw) / length) < 1e-6) }
            }
        }
        #expect(EmbeddingVector.normalized([0, 0]) == [0, 0])
        #expect(EmbeddingVector.shortened([0, 0, 5], to: 2) == [0, 0])
    }

    @Test func `no sequences have no vectors`() throws {
        let session = try EmbeddingSession(model: TinyEncoder.all[0].model(), pool: ThreadPool(threads: 1))
        #expect(try session.embed([]) == [])
    }

    @Test func `sequences that cannot be are refused`() throws {
        let session = try EmbeddingSession(
            model: TinyEncoder.all[0].model(), contextLength: 8, batchSize: 4, pool: ThreadPool(threads: 1))
        #expect(session.contextLength == 8)
        #expect(throws: EngineError.noTokens) { try session.embed([[1], []]) }
        #expect(throws: EngineError.tokenOutOfRange(40, vocabularySize: 40)) { try session.embed([[1, 40]]) }
        #expect(throws: EngineError.tokenOutOfRange(-1, vocabularySize: 40)) { try session.embed([[-1]]) }
        #expect(throws: EngineError.contextFull(used: 0, adding: 9, contextLength: 8)) {
            try session.embed([[Int32](repeating: 1, count: 9)])
        }
        #expect(try session.embed([[Int32](repeating: 1, count: 8)]).count == 1)
        session.cancellation.raise()
        #expect(throws: EngineError.cancelled) { try session.embed([[1]]) }
    }

    // MARK: Files

    private func error(
        _ encoder: TinyEncoder = TinyEncoder.all[0], _ change: (inout GGUFMetadata) -> Void = { _ in },
        shapes: [String: [Int]] = [:], without: String? = nil
    ) throws -> String? {
        let file = try encoder.tiny.edited(change, shapes: shapes, without: without)
        do {
            _ = try EncoderModel(file: file)
            return nil
        } catch { return error.description }
    }

    @Test func `what does not fit is one clear error`() throws {
        #expect(try error() == nil)
        #expect(
            try error { $0["bert.pooling_type"] = .uint32(4) }
                == "metadata key 'bert.pooling_type' is 4, wanted 1 (mean), 2 (first token) or 3 (last token)")
        #expect(try error { $0["bert.context_length"] = .uint32(161) }?.contains("'position_embd.weight'") == true)
        #expect(try error { $0["bert.attention.layer_norm_epsilon"] = .float32(0) }?.contains("layer_norm_epsilon") == true)
        for name in ["token_embd.weight", "position_embd.weight", "token_embd_norm.weight", "blk.1.layer_output_norm.weight"] {
            #expect(try error(without: name)?.contains("tensor '\(name)' is missing") == true)
        }
        #expect(
            try error(TinyEncoder.all[1], shapes: ["blk.0.attn_qkv.weight": [32, 95]])
                == "tensor 'blk.0.attn_qkv.weight' has shape [32, 95], wanted [32, 96]")
        #expect(try error(TinyEncoder.all[1], without: "blk.0.ffn_gate.weight")?.contains("ffn_gate") == true)
    }

    @Test func `types and biases may be missing`() throws {
        for name in ["token_types.weight", "blk.0.attn_q.bias", "token_embd_norm.bias"] { #expect(try error(without: name) == nil) }
    }

    @Test func `an encoder is no generator, and the other way round`() throws {
        let file = try TinyEncoder.all[0].tiny.file()
        #expect(throws: EngineError.encoder("bert")) { try TransformerModel(file: file) }
        let llama = try TinyModel(name: "qwen2").file()
        let supported = TransformerModel.supportedArchitectures + EncoderModel.supportedArchitectures
        #expect(throws: EngineError.unsupportedArchitecture(found: "qwen2", supported: supported)) {
            try EncoderModel(file: llama)
        }
    }

    @Test func `vectors that are no numbers are an error`() throws {
        let file = try TinyEncoder.all[0].tiny.edited(firstFloat: ["token_embd_norm.weight": .nan])
        let session = try EmbeddingSession(model: EncoderModel(file: file), pool: ThreadPool(threads: 1))
        #expect(throws: EngineError.notFinite) { try session.embed([[1, 2]]) }
    }
}
