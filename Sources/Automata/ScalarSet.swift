/// A set of Unicode scalar values, kept as sorted ranges that neither touch nor overlap. Surrogates are never in it.
public struct ScalarSet: Hashable, Sendable {
    /// Both ends belong to the range.
    public private(set) var ranges: [ClosedRange<UInt32>]

    public static let none = ScalarSet(ranges: [])
    public static let all = ScalarSet([0...0x10FFFF])

    private init(ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

    public init(_ ranges: [ClosedRange<UInt32>]) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard let last = merged.last, range.lowerBound <= last.upperBound &+ 1 else {
                merged.append(range)
                continue
            }
            merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        }
        self.ranges = ScalarSet.withoutSurrogates(merged)
    }

    public init(_ scalars: Unicode.Scalar...) {
        self.init(scalars.map { $0.value...$0.value })
    }

    public init(_ range: ClosedRange<Unicode.Scalar>) {
        self.init([range.lowerBound.value...range.upperBound.value])
    }

    public var isEmpty: Bool { ranges.isEmpty }

    public func contains(_ scalar: Unicode.Scalar) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(scalar.value)
    }

    public func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    /// Every scalar that is not in the set.
    public var inverted: ScalarSet {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if next < range.lowerBound { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return ScalarSet(ranges: ScalarSet.withoutSurrogates(result))
    }

    public func intersection(_ other: ScalarSet) -> ScalarSet {
        var result: [ClosedRange<UInt32>] = []
        var mine = 0
        var theirs = 0
        while mine < ranges.count && theirs < other.ranges.count {
            let a = ranges[mine]
            let b = other.ranges[theirs]
            if a.overlaps(b) { result.append(a.clamped(to: b)) }
            if a.upperBound < b.upperBound { mine += 1 } else { theirs += 1 }
        }
        return ScalarSet(ranges: result)
    }

    public func subtracting(_ other: ScalarSet) -> ScalarSet { intersection(other.inverted) }

    private static func withoutSurrogates(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF
        guard ranges.contains(where: { $0.overlaps(surrogates) }) else { return ranges }
        return ranges.flatMap { range -> [ClosedRange<UInt32>] in
            guard range.overlaps(surrogates) else { return [range] }
            var parts: [ClosedRange<UInt32>] = []
            if range.lowerBound < 0xD800 { parts.append(range.lowerBound...0xD7FF) }
            if range.upperBound > 0xDFFF { parts.append(0xE000...range.upperBound) }
            return parts
        }
    }
}
