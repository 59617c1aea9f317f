import ChatPrompt

/// One place where two prompts part: what one has and what the other has instead.
struct PromptHunk: Equatable {
    /// Byte offsets into the prompt that ought to be.
    var expected: Range<Int>
    /// Byte offsets into the prompt that is.
    var found: Range<Int>
}

/// Finds where two prompts differ.
enum PromptDifference {
    /// Prompts with more pieces than this are compared from both ends only.
    private static let pieceLimit = 20_000

    /// The differences in order.
    ///
    /// - Parameters:
    ///   - expectedStart: where to begin in `expected`, behind a token for the beginning.
    ///   - messages: whose words are in both.
    static func hunks(
        expected: PromptTrace, from expectedStart: Int, found: PromptTrace, from foundStart: Int, _ messages: [ChatMessage]
    ) -> [PromptHunk] {
        let old = PromptPieces(expected.bytes, from: expectedStart, cuts: cuts(expected, messages))
        let new = PromptPieces(found.bytes, from: foundStart, cuts: cuts(found, messages))
        let (oldTexts, newTexts) = (old.texts, new.texts)
        let edits = edits(oldTexts, newTexts)
        var hunks: [PromptHunk] = []
        var previousEnd = 0
        for edit in edits {
            let slid = slide(edit, old, oldTexts, new, newTexts, by: edit.new.lowerBound - previousEnd)
            previousEnd = edit.new.upperBound
            var hunk = PromptHunk(
                expected: bytes(slid.old, old, expected, expectedStart), found: bytes(slid.new, new, found, foundStart))
            trim(&hunk, expected, found, old, new)
            if !hunk.expected.isEmpty || !hunk.found.isEmpty { hunks.append(hunk) }
        }
        return merged(hunks, found)
    }

    /// Where a template stops and a message begins: without a line break between them they would read as one word.
    private static func cuts(_ trace: PromptTrace, _ messages: [ChatMessage]) -> [Int] {
        let regions = PromptRegion.regions(of: trace.bytes, messages)
        return (trace.spans.map(\.output.lowerBound) + regions.map(\.range.lowerBound)).sorted()
    }

    private typealias Edit = (old: Range<Int>, new: Range<Int>)

    private static func edits(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Edit] {
        let prefix = zip(old, new).prefix { $0 == $1 }.count
        let room = min(old.count, new.count) - prefix
        let suffix = min(room, zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count)
        let (oldRange, newRange) = (prefix..<(old.count - suffix), prefix..<(new.count - suffix))
        if oldRange.isEmpty, newRange.isEmpty { return [] }
        if oldRange.isEmpty || newRange.isEmpty || oldRange.count + newRange.count > pieceLimit { return [(oldRange, newRange)] }
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in Array(new[newRange]).difference(from: Array(old[oldRange])) {
            switch change {
            case .remove(let offset, _, _): removed.insert(prefix + offset)
            case .insert(let offset, _, _): added.insert(prefix + offset)
            }
        }
        var edits: [Edit] = []
        var (first, second) = (prefix, prefix)
        while first < oldRange.upperBound || second < newRange.upperBound {
            let starts = (first, second)
            while removed.contains(first) { first += 1 }
            while added.contains(second) { second += 1 }
            if starts == (first, second) {
                first += 1
                second += 1
            } else {
                edits.append((starts.0..<first, starts.1..<second))
            }
        }
        return edits
    }

    /// What was only removed or only added can often be told in several ways; the one that begins with a mark reads best.
    private static func slide(
        _ edit: Edit, _ old: PromptPieces, _ oldTexts: [ArraySlice<UInt8>], _ new: PromptPieces, _ newTexts: [ArraySlice<UInt8>],
        by limit: Int
    ) -> Edit {
        guard edit.old.isEmpty != edit.new.isEmpty else { return edit }
        let distance =
            edit.new.isEmpty ? slideDistance(edit.old, old, oldTexts, limit) : slideDistance(edit.new, new, newTexts, limit)
        return (edit.old.moved(by: -distance), edit.new.moved(by: -distance))
    }

    /// How far back the range goes to begin with a mark; 0 where it cannot.
    private static func slideDistance(
        _ range: Range<Int>, _ pieces: PromptPieces, _ texts: [ArraySlice<UInt8>], _ limit: Int
    ) -> Int {
        var distance = 0
        var range = range
        while !pieces.isMark(range.lowerBound) {
            guard distance < limit, range.lowerBound > 0, texts[range.lowerBound - 1] == texts[range.upperBound - 1] else {
                return 0
            }
            range = range.moved(by: -1)
            distance += 1
        }
        return distance
    }

    private static func bytes(_ range: Range<Int>, _ pieces: PromptPieces, _ trace: PromptTrace, _ start: Int) -> Range<Int> {
        let ranges = pieces.ranges
        let lower = range.lowerBound < ranges.count ? ranges[range.lowerBound].lowerBound : trace.bytes.count
        guard !range.isEmpty else { return max(start, lower)..<max(start, lower) }
        return lower..<ranges[range.upperBound - 1].upperBound
    }

    /// Takes off what is the same at both ends: one side may have been cut into more pieces than the other.
    private static func trim(
        _ hunk: inout PromptHunk, _ expected: PromptTrace, _ found: PromptTrace, _ old: PromptPieces, _ new: PromptPieces
    ) {
        let (left, right) = (expected.bytes[hunk.expected], found.bytes[hunk.found])
        var prefix = zip(left, right).prefix { $0 == $1 }.count
        while prefix > 0, !old.begins(at: left.startIndex + prefix), !new.begins(at: right.startIndex + prefix) { prefix -= 1 }
        let rest = min(left.count, right.count) - prefix
        var suffix = min(rest, zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count)
        while suffix > 0, !old.begins(at: left.endIndex - suffix), !new.begins(at: right.endIndex - suffix) { suffix -= 1 }
        hunk.expected = (left.startIndex + prefix)..<(left.endIndex - suffix)
        hunk.found = (right.startIndex + prefix)..<(right.endIndex - suffix)
    }

    /// Differences inside one value (a list of tools written as JSON) are one difference.
    private static func merged(_ hunks: [PromptHunk], _ found: PromptTrace) -> [PromptHunk] {
        var merged: [PromptHunk] = []
        for hunk in hunks {
            if let last = merged.last, let before = found.span(at: last.found.lowerBound), !before.isText,
                let here = found.span(at: hunk.found.lowerBound), here == before,
                hunk.expected.lowerBound - last.expected.upperBound < 200
            {
                merged[merged.count - 1].expected = last.expected.lowerBound..<hunk.expected.upperBound
                merged[merged.count - 1].found = last.found.lowerBound..<hunk.found.upperBound
            } else {
                merged.append(hunk)
            }
        }
        return merged
    }
}

extension Range<Int> {
    fileprivate func moved(by distance: Int) -> Range<Int> { (lowerBound + distance)..<(upperBound + distance) }
}
