// Gemma 3, its text model.

/// Gemma Team 2025 (arXiv 2503.19786): Gemma 2's norms, query and key heads normed instead of bounded, and five layers with a
/// sliding window for each one without. Layers with a window have rotary frequencies of their own, which no scaling stretches.
/// Transformers' configuration still has `attn_logit_softcapping`, and its code does not read it.
enum Gemma3: Architecture {
    static let name = "gemma3"

    /// Layers of the 27B model, which shares out its width instead of taking the length of a head.
    private static let largestLayerCount = 62

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        let parameters = reader.parameters
        let pattern = parameters.windowPattern ?? .period(6)
        let ropes = [
            RotaryEmbedding(.halves, parameters),
            RotaryEmbedding(.halves, parameters, base: parameters.windowRopeBase, scaling: RopeScaling.none),
        ]
        var decoder = try PreNormDecoder(reader, ropes: ropes) { block, index throws(EngineError) in
            let hasWindow = parameters.slidingWindow != nil && pattern.hasWindow(layer: index)
            var attention = try Attention(normingHeads: block, window: hasWindow ? parameters.slidingWindow : nil)
            attention.scale = parameters.gemmaScale(largestLayerCount: largestLayerCount)
            attention.rope = hasWindow ? 1 : 0
            return try PreNormDecoder.Layer(normingOutputs: block, attention: attention)
        }
        decoder.embeddingScale = Float(parameters.width).squareRoot()
        return decoder
    }
}
