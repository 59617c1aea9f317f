// The decoder that Llama made common, and that many architectures vary in a few places.
import CKernels
import Compute

/// Token embedding; layers of attention and feed-forward network, each behind an RMS norm and added to the hidden state; a
/// last norm and the output head.
struct PreNormDecoder: Network {
    struct Layer: Sendable {
        let attentionNorm: WeightVector
        var attention: Attention
        /// Norm of what attention found, before it is added.
        var attentionOutputNorm: WeightVector?
        let feedForwardNorm: WeightVector
        var feedForward: FeedForward
        /// Norm of what the feed-forward network made, before it is added.
        var feedForwardOutputNorm: WeightVector?

        /// Reads `attn_norm` and `ffn_norm`.
        ///
        /// - Parameter feedForward: one gated network where nil.
        init(_ block: WeightReader, attention: Attention, feedForward: FeedForward? = nil) throws(EngineError) {
            attentionNorm = try block.vector("attn_norm.weight", count: block.parameters.width)
            self.attention = attention
            feedForwardNorm = try block.vector("ffn_norm.weight", count: block.parameters.width)
            if let feedForward {
                self.feedForward = feedForward
            } else {
                self.feedForward = .gated(try GatedFeedForward(block))
            }
        }
    }

    /// (vocabulary, width)
    let embedding: Linear
    /// What adapters add to embeddings.
    let embeddingTerms: [LowRankTerm]
    /// What embeddings are multiplied with.
    var embeddingScale: Float?
    let layers: [Layer]
    let outputNorm: WeightVector
    /// (vocabulary, width); the embedding itself where the file has no other.
    let output: Linear
    /// Bounds the logits: `softCap * tanh(logit / softCap)`.
    let softCap: Float?
    let ropes: [RotaryEmbedding]
    /// Instead of `ropes`, for contexts longer than so many positions.
    var longRopes: (beyond: Int, ropes: [RotaryEmbedding])?

    var vocabularySize: Int { embedding.matrix.rows }

    /// - Parameters:
    ///   - ropes: those that layers choose from.
    ///   - layer: reads one block: where architectures differ.
    init(
        _ reader: WeightReader, ropes: [RotaryEmbedding],
        layer: (_ block: WeightReader, _ index: Int) throws(EngineError) -> Layer
    ) throws(EngineError) {
        let parameters = reader.parameters
        embedding = Linear(
            matrix: try reader.matrix("token_embd.weight", columns: parameters.width), bias: nil, name: "token_embd.weight")
        embeddingTerms = reader.terms("token_embd.weight")
        var layers: [Layer] = []
        for index in 0..<parameters.layerCount { layers.append(try layer(reader.block(index), index)) }
        self.layers = layers
        outputNorm = try reader.vector("output_norm.weight", count: parameters.width)
        output =
            reader.has("output.weight")
            ? try reader.linear("output", rows: embedding.matrix.rows, columns: parameters.width)
            : Linear(
                matrix: embedding.matrix, bias: nil, name: embedding.name, terms: reader.terms("output.weight"))
        softCap = parameters.logitSoftCap
        self.ropes = ropes
    }

    /// Takes the factors of LongRoPE for contexts longer than the original one, where the file has them.
    mutating func readLongRope(_ reader: WeightReader, _ pairing: RotaryEmbedding.Pairing) throws(EngineError) {
        let name = "rope_factors_long.weight"
        guard reader.has(name) else { return }
        longRopes = (reader.parameters.originalContextLength, [try reader.rope(pairing, factors: name)])
    }

    func ropes(contextLength: Int) -> [RotaryEmbedding] {
        if let longRopes, contextLength > longRopes.beyond { longRopes.ropes } else { ropes }
    }

    func rope(ofLayer layer: Int) -> Int { layers[layer].attention.rope }

    func embed(_ pass: ForwardPass) {
        pass.lookUp(embedding.matrix)
        if !embeddingTerms.isEmpty { pass.addLookedUp(embeddingTerms) }
        if let embeddingScale { pass.scaleHidden(embeddingScale) }
    }

    func run(layer index: Int, _ pass: ForwardPass) {
        let layer = layers[index]
        pass.normalize(layer.attentionNorm)
        pass.attend(layer.attention, layer: index)
        // Nothing reads the last layer's other rows.
        if index == layers.count - 1 { pass.keepRequestedRows() }
        pass.multiply(layer.attention.output, pass.attended, into: pass.branch.start)
        if let norm = layer.attentionOutputNorm { pass.normalizeBranch(norm) }
        pass.addBranch()
        pass.inspect(.attention, layer: index)
        pass.normalize(layer.feedForwardNorm)
        pass.feedForward(layer.feedForward)
        if let norm = layer.feedForwardOutputNorm { pass.normalizeBranch(norm) }
        pass.addBranch()
        pass.inspect(.feedForward, layer: index)
    }

    func finish(_ pass: ForwardPass) { pass.normalize(outputNorm) }

    func project(_ pass: ForwardPass, into logits: UnsafeMutablePointer<Float>) {
        finish(pass)
        pass.multiply(output, pass.branch, into: logits)
        guard let softCap else { return }
        pass.forEachToken { row in
            pass.vectors.soft_cap(logits + row * vocabularySize, softCap, Int64(vocabularySize))
        }
    }
}
