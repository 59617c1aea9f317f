// Phi-3, Phi-3.5 and Phi-4.

/// Abdin et al. 2024: Llama's layers with queries, keys and values in one matrix, gate and up in another, and a sliding window in
/// some models. Models for long contexts have two sets of divisors of rotary frequencies (LongRoPE): one for contexts up to the
/// original length, one for longer ones; how long the session's context is decides.
enum Phi3: Architecture {
    static let name = "phi3"

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        let parameters = reader.parameters
        let short = try reader.rope(.halves, factors: "rope_factors_short.weight")
        var decoder = try PreNormDecoder(reader, ropes: [short]) { block, _ throws(EngineError) in
            try PreNormDecoder.Layer(block, attention: try Attention(block, window: parameters.slidingWindow))
        }
        try decoder.readLongRope(reader, .halves)
        return decoder
    }
}
