/// What BERT's tokenizer does before it looks for tokens: control characters out, accents off, lower case, words apart.
struct WordPieceNormalizer: Sendable {
    var lowercases = true
    var stripsAccents = true

    /// The words of `text[range]`, end to end, each with `▁` before it; and where each one ends.
    func words(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> (bytes: [UInt8], ends: [Int]) {
        var collector = WordCollector(lowercases: lowercases, stripsAccents: stripsAccents)
        collector.bytes.reserveCapacity(range.count * 2)
        var position = range.lowerBound
        while position < range.upperBound {
            let (scalar, length) = UTF8Scalars.decode(text, at: position)
            position += length
            guard stripsAccents, scalar >= 0x80 else {
                collector.add(scalar)
                continue
            }
            let parts = Self.decomposed(scalar)
            collector.add(parts.0)
            if parts.1 != 0 { collector.add(parts.1) }
            if parts.2 != 0 { collector.add(parts.2) }
        }
        collector.close()
        return (collector.bytes, collector.ends)
    }

    /// Gathers words, scalar by scalar.
    private struct WordCollector {
        let lowercases: Bool
        let stripsAccents: Bool
        var bytes: [UInt8] = []
        var ends: [Int] = []
        /// Whether the last word may still grow.
        private var isOpen = false

        init(lowercases: Bool, stripsAccents: Bool) {
            (self.lowercases, self.stripsAccents) = (lowercases, stripsAccents)
        }

        mutating func add(_ scalar: UInt32) {
            let kind = ScalarKind(scalar)
            if kind == .whiteSpace { return close() }
            if scalar == 0 || scalar == UTF8Scalars.replacement || kind == .control { return }
            if kind == .mark, stripsAccents, !WordPieceNormalizer.isSpacingMark(scalar) { return }
            let standsAlone =
                kind == .punctuation || kind == .symbol && scalar < 0x7F || WordPieceNormalizer.isIdeograph(scalar)
            if standsAlone { close() }
            if !isOpen { bytes.append(contentsOf: EscapedSpaces.mark) }
            UTF8Scalars.append(lowercases ? WordPieceNormalizer.lowercased(scalar) : scalar, to: &bytes)
            isOpen = true
            if standsAlone { close() }
        }

        mutating func close() {
            if isOpen { ends.append(bytes.count) }
            isOpen = false
        }
    }

    /// The ranges that BERT's own tokenizer takes for Chinese, with the slip of the pen (0x2B920) that Hugging Face's has.
    private static func isIdeograph(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }

    /// The simple lower-case form.
    static func lowercased(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return (0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar }
        let pairs = UnicodeTable.lowercasePairs
        let index = firstIndex(in: pairs, stride: 2) { pairs[$0] >= scalar }
        return index < pairs.count && pairs[index] == scalar ? pairs[index + 1] : scalar
    }

    /// The canonical decomposition without the accents behind its first scalar; zeros for what it has no more of.
    ///
    /// llama.cpp takes the first scalar alone, which BERT's own tokenizer does not: a Korean syllable is two letters or three.
    static func decomposed(_ scalar: UInt32) -> (UInt32, UInt32, UInt32) {
        let hangul = scalar &- 0xAC00
        if hangul < 11172 {
            let trailing = hangul % 28
            return (0x1100 + hangul / 588, 0x1161 + hangul % 588 / 28, trailing == 0 ? 0 : 0x11A7 + trailing)
        }
        let longer = UnicodeTable.longerDecompositions
        let place = firstIndex(in: longer, stride: 4) { longer[$0] >= scalar }
        if place < longer.count, longer[place] == scalar { return (longer[place + 1], longer[place + 2], longer[place + 3]) }
        let runs = UnicodeTable.decompositionRuns
        let index = firstIndex(in: runs, stride: 3) { runs[$0 + 1] >= scalar }
        return (index < runs.count && runs[index] <= scalar ? runs[index + 2] : scalar, 0, 0)
    }

    /// Whether a mark is one that takes up room, as the vowels of Indic scripts do: no accent.
    private static func isSpacingMark(_ scalar: UInt32) -> Bool {
        let runs = UnicodeTable.spacingMarkRuns
        let index = firstIndex(in: runs, stride: 2) { runs[$0 + 1] >= scalar }
        return index < runs.count && runs[index] <= scalar
    }

    /// Binary search over records of `stride` numbers.
    private static func firstIndex(in table: [UInt32], stride: Int, where isReached: (Int) -> Bool) -> Int {
        var (low, high) = (0, table.count / stride)
        while low < high {
            let middle = (low + high) / 2
            if isReached(middle * stride) { high = middle } else { low = middle + 1 }
        }
        return low * stride
    }
}
