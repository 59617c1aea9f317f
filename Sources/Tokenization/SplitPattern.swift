/// A compiled splitting rule: a small regular expression over characters, of the kind that tokenizers cut text with.
///
/// The language is what those rules need and no more: alternatives, of which the first that matches wins; classes and groups with
/// greedy counts (`? * + {n} {m,n}`); `(?i:…)` for ASCII letters; `(?!…)` before a class. Runs of a class give characters back when
/// what follows them needs it; groups don't, and no rule depends on it.
///
/// Every class of a pattern has a bit, and so has "alternative k can start here". Characters are turned into these bits first, so
/// that matching is nothing but testing bits.
struct SplitPattern: Sendable {
    /// One bit per class and per alternative.
    typealias Bits = UInt64

    enum Element: Sendable, Equatable {
        /// Between `least` and `most` characters of a class.
        case run(Bits, least: Int, most: Int)
        /// Between `least` and `most` times the group of this index.
        case group(Int, least: Int, most: Int)
        /// The next character, if there is one, is not in the class.
        case notAhead(Bits)
    }

    /// Elements one after the other, and the bit that says whether they can start at a character.
    struct Alternative: Sendable, Equatable {
        var elements: Range<Int>
        var start: Bits
    }

    var elements: [Element] = []
    var alternatives: [Alternative] = []
    /// Ranges of `alternatives`. The last group is the whole pattern.
    var groups: [Range<Int>] = []
    /// Bits of each ASCII character, then of each kind of other characters.
    var bitsOfCell: [Bits] = []
    /// The classes behind the bits, where characters beyond ASCII have to be looked at one by one.
    var classes: [ScalarClass] = []

    /// Whether `bitsOfCell` does not say it all.
    var looksAtScalars: Bool { !classes.isEmpty }
}

// MARK: Matching

extension SplitPattern {
    /// Cuts pieces of text where the pattern matches: each match is a piece, and so is each stretch between matches.
    ///
    /// - Parameters:
    ///   - ends: where the pieces end, in characters; replaced by the ends of the smaller pieces.
    func split(_ text: borrowing CharacterCells, _ ends: inout [Int32]) {
        let bits = self.bits(of: text)
        var cut: [Int32] = []
        cut.reserveCapacity(max(ends.count, bits.count / 4))
        var start = 0
        for end in ends {
            splitPiece(bits.span, start..<Int(end), &cut)
            start = Int(end)
        }
        ends = cut
    }

    private func splitPiece(_ bits: borrowing Span<Bits>, _ piece: Range<Int>, _ ends: inout [Int32]) {
        let whole = groups.count - 1
        var position = piece.lowerBound
        var unmatched = position
        while position < piece.upperBound {
            let end = match(group: whole, bits, position, piece.upperBound)
            guard end > position else {
                position += 1
                continue
            }
            if unmatched < position { ends.append(Int32(truncatingIfNeeded: position)) }
            ends.append(Int32(truncatingIfNeeded: end))
            position = end
            unmatched = end
        }
        if unmatched < piece.upperBound { ends.append(Int32(truncatingIfNeeded: piece.upperBound)) }
    }

    /// The bits of every character.
    private func bits(of text: borrowing CharacterCells) -> [Bits] {
        let cells = text.cells.span
        var bits = [Bits](repeating: 0, count: cells.count)
        var target = bits.mutableSpan
        let table = bitsOfCell.span
        for index in cells.indices { target[index] = table[Int(cells[index])] }
        if looksAtScalars {
            let scalars = text.scalars.span
            for index in cells.indices where cells[index] >= 0x80 {
                target[index] = self.bits(of: scalars[index], kind: ScalarKind(rawValue: cells[index] & 0x7F) ?? .unassigned)
            }
        }
        return bits
    }

    /// The bits of one character beyond ASCII.
    private func bits(of scalar: UInt32, kind: ScalarKind) -> Bits {
        let scalar = kind == .whiteSpace ? ScalarClass.verticalTab : scalar
        var bits: Bits = 0
        for (index, scalarClass) in classes.enumerated() where scalarClass.contains(scalar, kind) { bits |= 1 << Bits(index) }
        return bits
    }

    /// The end of the first alternative that matches at `position`, or -1.
    private func match(group: Int, _ bits: borrowing Span<Bits>, _ position: Int, _ limit: Int) -> Int {
        guard position < limit else { return -1 }
        let here = bits[position]
        for index in groups[group] where here & alternatives[index].start != 0 {
            let end = match(alternatives[index].elements, bits, position, limit)
            if end >= 0 { return end }
        }
        return -1
    }

    /// The end of a match of the elements one after the other, or -1.
    private func match(_ range: Range<Int>, _ bits: borrowing Span<Bits>, _ start: Int, _ limit: Int) -> Int {
        var position = start
        for index in range {
            switch elements[index] {
            case .notAhead(let mask):
                if position < limit, bits[position] & mask != 0 { return -1 }
            case .group(let group, let least, let most):
                var count = 0
                while count < most {
                    let end = match(group: group, bits, position, limit)
                    if end < 0 { break }
                    position = end
                    count += 1
                }
                if count < least { return -1 }
            case .run(let mask, let least, let most):
                let end = most < limit - position ? position + most : limit
                var reach = position
                while reach < end, bits[reach] & mask != 0 { reach += 1 }
                if reach - position < least { return -1 }
                if index + 1 == range.upperBound || least == most {
                    position = reach
                    continue
                }
                while reach >= position + least {
                    let end = match(index + 1..<range.upperBound, bits, reach, limit)
                    if end >= 0 { return end }
                    reach -= 1
                }
                return -1
            }
        }
        return position
    }
}
