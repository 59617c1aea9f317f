// Many values in order: their percentiles.

/// Values sorted for percentiles.
public struct Distribution: Sendable, Equatable {
    /// Ascending.
    public let values: [Float]

    public init(_ values: some Sequence<Double>) { self.values = values.map(Float.init).sorted() }

    /// The value below which a share of the values lies, between two of them in proportion; zero for no values.
    ///
    /// - Parameter fraction: 0 for the smallest, 1 for the largest.
    public func percentile(_ fraction: Double) -> Double {
        guard let last = values.last else { return 0 }
        let place = fraction * Double(values.count - 1)
        guard place > 0, place < Double(values.count - 1) else { return Double(place > 0 ? last : values[0]) }
        let index = Int(place)
        let rest = place - Double(index)
        return (1 - rest) * Double(values[index]) + rest * Double(values[index + 1])
    }
}
