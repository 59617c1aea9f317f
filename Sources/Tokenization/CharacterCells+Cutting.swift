// The cuts that are easier counted than matched.

extension CharacterCells {
    private func isNumber(_ index: Int) -> Bool {
        let cell = cells[index]
        return cell < 0x80 ? isDigit(index) : cell & 0x7F == ScalarKind.number.rawValue
    }

    private func isDigit(_ index: Int) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(cells[index]) }

    private func isWhiteSpace(_ index: Int) -> Bool {
        let cell = cells[index]
        return cell < 0x80 ? cell == 0x20 || (0x09...0x0D).contains(cell) : cell & 0x7F == ScalarKind.whiteSpace.rawValue
    }

    /// Cuts every run of numbers after its first one or two, if their count is not a multiple of three, and then after every three.
    ///
    /// There is no cut before a run: what precedes it stays with its first group, as in llama.cpp.
    func cutAfterNumberTriples(_ ends: inout [Int32]) {
        cutPieces(&ends) { piece, cut in
            var position = piece.lowerBound
            while position < piece.upperBound {
                let start = position
                while position < piece.upperBound, isNumber(position) { position += 1 }
                let odd = (position - start) % 3
                if odd > 0 { cut(start + odd) }
                for end in stride(from: start + odd + 3, through: position, by: 3) { cut(end) }
                if position == start { position += 1 }
            }
        }
    }

    /// Cuts wherever what follows, up to the end of a run of ASCII digits, is a multiple of three digits.
    func cutBeforeDigitTriples(_ ends: inout [Int32]) {
        cutPieces(&ends) { piece, cut in
            var position = piece.lowerBound
            while position < piece.upperBound {
                let start = position
                while position < piece.upperBound, isDigit(position) { position += 1 }
                for end in stride(from: start + (position - start) % 3, to: position, by: 3) { cut(end) }
                if position == start { position += 1 }
            }
        }
    }

    /// Cuts before white space that reaches to the end of a piece.
    func cutTrailingWhiteSpace(_ ends: inout [Int32]) {
        cutPieces(&ends) { piece, cut in
            var position = piece.upperBound
            while position > piece.lowerBound, isWhiteSpace(position - 1) { position -= 1 }
            cut(position)
        }
    }

    /// Asks `body` for the cuts inside each piece, in order; cuts at the ends of a piece are there already.
    private func cutPieces(_ ends: inout [Int32], _ body: (_ piece: Range<Int>, _ cut: (Int) -> Void) -> Void) {
        var result: [Int32] = []
        result.reserveCapacity(ends.count)
        var start = 0
        for end in ends {
            let piece = start..<Int(end)
            body(piece) { if $0 > piece.lowerBound && $0 < piece.upperBound { result.append(Int32(truncatingIfNeeded: $0)) } }
            result.append(end)
            start = piece.upperBound
        }
        ends = result
    }

    /// Turns ends in characters into ends in bytes.
    func convertToBytes(_ ends: inout [Int32]) {
        for index in ends.indices { ends[index] = offset(ends[index]) }
    }
}
