import Synchronization

/// What a job wants besides a file type: whose weights count, which tensors get what, what is dropped and what is renamed.
public struct QuantizationOptions: Sendable {
    /// Weighs columns; tensors it does not know are quantized without.
    public var importance: ImportanceMatrix?
    public var choices = TypeChoices()
    /// Take tensors that are quantized already, which llama-quantize refuses unless it is told to.
    public var allowsRequantizing = false
    /// Go on where weights are NaN or infinite: quantized blocks take them as zeros, other tensors keep them.
    public var allowsNonFinite = false
    /// Every tensor keeps its type: llama-quantize's `COPY`.
    public var copiesTensors = false
    /// Layers that are left out; those behind them move up.
    public var prunedLayers: Set<Int> = []
    /// Metadata that takes the place of the model's own.
    public var overrides: [MetadataOverride] = []

    public init() {}
}

/// Counts the weights of a tensor that were no numbers and were taken as zeros.
final class NonFiniteTally: Sendable {
    private let counted = Mutex(0)

    func add(_ count: Int) { counted.withLock { $0 += count } }

    var count: Int { counted.withLock { $0 } }
}
