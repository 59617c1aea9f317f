import Bytes
import Compute
import Foundation
import GGUF
import TestSupport
import Testing
import TransformerEngine

/// Contexts of many thousand tokens: exact to the end, and the same bits on any number of threads.
@Suite struct LongContextTests {
    #if DEBUG
        // Kernels without optimization would take a minute.
        static let length = 4_096
    #else
        static let length = 65_536
    #endif

    /// A Llama of one layer, width 32, two query heads of 16 components on one KV head.
    private static func file() throws -> GGUFFile {
        var file = TinyModelFile.llama()
        for (key, value) in [
            ("attention.head_count", 2), ("attention.head_count_kv", 1), ("rope.dimension_count", 16), ("attention.key_length", 16),
            ("attention.value_length", 16),
        ] {
            file.remove("llama.\(key)")
            file.add("llama.\(key)", UInt32(value))
        }
        return try GGUFFile(ByteRegion(file.bytes), name: "tiny")
    }

    private func tokens(_ count: Int) -> [Int32] { (0..<count).map { Int32(($0 &* 7919 &+ $0 / 97) % 264) } }

    @Test(arguments: [(CacheType.f16, length, 1e-6), (.f32, 8192, 1e-9), (.q8_0, 8192, 1e-4)])
    func `the logits at the end are those of a plain computation`(type: CacheType, length: Int, bound: Double) throws {
        let file = try Self.file()
        let session = try InferenceSession(
            model: TransformerModel(file: file), contextLength: length, cacheType: type, pool: ThreadPool(threads: 2))
        let tokens = tokens(length)
        try session.evaluate(Array(tokens.dropLast()), logits: .none)
        try session.evaluate(Array(tokens.suffix(1)))
        #expect(session.position() == length)
        #expect(normalizedError(session.logits(), PlainLlama(file).lastLogits(tokens)) < bound)
        #expect(throws: EngineError.contextFull(used: length, adding: 1, contextLength: length)) { try session.evaluate([1]) }
    }

    @Test(arguments: CacheType.allCases, ["llama-window", "llama-multi-query", "qwen3"])
    func `at depth, any number of threads gives the same bits`(type: CacheType, name: String) throws {
        let logits = try [1, 2, 3, 5].map { threads in
            let session = try InferenceSession(
                model: TinyModel(name: name).model(), contextLength: 3100, slots: 2, cacheType: type,
                pool: ThreadPool(threads: threads))
            try session.fillForMeasurement(depth: 3000)
            try session.fillForMeasurement(depth: 1022, slot: 1)
            var rows: [[Float]] = []
            for round in 0..<4 {
                // One token, several tokens, and a slot on its way across the end of its first span.
                try session.evaluate([
                    TokenRun([Int32(round)]), TokenRun(round == 2 ? [5, 6, 7] : [3], slot: 1, logits: .all),
                ])
                rows += session.allLogits()
            }
            return rows
        }
        for other in logits.dropFirst() { #expect(other == logits[0]) }
        #expect(logits[0].count == 10)
    }

    @Test func `a slot cannot be filled beyond its context`() throws {
        let session = try InferenceSession(
            model: TransformerModel(file: Self.file()), contextLength: 100, pool: ThreadPool(threads: 1))
        #expect(throws: EngineError.contextFull(used: 0, adding: 101, contextLength: 100)) {
            try session.fillForMeasurement(depth: 101)
        }
        #expect(throws: EngineError.unknownSlot(1, count: 1)) { try session.fillForMeasurement(depth: 1, slot: 1) }
        try session.fillForMeasurement(depth: 99)
        try session.evaluate([1])
        #expect(session.position() == 100)
    }
}

/// A Llama of one layer in double precision, step by step as its paper has it: nothing is shared with the engine.
private struct PlainLlama {
    let file: GGUFFile
    let width = 32
    let headSize = 16

    init(_ file: GGUFFile) { self.file = file }

    private func floats(_ name: String) -> [Double] {
        guard let tensor = file.tensor(named: name) else { return [] }
        let bytes = file.bytes(of: tensor).bytes()
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
            return Double(Float(bitPattern: bits))
        }
    }

    private func times(_ matrix: [Double], _ x: [Double]) -> [Double] {
        (0..<matrix.count / x.count).map { row in x.indices.reduce(0) { $0 + matrix[row * x.count + $1] * x[$1] } }
    }

    private func norm(_ x: [Double], _ weight: [Double]) -> [Double] {
        let scale = 1 / (x.reduce(0) { $0 + $1 * $1 } / Double(x.count) + Double(Float(1e-5))).squareRoot()
        return zip(x, weight).map { $0 * scale * $1 }
    }

    private func turned(_ head: [Double], _ position: Int) -> [Double] {
        var head = head
        for pair in 0..<headSize / 2 {
            let angle = Double(position) * pow(10000, -2 * Double(pair) / Double(headSize))
            let (a, b) = (head[2 * pair], head[2 * pair + 1])
            head[2 * pair] = a * cos(angle) - b * sin(angle)
            head[2 * pair + 1] = b * cos(angle) + a * sin(angle)
        }
        return head
    }

    func lastLogits(_ tokens: [Int32]) -> [Double] {
        let embedding = floats("token_embd.weight")
        let attentionNorm = floats("blk.0.attn_norm.weight")
        let (keyWeights, valueWeights) = (floats("blk.0.attn_k.weight"), floats("blk.0.attn_v.weight"))
        func state(_ token: Int32) -> [Double] { Array(embedding[Int(token) * width..<(Int(token) + 1) * width]) }
        // A token's key before it is turned, and its value, depend on nothing but the token.
        let normed = (0..<Int32(embedding.count / width)).map { norm(state($0), attentionNorm) }
        let (keys, values) = (normed.map { times(keyWeights, $0) }, normed.map { times(valueWeights, $0) })
        let turnedKeys = tokens.indices.map { turned(keys[Int(tokens[$0])], $0) }
        let last = Int(tokens[tokens.count - 1])
        let queries = times(floats("blk.0.attn_q.weight"), normed[last])
        var attended: [Double] = []
        for head in 0..<2 {
            let query = turned(Array(queries[head * headSize..<(head + 1) * headSize]), tokens.count - 1)
            let weights = turnedKeys.map { key in exp((0..<headSize).reduce(0) { $0 + query[$1] * key[$1] } / 4) }
            let total = weights.reduce(0, +)
            attended += (0..<headSize).map { d in
                tokens.indices.reduce(0) { $0 + weights[$1] * values[Int(tokens[$1])][d] } / total
            }
        }
        var hidden = zip(state(Int32(last)), times(floats("blk.0.attn_output.weight"), attended)).map { $0 + $1 }
        let inner = norm(hidden, floats("blk.0.ffn_norm.weight"))
        let gate = times(floats("blk.0.ffn_gate.weight"), inner).map { $0 / (1 + exp(-$0)) }
        let product = zip(gate, times(floats("blk.0.ffn_up.weight"), inner)).map { $0 * $1 }
        hidden = zip(hidden, times(floats("blk.0.ffn_down.weight"), product)).map { $0 + $1 }
        return times(embedding, norm(hidden, floats("output_norm.weight")))
    }
}
