import Bytes
import Compute
import Conversion
import Foundation
import GGUF
import JSONText
import Tensors
import TestSupport
import Testing
import TransformerEngine

/// The tiny decoders in Tests/Fixtures/Decoders: converted as llama.cpp's converter does it, and computing what transformers does.
struct TinyDecoder: CustomTestStringConvertible {
    let name: String
    var testDescription: String { name }

    static let all = [
        "mixtral", "qwen3moe", "qwen3moe-mixed", "qwen2moe", "gemma", "gemma2", "gemma3", "gemma3-image", "phi3", "phi3-window",
    ].map(TinyDecoder.init)

    private var folder: URL {
        SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Decoders").appendingPathComponent(name)
    }

    func expected() throws -> JSONValue {
        try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appendingPathComponent("expected.json"))))
    }

    func converted(_ output: ConversionOptions.OutputType = .auto) throws -> ConvertedModel {
        try CheckpointConverter(options: ConversionOptions(outputType: output)).convert(CheckpointFolder(path: folder.path))
    }

    /// The model in F32, written to a file in memory.
    func model() throws -> TransformerModel {
        let converted = try converted(.f32)
        let layout = try GGUFLayout(
            metadata: converted.metadata, tensors: converted.tensors.map { ($0.source.name, $0.type, $0.source.shape) })
        var bytes = layout.header
        for (placement, tensor) in zip(layout.tensors, converted.tensors) {
            bytes += [UInt8](repeating: 0, count: placement.fileOffset - bytes.count)
            bytes += tensor.written()
        }
        bytes += [UInt8](repeating: 0, count: layout.totalByteCount - bytes.count)
        return try TransformerModel(file: GGUFFile(ByteRegion(bytes), name: name))
    }

    /// Token ids, and the logits after each of them.
    func prompts() throws -> [(tokens: [Int32], logits: [[Double]])] {
        try (expected()["prompts"]?.array ?? []).map { prompt in
            (
                prompt["tokens"]?.array?.compactMap(\.int).map(Int32.init) ?? [],
                prompt["logits"]?.array?.map { $0.array?.compactMap(\.double) ?? [] } ?? []
            )
        }
    }
}

@Suite struct DecoderTests {
    @Test(arguments: TinyDecoder.all)
    func everyTensorHasTheBytesThatLlamaCppWrites(decoder: TinyDecoder) throws {
        guard let expected = try decoder.expected()["tensors"]?.object else {
            // llama.cpp wants experts in every layer.
            #expect(decoder.name == "qwen3moe-mixed")
            return
        }
        let model = try decoder.converted()
        #expect(Set(model.tensors.map(\.source.name)) == Set(expected.keys))
        for tensor in model.tensors {
            let extents = tensor.source.shape.dimensions.map { JSONValue.number(JSONNumber($0)) }
            let description: JSONValue = [.string(tensor.type.name), .array(extents), .string(Digest.of(tensor.written()))]
            #expect(expected[tensor.source.name] == description, "\(tensor.source.name)")
        }
    }

    /// The keys of the architecture that llama.cpp writes, with its values; Quern writes some more.
    @Test(arguments: TinyDecoder.all)
    func keysAreThoseThatLlamaCppWrites(decoder: TinyDecoder) throws {
        let metadata = try decoder.converted().metadata
        for (key, value) in try decoder.expected()["metadata"]?.object ?? JSONObject() {
            let found: GGUFValue = try #require(metadata[key], "\(key)")
            switch (value[0]?.string, found) {
            case ("uint32", .uint32(let number)): #expect(Int(number) == value[1]?.int, "\(key)")
            case ("float32", .float32(let number)): #expect(number == value[1]?.double.map(Float.init), "\(key)")
            case ("string", .string(let text)): #expect(text.text == value[1]?.string, "\(key)")
            default: Issue.record("\(key) is \(found), wanted \(value.text())")
            }
        }
    }

    @Test(arguments: TinyDecoder.all, KernelTable.available())
    func logitsAreThoseOfTransformers(decoder: TinyDecoder, table: KernelTable) throws {
        let model = try decoder.model()
        let pool = ThreadPool(threads: 2)
        for prompt in try decoder.prompts() {
            for (cacheType, bound) in [(CacheType.f32, 1e-9), (.f16, 1e-5)] {
                for batchSize in [1, 5, 64] {
                    let session = try InferenceSession(
                        model: model, contextLength: prompt.tokens.count, batchSize: batchSize, cacheType: cacheType, pool: pool,
                        table: table)
                    try session.evaluate(prompt.tokens, logits: .all)
                    #expect(session.logitCount == prompt.logits.count)
                    for (position, wanted) in prompt.logits.enumerated() {
                        let error = normalizedError(session.logits(position), wanted)
                        #expect(error < bound, "position \(position) of \(prompt.tokens.count), \(cacheType), by \(batchSize)")
                    }
                }
            }
        }
    }

    @Test(arguments: TinyDecoder.all)
    func anyNumberOfThreadsGivesTheSameBits(decoder: TinyDecoder) throws {
        let model = try decoder.model()
        let prompt = try #require(try decoder.prompts().last)
        let logits = try [1, 2, 3].map { threads in
            let session = try InferenceSession(
                model: model, contextLength: 64, batchSize: 7, pool: ThreadPool(threads: threads))
            try session.evaluate(prompt.tokens, logits: .all)
            return (0..<session.logitCount).map { session.logits($0) }
        }
        for other in logits.dropFirst() { #expect(other == logits[0]) }
    }
}

/// Mean squared error over the mean square of what was wanted.
private func normalizedError(_ found: [Float], _ wanted: [Double]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    let errors = zip(found, wanted).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    return errors / wanted.reduce(0) { $0 + $1 * $1 }
}
