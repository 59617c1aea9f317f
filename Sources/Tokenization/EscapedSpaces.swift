/// SentencePiece's way of writing spaces: as `▁` (U+2581), so that a space can be part of a token like any character.
enum EscapedSpaces {
    static let mark: [UInt8] = [0xE2, 0x96, 0x81]

    /// Appends `text` with `▁` for every space.
    static func append(_ text: borrowing Span<UInt8>, _ range: Range<Int>, to escaped: inout [UInt8]) {
        escaped.reserveCapacity(escaped.count + range.count + range.count / 2)
        for index in range {
            if text[index] == UInt8(ascii: " ") { escaped.append(contentsOf: mark) } else { escaped.append(text[index]) }
        }
    }

    /// Appends `text` with a space for every `▁`.
    static func undo(_ text: ArraySlice<UInt8>, into bytes: inout [UInt8]) {
        let span = text.span
        var index = 0
        while index < span.count {
            if isMark(span, at: index) {
                bytes.append(UInt8(ascii: " "))
                index += 3
            } else {
                bytes.append(span[index])
                index += 1
            }
        }
    }

    private static func isMark(_ text: borrowing Span<UInt8>, at index: Int) -> Bool {
        text[index] == mark[0] && index + 2 < text.count && text[index + 1] == mark[1] && text[index + 2] == mark[2]
    }

    /// Whether some string has a `▁` after another character. If none has, merging never reaches over the place between such two,
    /// and a text may be cut there without changing its tokens.
    static func areJoined(inAnyOf strings: ByteStringTable) -> Bool {
        (0..<strings.count).contains { number in
            let range = strings.range(number)
            return !cuts(strings.bytes.span, range).isEmpty
        }
    }

    /// The places in `text[range]` where a `▁` follows another character.
    private static func cuts(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> [Int32] {
        var cuts: [Int32] = []
        var index = range.lowerBound
        var followsMark = true
        while index < range.upperBound {
            // A string ends where its range does: the next one's bytes must not complete a mark.
            if index + 2 < range.upperBound, isMark(text, at: index) {
                if !followsMark { cuts.append(Int32(truncatingIfNeeded: index)) }
                followsMark = true
                index += 3
            } else {
                followsMark = false
                index += 1
            }
        }
        return cuts
    }

    /// Cuts the pieces that end at `ends` wherever a `▁` follows another character.
    static func cut(_ text: borrowing Span<UInt8>, _ ends: [Int32]) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(text.count / 4)
        var start = 0
        for end in ends {
            result += cuts(text, start..<Int(end))
            result.append(end)
            start = Int(end)
        }
        return result
    }
}
