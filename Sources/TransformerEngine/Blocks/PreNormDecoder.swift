// The decoder that Llama made common, and that many architectures vary in a few places.
import Compute

/// Token embedding; layers of attention and gated feed-forward network, each behind an RMS norm and added to the hidden
/// state; a last norm and the output head.
struct PreNormDecoder: Network {
    struct Layer: Sendable {
        let attentionNorm: WeightVector
        let attention: Attention
        let feedForwardNorm: WeightVector
        let feedForward: GatedFeedForward
    }

    /// (vocabulary, width)
    let embedding: Linear
    let layers: [Layer]
    let outputNorm: WeightVector
    /// (vocabulary, width); the embedding itself where the file has no other.
    let output: Linear
    let rope: RotaryEmbedding

    var vocabularySize: Int { embedding.matrix.rows }

    /// - Parameter attention: reads the attention of one block: where architectures differ most.
    init(
        _ reader: WeightReader, rope: RotaryEmbedding,
        attention: (_ block: WeightReader) throws(EngineError) -> Attention
    ) throws(EngineError) {
        let parameters = reader.parameters
        embedding = Linear(matrix: try reader.matrix("token_embd.weight", columns: parameters.width), bias: nil)
        var layers: [Layer] = []
        for index in 0..<parameters.layerCount {
            let block = reader.block(index)
            layers.append(
                Layer(
                    attentionNorm: try block.vector("attn_norm.weight", count: parameters.width),
                    attention: try attention(block),
                    feedForwardNorm: try block.vector("ffn_norm.weight", count: parameters.width),
                    feedForward: try GatedFeedForward(block)))
        }
        self.layers = layers
        outputNorm = try reader.vector("output_norm.weight", count: parameters.width)
        output =
            reader.has("output.weight")
            ? try reader.linear("output", rows: embedding.matrix.rows, columns: parameters.width) : embedding
        self.rope = rope
    }

    func embed(_ pass: ForwardPass) { pass.lookUp(embedding.matrix) }

    func run(layer index: Int, _ pass: ForwardPass) {
        let layer = layers[index]
        pass.normalize(layer.attentionNorm)
        pass.attend(layer.attention, layer: index, rope: rope)
        // Nothing reads the last layer's other rows.
        if index == layers.count - 1 { pass.keepRequestedRows() }
        pass.multiply(layer.attention.output, pass.attended, into: pass.branch.start)
        pass.addBranch()
        pass.normalize(layer.feedForwardNorm)
        pass.feedForward(layer.feedForward)
        pass.addBranch()
    }

    func project(_ pass: ForwardPass, into logits: UnsafeMutablePointer<Float>) {
        pass.normalize(outputNorm)
        pass.multiply(output, pass.branch, into: logits)
    }
}
