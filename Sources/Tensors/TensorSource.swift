public import Bytes

/// A tensor to be written: its name, the bytes it is made of, and in which order their rows are taken.
///
/// It describes work and does none: a converter says what each tensor of the GGUF is made of, and whoever writes the file
/// reads, converts and quantizes row by row. Nothing is copied until then.
public struct TensorSource: Sendable {
    public var name: String
    /// The type of the bytes as they are stored now: F32, F16 or BF16 for weights to be quantized.
    public var storedType: TensorType
    public var shape: TensorShape
    /// The tensor's rows, one region after the other: experts that are stacked, or just one.
    public var parts: [ByteRegion]
    public var rowOrder: RowOrder
    /// What is added to the rows, in F32, before they get the type that they are written in.
    public var sums: [LowRankSum] = []

    /// How the rows of the tensor follow from the stored ones.
    public enum RowOrder: Sendable, Equatable {
        case asStored
        /// Rows of each of `heads` heads regrouped for rotary embedding on neighbouring pairs. A head of `d` rows holds, as
        /// stored, the `d/2` first components of all pairs and then the second ones; row `2i` of the result is stored row `i`,
        /// row `2i+1` stored row `d/2+i`.
        case interleavedHalves(heads: Int)
    }

    public init(name: String, storedType: TensorType, shape: TensorShape, parts: [ByteRegion], rowOrder: RowOrder = .asStored) {
        self.name = name
        self.storedType = storedType
        self.shape = shape
        self.parts = parts
        self.rowOrder = rowOrder
    }

    /// The stored row that becomes row `row` of the tensor.
    public func storedRow(_ row: Int) -> Int {
        switch rowOrder {
        case .asStored: return row
        case .interleavedHalves(let heads):
            let headRows = shape.rows / heads
            let (head, position) = row.quotientAndRemainder(dividingBy: headRows)
            return head * headRows + (position % 2) * (headRows / 2) + position / 2
        }
    }
}
