// Gemma 2.

/// Gemma Team 2024 (arXiv 2408.00118): norms before and after each block, bounded attention scores and logits, and a sliding
/// window on every other layer.
enum Gemma2: Architecture {
    static let name = "gemma2"

    /// Positions of the window where a file does not say.
    private static let usualWindow = 4096
    /// Layers of the 27B model, which shares out its width instead of taking the length of a head.
    private static let largestLayerCount = 46

    static func load(_ reader: WeightReader) throws(EngineError) -> any Network {
        let parameters = reader.parameters
        let pattern = parameters.windowPattern ?? .period(2)
        var decoder = try PreNormDecoder(reader, ropes: [RotaryEmbedding(.halves, parameters)]) {
            block, index throws(EngineError) in
            let window = pattern.hasWindow(layer: index) ? parameters.slidingWindow ?? usualWindow : nil
            var attention = try Attention(block, window: window)
            attention.scale = parameters.gemmaScale(largestLayerCount: largestLayerCount)
            attention.softCap = parameters.attentionSoftCap
            return try PreNormDecoder.Layer(normingOutputs: block, attention: attention)
        }
        decoder.embeddingScale = Float(parameters.width).squareRoot()
        return decoder
    }
}

extension Hyperparameters {
    /// What Gemma multiplies products of queries and keys with.
    ///
    /// - Parameter largestLayerCount: layers of the generation's largest model.
    func gemmaScale(largestLayerCount: Int) -> Float {
        let size = layerCount == largestLayerCount ? width / headCount : keyLength
        return attentionScale ?? 1 / Float(max(size, 1)).squareRoot()
    }
}

extension PreNormDecoder.Layer {
    /// A layer of Gemma 2 and later: GELU, and norms of what its blocks leave.
    init(normingOutputs block: WeightReader, attention: Attention) throws(EngineError) {
        try self.init(
            block, attention: attention, feedForward: .gated(try GatedFeedForward(block, activation: .gelu)))
        attentionOutputNorm = try block.vector("post_attention_norm.weight", count: block.parameters.width)
        feedForwardOutputNorm = try block.vector("post_ffw_norm.weight", count: block.parameters.width)
    }
}
