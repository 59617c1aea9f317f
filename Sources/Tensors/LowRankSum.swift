/// A product of two thin matrices that is added to a tensor as it is written: a LoRA adapter that is merged (Hu et al. 2021).
public struct LowRankSum: Sendable {
    public let rank: Int
    /// (rank, columns)
    public let down: [Float]
    /// (rows, rank), rows in the order of the tensor that is written; whatever scale there is has been multiplied in.
    public let up: [Float]

    public init(rank: Int, down: [Float], up: [Float]) {
        precondition(rank > 0 && down.count % rank == 0 && up.count % rank == 0, "factors that do not have rank \(rank)")
        (self.rank, self.down, self.up) = (rank, down, up)
    }

    public var columns: Int { down.count / rank }
    public var rows: Int { up.count / rank }
}
