// Where a forward pass first went wrong.
import CKernels

/// The first number of a hidden state, or of the logits, that is infinite or not a number.
public struct BrokenState: Sendable, Equatable, CustomStringConvertible {
    public enum Part: String, Sendable {
        /// The look-up of a token.
        case embedding
        case attention
        case feedForward
        /// The last norm and the output head.
        case output
    }

    public var part: Part
    /// nil outside the layers.
    public var layer: Int?
    public var position: Int
    public var component: Int
    public var value: Float

    public init(part: Part, layer: Int?, position: Int, component: Int, value: Float) {
        (self.part, self.layer, self.position, self.component, self.value) = (part, layer, position, component, value)
    }

    public var description: String {
        let place =
            switch (part, layer) {
            case (.embedding, _): "the embedding (token_embd)"
            case (.attention, let layer?): "the output of layer \(layer)'s attention (blk.\(layer).attn_*)"
            case (.feedForward, let layer?): "the output of layer \(layer)'s feed-forward network (blk.\(layer).ffn_*)"
            default: "the output head (output_norm, output), after layers that are finite,"
            }
        return "\(place) is \(value.isNaN ? "not a number" : "infinite") at position \(position), component \(component)"
    }
}

extension ForwardPass {
    /// Looks through the hidden states where that was asked for, and keeps the first that is broken.
    func inspect(_ part: BrokenState.Part, layer: Int?) {
        guard inspects, broken == nil else { return }
        for row in 0..<count where !vectors.all_finite(hidden.row(row), Int64(parameters.width)) {
            broken = state(
                part, layer: layer, row: row, numbers: UnsafeBufferPointer(start: hidden.row(row), count: parameters.width))
            return
        }
    }

    /// The first broken number of a row.
    func state(_ part: BrokenState.Part, layer: Int?, row: Int, numbers: UnsafeBufferPointer<Float>) -> BrokenState? {
        guard let component = numbers.firstIndex(where: { !$0.isFinite }) else { return nil }
        // The last layer goes on with the rows alone whose logits are wanted; states that were kept for later have lost their places.
        let token = count < places.count && row < requested.count ? requested[row] : row
        return BrokenState(
            part: part, layer: layer, position: token < places.count ? places[token].position : row, component: component,
            value: numbers[component])
    }
}
