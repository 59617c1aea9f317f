/// Compiles patterns over Unicode scalars to languages of bytes.
extension LanguageTable {
    /// How a scalar is written.
    public enum Encoding: Hashable, Sendable {
        case utf8
        /// Inside a JSON string: as UTF-8 or by any escape that RFC 8259 §7 has for it.
        case jsonString
    }

    struct EncodingKey: Hashable, Sendable {
        var set: ScalarSet
        var encoding: Encoding
    }

    public func language(_ pattern: Pattern, encoding: Encoding = .utf8) -> Language {
        switch pattern {
        case .nothing: return .nothing
        case .empty: return .empty
        case .characters(let set): return characters(set, encoding: encoding)
        case .sequence(let parts): return sequence(parts.map { language($0, encoding: encoding) })
        case .choice(let parts): return union(parts.map { language($0, encoding: encoding) })
        case .both(let parts): return intersection(parts.map { language($0, encoding: encoding) })
        case .complement(let inner):
            let anything = repeated(
                union([characters(.all, encoding: encoding), language(.start), language(.end)]), minimum: 0, maximum: nil)
            return difference(anything, language(inner, encoding: encoding))
        case .repeated(let inner, let minimum, let maximum):
            return repeated(language(inner, encoding: encoding), minimum: minimum, maximum: maximum)
        case .start: return bytes(ByteSet([LanguageTable.startMark]))
        case .end: return bytes(ByteSet([LanguageTable.endMark]))
        case .unmarked(let inner):
            let marked = language(inner, encoding: encoding)
            return beforeEndMark(derivative(of: marked, by: LanguageTable.startMark))
        }
    }

    /// The texts that the end mark may follow. It is the last symbol wherever it occurs, so the quotient goes through every
    /// operator, the boolean ones included.
    private func beforeEndMark(_ language: Language) -> Language {
        switch self[language] {
        case .nothing, .empty, .multiple: return .nothing
        case .everything: return .everything
        case .bytes(let set): return set.contains(LanguageTable.endMark) ? .empty : .nothing
        case .sequence(let first, let second):
            let inSecond = sequence(first, beforeEndMark(second))
            return isNullable(second) ? union([inSecond, beforeEndMark(first)]) : inSecond
        case .union(let parts): return union(parts.map { beforeEndMark($0) })
        case .intersection(let parts): return intersection(parts.map { beforeEndMark($0) })
        case .complement(let inner): return complement(beforeEndMark(inner))
        case .repeated(let inner, let minimum, let maximum):
            let last = beforeEndMark(inner)
            guard last != .nothing else { return .nothing }
            let fewer = maximum == LanguageTable.unbounded ? maximum : maximum - 1
            return sequence(repeated(inner, minimum: max(0, minimum - 1), maximum: fewer), last)
        }
    }

    private func characters(_ set: ScalarSet, encoding: Encoding) -> Language {
        let key = EncodingKey(set: set, encoding: encoding)
        if let known = encodings[key] { return known }
        let made: Language
        switch encoding {
        case .utf8: made = utf8(set)
        case .jsonString: made = jsonString(set)
        }
        encodings[key] = made
        return made
    }

    // MARK: - UTF-8

    private func utf8(_ set: ScalarSet) -> Language {
        union(set.ranges.flatMap { utf8($0.lowerBound, $0.upperBound) })
    }

    /// A range of scalars as sequences of byte ranges: cut where the length changes, then digit by digit in base 64.
    private func utf8(_ low: UInt32, _ high: UInt32) -> [Language] {
        let lengths: [(ClosedRange<UInt32>, Int, UInt8)] = [
            (0...0x7F, 1, 0), (0x80...0x7FF, 2, 0xC0), (0x800...0xFFFF, 3, 0xE0), (0x10000...0x10FFFF, 4, 0xF0),
        ]
        return lengths.compactMap { range, length, lead in
            guard low <= range.upperBound, high >= range.lowerBound else { return nil }
            let part = (max(low, range.lowerBound), min(high, range.upperBound))
            if length == 1 { return bytes(ByteSet(UInt8(part.0)...UInt8(part.1))) }
            return digits(part.0, part.1, places: length, bitsEach: 6) { digits, place in
                let offset = place == length - 1 ? lead : 0x80
                return ByteSet((offset + UInt8(digits.lowerBound))...(offset + UInt8(digits.upperBound)))
            }
        }
    }

    /// The numerals from `low` to `high` in base 2^`bitsEach`, `places` digits long, most significant first; `symbols` gives the
    /// bytes of a range of digits in a place (0 is the last).
    private func digits(
        _ low: UInt32, _ high: UInt32, places: Int, bitsEach: Int, symbols: (ClosedRange<UInt32>, Int) -> ByteSet
    ) -> Language {
        let shift = UInt32((places - 1) * bitsEach)
        let first = low >> shift
        let last = high >> shift
        if places == 1 { return bytes(symbols(first...last, 0)) }
        let mask = (UInt32(1) << shift) - 1
        func tail(_ from: UInt32, _ to: UInt32) -> Language {
            digits(from, to, places: places - 1, bitsEach: bitsEach, symbols: symbols)
        }
        func head(_ from: UInt32, _ to: UInt32) -> Language { bytes(symbols(from...to, places - 1)) }
        if first == last { return sequence(head(first, first), tail(low & mask, high & mask)) }
        var parts: [Language] = []
        var from = first
        var to = last
        if low & mask != 0 {
            parts.append(sequence(head(first, first), tail(low & mask, mask)))
            from += 1
        }
        if high & mask != mask {
            parts.append(sequence(head(last, last), tail(0, high & mask)))
            to -= 1
        }
        if from <= to { parts.append(sequence(head(from, to), tail(0, mask))) }
        return union(parts)
    }

    // MARK: - JSON strings

    private static let shortEscapes: [(Unicode.Scalar, UInt8)] = [
        ("\"", 0x22), ("\\", 0x5C), ("/", 0x2F), ("\u{8}", 0x62), ("\u{C}", 0x66), ("\n", 0x6E), ("\r", 0x72), ("\t", 0x74),
    ]

    private func jsonString(_ set: ScalarSet) -> Language {
        let raw = utf8(set.subtracting(ScalarSet.controls.union(ScalarSet("\"", "\\"))))
        let short = ByteSet(LanguageTable.shortEscapes.filter { set.contains($0.0) }.map(\.1))
        let escaped = union([bytes(short), sequence(bytes(ByteSet([0x75])), hexadecimal(set))])
        return union([raw, sequence(bytes(ByteSet([0x5C])), escaped)])
    }

    /// What stands after `\u`: four digits, or a pair of surrogates with `\u` between them.
    private func hexadecimal(_ set: ScalarSet) -> Language {
        var parts: [Language] = []
        for range in set.ranges {
            if range.lowerBound <= 0xFFFF { parts.append(codeUnits(range.lowerBound, min(range.upperBound, 0xFFFF))) }
            if range.upperBound > 0xFFFF {
                parts.append(surrogatePairs(max(range.lowerBound, 0x10000) - 0x10000, range.upperBound - 0x10000))
            }
        }
        return union(parts)
    }

    private func codeUnits(_ low: UInt32, _ high: UInt32) -> Language {
        digits(low, high, places: 4, bitsEach: 4) { digits, _ in
            ByteSet(
                digits.flatMap { digit -> [UInt8] in
                    digit < 10 ? [UInt8(0x30 + digit)] : [UInt8(0x41 + digit - 10), UInt8(0x61 + digit - 10)]
                })
        }
    }

    private func surrogatePairs(_ low: UInt32, _ high: UInt32) -> Language {
        func pair(_ leads: ClosedRange<UInt32>, _ trails: ClosedRange<UInt32>) -> Language {
            sequence([
                codeUnits(0xD800 + leads.lowerBound, 0xD800 + leads.upperBound), literal(Array("\\u".utf8)),
                codeUnits(0xDC00 + trails.lowerBound, 0xDC00 + trails.upperBound),
            ])
        }
        let first = low >> 10
        let last = high >> 10
        if first == last { return pair(first...first, (low & 0x3FF)...(high & 0x3FF)) }
        var parts = [pair(first...first, (low & 0x3FF)...0x3FF), pair(last...last, 0...(high & 0x3FF))]
        if first + 1 < last { parts.append(pair((first + 1)...(last - 1), 0...0x3FF)) }
        return union(parts)
    }
}
