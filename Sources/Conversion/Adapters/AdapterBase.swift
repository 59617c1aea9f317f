public import GGUF
public import Tensors

/// What an adapter's conversion has to know of the model that it was trained on.
public struct AdapterBase: Sendable {
    public let metadata: GGUFMetadata
    private let shapes: [String: TensorShape]

    public init(_ file: GGUFFile) {
        metadata = file.metadata
        shapes = Dictionary(file.tensors.map { ($0.name, $0.shape) }) { first, _ in first }
    }

    public init(_ model: ConvertedModel) {
        metadata = model.metadata
        shapes = Dictionary(model.tensors.map { ($0.source.name, $0.source.shape) }) { first, _ in first }
    }

    public func shape(of tensor: String) -> TensorShape? { shapes[tensor] }

    /// Compares with an adapter: `GGUFAdapter.check(against:shape:)`.
    public func check(_ adapter: GGUFAdapter) throws(GGUFError) { try adapter.check(against: metadata, shape: shape) }
}
