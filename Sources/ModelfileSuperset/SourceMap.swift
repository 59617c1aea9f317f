public import Diagnostics

/// Where each part of a compiled Modelfile was written.
public struct SourceMap: Sendable {
    struct Segment: Sendable {
        let generated: SourceRange
        let origin: Origin
    }

    /// In order, without gaps: each begins where the one before it ends.
    private(set) var segments: [Segment] = []

    mutating func append(length: Int, _ origin: Origin) {
        guard length > 0 else { return }
        let start = segments.last?.generated.upperBound ?? 0
        segments.append(Segment(generated: start..<start + length, origin: origin))
    }

    /// The segments that a range touches; of an empty range the one that begins or lies there.
    func segments(in range: SourceRange) -> ArraySlice<Segment> {
        guard let last = segments.last else { return [] }
        let start = min(range.lowerBound, last.generated.upperBound - 1)
        let end = max(start + 1, range.upperBound)
        var (low, high) = (0, segments.count)
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].generated.upperBound <= start { low = middle + 1 } else { high = middle }
        }
        var stop = low
        while stop < segments.count, segments[stop].generated.lowerBound < end { stop += 1 }
        return segments[low..<stop]
    }

    /// Where a range of the compiled text was written: from the place of its first byte to the place of its last one, where both
    /// lie in one file.
    public func origin(of range: SourceRange) -> (file: Int, range: SourceRange)? {
        let touched = segments(in: range)
        guard let first = touched.first, let last = touched.last else { return nil }
        let start = first.start(of: range.lowerBound)
        guard !range.isEmpty else { return (first.origin.file, start..<start) }
        let end = last.origin.file == first.origin.file ? last.end(of: range.upperBound) : first.origin.range.upperBound
        return (first.origin.file, start..<max(start, end))
    }
}

extension SourceMap.Segment {
    /// The place of the byte at `offset`.
    fileprivate func start(of offset: Int) -> Int {
        guard origin.kind == .verbatim else { return origin.range.lowerBound }
        return min(origin.range.lowerBound + max(0, offset - generated.lowerBound), origin.range.upperBound)
    }

    /// The place behind the byte before `offset`.
    fileprivate func end(of offset: Int) -> Int {
        guard origin.kind == .verbatim else { return origin.range.upperBound }
        return max(origin.range.lowerBound, origin.range.upperBound - max(0, generated.upperBound - offset))
    }
}
