import Foundation
import Quantization
import Tensors
import TestSupport
import Testing

/// Blocks against digests of what llama.cpp makes of the same rows.
@Suite struct RowDigestTests {
    static let types: [TensorType] = [
        .f16, .bf16, .q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_nl, .iq4_xs, .mxfp4, .nvfp4,
        .tq1_0, .tq2_0, .q1_0, .q2_0, .iq3_s, .iq3_xxs, .iq2_s, .iq2_xs, .iq2_xxs, .iq1_s, .iq1_m,
    ]

    static let digests: [String: String] = {
        let file = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Quantization/rows.json")
        guard let data = try? Data(contentsOf: file) else { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: data)) ?? [:]
    }()

    @Test("blocks equal llama.cpp's, whatever the values and the importance", arguments: FixtureValues.patterns)
    func blocksEqualLlamaCpp(pattern: String) {
        let values = FixtureValues.pattern(pattern)
        for type in Self.types {
            for importance in FixtureValues.importances where importance != "none" || !RowCodec.needsImportance(type) {
                let blocks = RowCodec.selected.quantize(
                    values, columns: FixtureValues.columns, to: type, importance: FixtureValues.importance(importance))
                let key = "\(type.name), \(pattern), \(importance)"
                #expect(sha256(blocks) == Self.digests[key], "\(key)")
            }
        }
    }

    @Test("the digest function knows its test vectors")
    func digestVectors() {
        #expect(sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
}

/// Blocks against bytes that ggml gave on another machine.
@Suite(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)")) struct SharedRowTests {
    static let types: [TensorType] = [.q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_nl]

    @Test("blocks equal the shared golden ones", arguments: types)
    func goldenBlocks(type: TensorType) throws {
        let columns = type.blockSize == 256 ? 512 : 64
        for variant in ["noim", "im"] {
            let stem = "quant-golden/hf2q/\(type.name.lowercased())_\(columns)_\(variant)"
            let input = try SharedData.bytes(stem + "_input.bin")
            let values = stride(from: 0, to: input.count, by: 4).map { offset in
                Float(bitPattern: input[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
            }
            let importance = variant == "im" ? Self.importance(columns) : nil
            let blocks = RowCodec.selected.quantize(values, columns: columns, to: type, importance: importance)
            #expect(try blocks == SharedData.bytes(stem + "_expected.bin"), "\(stem)")
        }
    }

    /// Column weights as the golden files' README defines them: mulberry32 from seed 2.
    private static func importance(_ count: Int) -> [Float] {
        var state: UInt32 = 2
        return (0..<count).map { _ in
            state &+= 0x6D2B_79F5
            var t = (state ^ state >> 15) &* (state | 1)
            t ^= t &+ (t ^ t >> 7) &* (t | 61)
            let uniform = Double(t ^ t >> 14) / 4_294_967_296
            return Float((uniform * 2 - 1).magnitude + 1e-3)
        }
    }
}
