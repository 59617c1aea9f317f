import Bytes
import Conversion
import Foundation
import GGUF
import JSONText
import Tensors
import TestSupport
import Testing

/// Compares conversions of the tiny checkpoints in Tests/Fixtures/Checkpoints with llama.cpp's converter, by the digests that
/// make.py recorded there.
@Suite struct ReferenceTests {
    static let folder = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Checkpoints")
    static let names = ["llama", "mistral", "qwen2", "qwen3", "bert", "distilbert", "nomic_bert"]

    static func convert(_ name: String, _ output: ConversionOptions.OutputType = .auto) throws -> ConvertedModel {
        try CheckpointConverter(options: ConversionOptions(outputType: output))
            .convert(CheckpointFolder(path: folder.appendingPathComponent(name).path))
    }

    private func expected(_ name: String) throws -> JSONValue {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent("expected.json")))
        return try #require(try JSONValue(parsing: bytes)[name])
    }

    @Test(arguments: names)
    func everyTensorHasTheSameBytes(name: String) throws {
        let expected = try expected(name)
        let outputs: [(String, ConversionOptions.OutputType)] = [("auto", .auto), ("f32", .f32), ("f16", .f16), ("bf16", .bf16)]
        for (label, output) in outputs {
            let model = try Self.convert(name, output)
            let tensors = try #require(expected["tensors"]?[label]?.object)
            #expect(model.tensors.map(\.source.name) == tensors.keys)
            #expect(model.metadata.int(GGUFKey.fileType) == expected["file_types"]?[label]?.int)
            // Positions have the type that Ollama gives them; in F32 they are the same.
            for tensor in model.tensors where tensor.source.name != "position_embd.weight" || output == .f32 {
                let description: JSONValue = [
                    .string(tensor.type.name), .array(tensor.source.shape.dimensions.map { .number(JSONNumber($0)) }),
                    .string(Digest.of(tensor.written())),
                ]
                #expect(tensors[tensor.source.name] == description, "\(name), \(label): \(tensor.source.name)")
            }
        }
    }

    /// Python and Swift spell some numbers differently.
    private static func respelled(_ value: JSONValue) -> JSONValue {
        guard value[0] == "float32", let number = value[1]?.double else { return value }
        return ["float32", .number(JSONNumber(Float(number)))]
    }

    /// What Quern writes and llama.cpp does not, and the name, which llama.cpp makes up from the folder's.
    private static let ours: Set<String> = [
        GGUFKey.name, GGUFKey.fileType, GGUFKey.addBOS, GGUFKey.addEOS, GGUFKey.addSpacePrefix, GGUFKey.unknownTokenID,
        GGUFKey.slidingWindow("llama"), "tokenizer.ggml.eos_token_ids", GGUFKey.classTokenID, GGUFKey.poolingType("bert"),
        GGUFKey.normalizesEmbeddings("bert"),
    ]

    @Test(arguments: names)
    func metadataIsTheSameButForWhatIsOurs(name: String) throws {
        let expected = try #require(try expected(name)["metadata"]?.object)
        let metadata = try Self.convert(name).metadata
        for (key, value) in expected where key != GGUFKey.name {
            let found = try #require(metadata[key], "\(name): \(key)")
            #expect(found.summary == Self.respelled(value), "\(name): \(key)")
        }
        let more = Set(metadata.keys).subtracting(expected.keys)
        #expect(more.isSubset(of: Self.ours))
        #expect(metadata.bool(GGUFKey.addBOS) != nil && metadata.bool(GGUFKey.addEOS) != nil)
    }

    @Test func windowsEndsAndNamesAreWritten() throws {
        #expect(try Self.convert("mistral").metadata.int("llama.attention.sliding_window") == 24)
        #expect(try Self.convert("llama").metadata.ints("tokenizer.ggml.eos_token_ids") == [291, 292])
        #expect(try Self.convert("qwen3").metadata.string(GGUFKey.chatTemplate) == "{{ messages[0].content }}\n")
    }

    @Test func disagreeingIdsAreAWarning() throws {
        #expect(
            try Self.convert("qwen2").warnings == [
                "eos token: 'tokenizer_config.json' says 301, 'config.json' says 299; 301 is used"
            ])
        for name in ["llama", "mistral", "qwen3"] { #expect(try Self.convert(name).warnings == []) }
    }

    @Test func sourceTypes() throws {
        #expect(try Self.names.map { try Self.convert($0).sourceType } == [.bf16, .f16, .bf16, .f32, .f16, .f32, .f32])
    }
}

/// The trained sample, and real models' metadata as Ollama converts it.
@Suite(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
struct SampleConversionTests {
    @Test func sampleChat() throws {
        let model = try CheckpointConverter().convert(CheckpointFolder(path: SharedData.url("sample-chat").path))
        let metadata = model.metadata
        #expect(metadata.string(GGUFKey.tokenizerPre) == "llama-bpe")
        #expect(metadata.bool(GGUFKey.addBOS) == false && metadata.bool(GGUFKey.addEOS) == false)
        #expect(metadata.int(GGUFKey.bosTokenID) == 2041 && metadata.int(GGUFKey.eosTokenID) == 2043)
        #expect(metadata.int(GGUFKey.paddingTokenID) == 2041)
        #expect(metadata.string(GGUFKey.sizeLabel) == "5.2M")
        #expect(metadata.strings(GGUFKey.tokens)?.count == 2048)
        let kinds = try #require(metadata.ints(GGUFKey.tokenTypes))
        #expect(kinds[2041...2043].allSatisfy { $0 == 3 } && kinds[2044...2047].allSatisfy { $0 == 4 })
        #expect(model.tensors.count == 56 && model.tensor("output.weight") == nil)
        #expect(model.tensor("blk.3.attn_q.weight")?.source.rowOrder == .interleavedHalves(heads: 8))
        #expect(model.warnings == [])
    }

    /// A layout can be made of it, and its size is what the tensors add up to.
    @Test func theSampleHasALayout() throws {
        let model = try CheckpointConverter().convert(CheckpointFolder(path: SharedData.url("sample-chat").path))
        let layout = try GGUFLayout(
            metadata: model.metadata, tensors: model.tensors.map { ($0.source.name, $0.type, $0.source.shape) })
        let data = layout.tensors.reduce(0) { $0 + $1.tensor.byteCount + $1.padding }
        #expect(layout.totalByteCount == layout.header.count + data)
    }
}

enum Digest {
    /// FNV-1a, 64 bits, as hexadecimal digits.
    static func of(_ bytes: some Sequence<UInt8>) -> String {
        let digest = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension GGUFValue {
    /// The value as make.py writes it: its type, and the value or, for arrays, count and digest.
    fileprivate var summary: JSONValue {
        switch self {
        case .uint32(let value): ["uint32", .number(JSONNumber(Int(value)))]
        case .int32(let value): ["int32", .number(JSONNumber(Int(value)))]
        case .float32(let value): ["float32", .number(JSONNumber(value))]
        case .bool(let value): ["bool", .bool(value)]
        case .string(let value): ["string", .string(value.text)]
        case .array(let array): array.summary
        default: .null
        }
    }
}

extension GGUFArray {
    fileprivate var summary: JSONValue {
        var writer = ByteWriter()
        let type: String
        switch self {
        case .string(let strings):
            type = "string"
            for string in strings {
                writer.write(UInt64(string.bytes.count))
                writer.write(contentsOf: string.bytes)
            }
        case .float32(let values):
            type = "float32"
            for value in values { writer.write(value) }
        case .int32(let values):
            type = "int32"
            for value in values { writer.write(value) }
        default: return .null
        }
        return [.string("array-\(type)"), .string("\(count) \(Digest.of(writer.bytes))")]
    }
}
