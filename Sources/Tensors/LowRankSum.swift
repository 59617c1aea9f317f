/// A product of two thin matrices that is added to a tensor as it is written: a LoRA adapter that is merged (Hu et al. 2021).
///
/// Of a stack of matrices there are as many products, one behind the other in both factors.
public struct LowRankSum: Sendable {
    public let rank: Int
    /// Products that lie one behind the other.
    public let count: Int
    /// (count, rank, columns)
    public let down: [Float]
    /// (count * rows, rank), rows in the order of the tensor that is written; whatever scale there is has been multiplied in.
    public let up: [Float]

    public init(rank: Int, count: Int = 1, down: [Float], up: [Float]) {
        precondition(
            rank > 0 && count > 0 && down.count % (rank * count) == 0 && up.count % (rank * count) == 0,
            "\(count) factors that do not have rank \(rank)")
        (self.rank, self.count, self.down, self.up) = (rank, count, down, up)
    }

    public var columns: Int { down.count / (rank * count) }
    /// Of all products together.
    public var rows: Int { up.count / rank }
}
