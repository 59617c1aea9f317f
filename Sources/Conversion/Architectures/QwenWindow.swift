import GGUF

/// The window that Qwen's configurations may switch on for some of their layers. llama.cpp has no key for it; ours are those that
/// Gemma's layers have.
struct QwenWindow: Sendable {
    /// Tokens that attention reaches back over.
    let length: Int
    /// For each layer, whether it has the window.
    let layers: [Bool]

    /// - Parameter isSliding: what the configuration class assumes of a layer where config.json has no `layer_types`.
    /// - Returns: nil where no layer has a window that is shorter than the context.
    init?(
        _ config: CheckpointConfig, _ dimensions: DecoderDimensions, isSliding: (_ layer: Int, _ firstWindowed: Int) -> Bool
    ) throws(ConversionError) {
        // Configurations of models with experts say zero for none.
        let length = try config.optionalInt("sliding_window", in: 0...CheckpointConfig.widths.upperBound) ?? 4096
        let isUsed = try config.optionalBool("use_sliding_window") ?? false
        let first = try config.optionalInt("max_window_layers", in: 0...CheckpointConfig.layers.upperBound) ?? 28
        let types = try config.optionalStrings("layer_types")
        guard isUsed, !config.isNull("sliding_window"), length > 0, length < dimensions.contextLength else { return nil }
        if let types, types.count != dimensions.blockCount {
            throw config.error(
                "layer_types", found: "\(types.count) names", wanted: "one for each of \(dimensions.blockCount) layers")
        }
        self.length = length
        layers = types?.map { $0 == "sliding_attention" } ?? (0..<dimensions.blockCount).map { isSliding($0, first) }
        guard layers.contains(true) else { return nil }
    }

    /// For people: other runners do not know the keys.
    var warnings: [String] {
        ["the attention window of \(length) tokens is written as 'attention.sliding_window', which other runners may not know"]
    }

    func write(to metadata: inout GGUFMetadata, architecture: String) {
        metadata[GGUFKey.slidingWindow(architecture)] = .uint32(UInt32(length))
        metadata["\(architecture).attention.sliding_window_pattern"] = .array(.bool(layers))
    }
}
