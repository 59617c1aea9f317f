/// What BERT's tokenizer does before it looks for tokens: control characters out, accents off, lower case, words apart.
struct WordPieceNormalizer: Sendable {
    var lowercases = true
    var stripsAccents = true

    /// The words of `text[range]`, end to end, each with `▁` before it; and where each one ends.
    func words(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> (bytes: [UInt8], ends: [Int]) {
        var (bytes, ends): ([UInt8], [Int]) = ([], [])
        bytes.reserveCapacity(range.count * 2)
        // Whether the last word may still grow.
        var isOpen = false
        func close() {
            if isOpen { ends.append(bytes.count) }
            isOpen = false
        }
        var position = range.lowerBound
        while position < range.upperBound {
            let (read, length) = UTF8Scalars.decode(text, at: position)
            position += length
            let scalar = stripsAccents ? Self.decomposed(read) : read
            let kind = ScalarKind(scalar)
            if kind == .whiteSpace {
                close()
                continue
            }
            if scalar == 0 || scalar == UTF8Scalars.replacement || kind == .control || kind == .mark && stripsAccents { continue }
            let standsAlone = kind == .punctuation || kind == .symbol && scalar < 0x7F || Self.isIdeograph(scalar)
            if standsAlone { close() }
            if !isOpen { bytes.append(contentsOf: EscapedSpaces.mark) }
            UTF8Scalars.append(lowercases ? Self.lowercased(scalar) : scalar, to: &bytes)
            isOpen = true
            if standsAlone { close() }
        }
        close()
        return (bytes, ends)
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

    /// The first scalar of the canonical decomposition: the letter without its accents, as llama.cpp takes it.
    static func decomposed(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return scalar }
        let runs = UnicodeTable.decompositionRuns
        let index = firstIndex(in: runs, stride: 3) { runs[$0 + 1] >= scalar }
        return index < runs.count && runs[index] <= scalar ? runs[index + 2] : scalar
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
