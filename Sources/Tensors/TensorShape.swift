/// The extents of a tensor in GGUF's order: the first dimension is the one whose elements lie next to each other in memory,
/// so a matrix of `rows` by `columns` has the shape `[columns, rows]`.
public struct TensorShape: Hashable, Sendable, CustomStringConvertible {
    /// Extents, innermost first. GGUF allows one to four.
    public let dimensions: [Int]

    /// The number of elements.
    public let elementCount: Int

    /// - Returns: nil for no dimension at all, more than four, a negative extent, or a product past `Int.max`.
    public init?(_ dimensions: [Int]) {
        guard (1...4).contains(dimensions.count) else { return nil }
        var product = 1
        for extent in dimensions {
            guard extent >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            product = next
        }
        self.dimensions = dimensions
        self.elementCount = product
    }

    /// A vector of `count` elements.
    public init(vector count: Int) {
        (dimensions, elementCount) = ([count], count)
    }

    /// Elements in one row: the innermost extent.
    public var columns: Int { dimensions[0] }

    /// The number of rows: the product of all other extents.
    public var rows: Int { columns == 0 ? 0 : elementCount / columns }

    /// The extents as transformers and safetensors write them: outermost first.
    public var outermostFirst: [Int] { dimensions.reversed() }

    public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
