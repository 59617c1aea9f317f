// Qwen3, dense.

/// Yang et al. 2025: Llama's layers with an RMS norm on each query and key head before they are turned, rotary embedding on
/// halves, and heads whose size is not the width's share.
enum Qwen3: Architecture {
    static let name = "qwen3"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        let parameters = reader.parameters
        return try PreNormDecoder(reader, rope: RotaryEmbedding(.halves, parameters)) { block throws(EngineError) in
            var attention = try Attention(block, window: nil)
            attention.queryNorm = try block.vector("attn_q_norm.weight", count: parameters.keyLength)
            attention.keyNorm = try block.vector("attn_k_norm.weight", count: parameters.keyLength)
            return attention
        }
    }
}
