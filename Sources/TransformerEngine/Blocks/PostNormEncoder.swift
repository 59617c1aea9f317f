// The encoder that BERT made common, and that its descendants vary in a few places.
import Compute

/// Token, type and position embedding behind a layer norm; layers of attention and feed-forward network, each added to the
/// hidden state and normed after that.
struct PostNormEncoder: Sendable {
    /// How a token knows its place.
    enum Positions: Sendable {
        /// (context length, width): a vector for each position, added to the token's.
        case learned(WeightMatrix)
        /// Queries and keys are turned in every layer.
        case rotary(RotaryEmbedding)
    }

    enum FeedForward: Sendable {
        case plain(PlainFeedForward)
        case gated(GatedFeedForward)
    }

    struct Layer: Sendable {
        let attention: EncoderAttention
        let attentionNorm: LayerNorm
        let feedForward: FeedForward
        let outputNorm: LayerNorm
    }

    /// (vocabulary, width)
    let embedding: WeightMatrix
    /// What adapters add to it.
    let embeddingTerms: [LowRankTerm]
    /// What the first sentence's tokens have added: a text that is embedded is one sentence.
    let typeEmbedding: WeightVector?
    let positions: Positions
    let embeddingNorm: LayerNorm
    let layers: [Layer]

    var vocabularySize: Int { embedding.rows }

    /// Whether feed-forward networks have a gate.
    var hasGates: Bool { layers.contains { if case .gated = $0.feedForward { true } else { false } } }

    /// The angles that queries and keys are turned by, where they are.
    var rope: RotaryEmbedding? {
        if case .rotary(let rope) = positions { rope } else { nil }
    }

    /// - Parameter feedForward: reads the feed-forward network of one block.
    init(
        _ reader: WeightReader, positions: Positions,
        feedForward: (_ block: WeightReader) throws(EngineError) -> FeedForward
    ) throws(EngineError) {
        let parameters = reader.parameters
        embedding = try reader.matrix("token_embd.weight", columns: parameters.width)
        embeddingTerms = reader.terms("token_embd.weight")
        typeEmbedding = try reader.firstRow("token_types.weight", columns: parameters.width)
        self.positions = positions
        embeddingNorm = try LayerNorm(reader, "token_embd_norm")
        var layers: [Layer] = []
        for index in 0..<parameters.layerCount {
            let block = reader.block(index)
            layers.append(
                Layer(
                    attention: try EncoderAttention(block), attentionNorm: try LayerNorm(block, "attn_output_norm"),
                    feedForward: try feedForward(block), outputNorm: try LayerNorm(block, "layer_output_norm")))
        }
        self.layers = layers
    }

    func embed(_ pass: EncoderPass) {
        pass.lookUp(embedding, embeddingTerms, typeEmbedding, positions)
        pass.normalize(embeddingNorm)
    }

    func run(layer index: Int, _ pass: EncoderPass) {
        let layer = layers[index]
        pass.attend(layer.attention, rope: rope)
        pass.addBranch(norm: layer.attentionNorm)
        switch layer.feedForward {
        case .plain(let network): pass.feedForward(network)
        case .gated(let network): pass.feedForward(network)
        }
        pass.addBranch(norm: layer.outputNorm)
    }
}

/// A layer norm's scales and shifts (Ba et al. 2016).
struct LayerNorm: Sendable {
    let weight: WeightVector
    let bias: WeightVector

    init(_ reader: WeightReader, _ name: String) throws(EngineError) {
        weight = try reader.vector("\(name).weight", count: reader.parameters.width)
        bias =
            try reader.optionalVector("\(name).bias", count: reader.parameters.width)
            ?? WeightVector([Float](repeating: 0, count: reader.parameters.width))
    }
}

/// down(gelu(up(x))): the feed-forward network of the first transformers.
struct PlainFeedForward: Sendable {
    let up: Linear
    let down: Linear

    /// Reads `ffn_up` and `ffn_down`, with their biases where there are any.
    init(_ block: WeightReader) throws(EngineError) {
        let parameters = block.parameters
        up = try block.linear("ffn_up", rows: parameters.feedForwardLength, columns: parameters.width)
        down = try block.linear("ffn_down", rows: parameters.width, columns: parameters.feedForwardLength)
    }
}

/// Attention of one layer, in which every token of a sequence sees all of them.
struct EncoderAttention: Sendable {
    /// Queries, keys and values.
    let inputs: LinearGroup
    let output: Linear

    /// Reads `attn_q`, `attn_k` and `attn_v`, or `attn_qkv` where a file has them in one, and `attn_output`.
    init(_ block: WeightReader) throws(EngineError) {
        let parameters = block.parameters
        let (heads, keyValueHeads) = (parameters.headCount, parameters.keyValueHeadCount)
        let rows = [
            heads * parameters.keyLength, keyValueHeads * parameters.keyLength, keyValueHeads * parameters.valueLength,
        ]
        if block.has("attn_qkv.weight") {
            inputs = LinearGroup(try block.fusedLinears("attn_qkv", rows: rows, columns: parameters.width))
        } else {
            inputs = LinearGroup([
                try block.linear("attn_q", rows: rows[0], columns: parameters.width),
                try block.linear("attn_k", rows: rows[1], columns: parameters.width),
                try block.linear("attn_v", rows: rows[2], columns: parameters.width),
            ])
        }
        output = try block.linear("attn_output", rows: parameters.width, columns: heads * parameters.valueLength)
    }
}
