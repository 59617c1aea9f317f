// What can be read off an importance matrix: where activations are large, even, concentrated, or like those of the layer before.

extension ImportanceSums {
    /// Figures of one tensor's mean squares, by llama-imatrix's definitions (`--show-statistics`).
    public struct Statistics: Sendable, Equatable {
        public let tensor: String
        /// Values that the figures are of: columns of all matrices that saw a row.
        public let count: Int
        public let total: Double
        public let minimum: Double
        public let maximum: Double
        public let mean: Double
        public let deviation: Double
        /// Share of values above 1e-5.
        public let activeShare: Double
        /// Shannon's entropy of the values as shares of their total, in bits.
        public let entropy: Double
        /// Share of values more than one standard deviation above the mean ("z-score distribution").
        public let outlierShare: Double
        /// Cosine of the angle between this tensor's sums and those of the same one a layer before; nil where there is none.
        public let similarity: Double?
        /// Matrices that saw a row, and all of them.
        public let seenCount: Int
        public let matrixCount: Int

        /// The entropy as a share of that of even values.
        public var evenness: Double { count > 1 ? entropy / Self.binaryLogarithm(Double(count)) : 0 }

        static func binaryLogarithm(_ value: Double) -> Double {
            // log2 by halving and squaring: the room does without a C library.
            guard value > 0, value.isFinite else { return 0 }
            var (result, fraction, bit) = (Double(value.exponent), value.significand, 0.5)
            for _ in 0..<52 {
                fraction *= fraction
                if fraction >= 2 { (result, fraction) = (result + bit, fraction / 2) }
                bit /= 2
            }
            return result
        }
    }

    /// The figures of every tensor that saw something: kind by kind, the largest total first.
    public func statistics() -> [Statistics] {
        entries.compactMap { statistics(of: $0.key, $0.value) }
            .sorted { left, right in
                let kinds = (Self.kind(of: left.tensor), Self.kind(of: right.tensor))
                return kinds.0 != kinds.1 ? kinds.0 < kinds.1 : left.total > right.total
            }
    }

    private func statistics(of name: String, _ entry: Entry) -> Statistics? {
        var values: [Double] = []
        for (index, sum) in entry.sums.enumerated() {
            let count = entry.counts[index / max(entry.columns, 1)]
            if count > 0 { values.append(Double(sum) / Double(count)) }
        }
        guard let minimum = values.min(), let maximum = values.max() else { return nil }
        let total = values.reduce(0, +)
        let mean = total / Double(values.count)
        let deviation = max(0, values.reduce(0) { $0 + $1 * $1 } / Double(values.count) - mean * mean).squareRoot()
        let entropy = values.reduce(0) { sum, value in
            let share = total > 0 ? value / total : 0
            return share > 0 ? sum - share * Statistics.binaryLogarithm(share) : sum
        }
        let outliers = deviation > 0 ? values.count { ($0 - mean) / deviation > 1 } : 0
        return Statistics(
            tensor: name, count: values.count, total: total, minimum: minimum, maximum: maximum, mean: mean, deviation: deviation,
            activeShare: Double(values.count { $0 > 1e-5 }) / Double(values.count), entropy: entropy,
            outlierShare: Double(outliers) / Double(values.count), similarity: similarity(of: name, entry),
            seenCount: entry.seenCount, matrixCount: entry.counts.count)
    }

    private func similarity(of name: String, _ entry: Entry) -> Double? {
        guard let layer = Self.layer(of: name), layer > 0 else { return nil }
        let parts = name.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, let before = entries["blk.\(layer - 1).\(parts[2])"], before.sums.count == entry.sums.count else {
            return nil
        }
        var (product, mine, other) = (0.0, 0.0, 0.0)
        for (left, right) in zip(entry.sums, before.sums) {
            product += Double(left) * Double(right)
            mine += Double(left) * Double(left)
            other += Double(right) * Double(right)
        }
        return mine > 0 && other > 0 ? product / (mine.squareRoot() * other.squareRoot()) : nil
    }

    /// The layer in a tensor's name: 3 of `blk.3.attn_q.weight`.
    public static func layer(of name: String) -> Int? {
        let parts = name.split(separator: ".", maxSplits: 2)
        return parts.count == 3 && parts[0] == "blk" ? Int(parts[1]) : nil
    }

    /// A tensor's name without its layer and `weight`: `attn_q`.
    public static func kind(of name: String) -> String {
        var parts = name.split(separator: ".")
        if parts.last == "weight" { parts.removeLast() }
        if parts.first == "blk" { parts = Array(parts.dropFirst(2)) }
        return parts.joined(separator: ".")
    }
}
