/// Reads a regular expression as ECMA-262 §22.2.1 writes it (the dialect JSON Schema names), read as with the `u` flag
/// but for Annex B's leniency towards escapes that need none.
///
/// Lazy quantifiers describe the same language as greedy ones. Backreferences and lookbehind are refused. A lookahead constrains
/// all that follows it, so it may stand wherever its continuation is the rest of the pattern: not inside a repeated group.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var repetitions = 0

    private static let maximumDepth = 100
    /// Larger counts are refused: each step of a counter is a state.
    static let maximumCount = 100_000

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The texts in which the expression is found somewhere, each between the marks `start` and `end`.
    mutating func search() throws(PatternError) -> Pattern {
        let result = try choice()
        guard position == scalars.count else { throw .syntax("')' without '('", at: position) }
        let marked = Pattern.sequence([.start, .anything, .end])
        return .both([.sequence([PatternParser.searchStart, result.pattern]), marked])
    }

    /// What may stand before the expression: nothing where it begins with `^`, else the text's start and anything.
    private static let searchStart = Pattern.choice([.empty, .sequence([.start, .anything])])
    private static let searchEnd = Pattern.choice([.empty, .sequence([.anything, .end])])

    /// What was parsed, and whether a lookahead is in it that constrains what follows.
    private struct Piece {
        var pattern: Pattern
        var looksAhead = false
    }

    private mutating func choice() throws(PatternError) -> Piece {
        depth += 1
        defer { depth -= 1 }
        guard depth <= PatternParser.maximumDepth else {
            throw .syntax("groups nested deeper than \(PatternParser.maximumDepth)", at: position)
        }
        var alternatives = [try sequence()]
        while take("|") { alternatives.append(try sequence()) }
        guard alternatives.count > 1 else { return alternatives[0] }
        return Piece(pattern: .choice(alternatives.map(\.pattern)), looksAhead: alternatives.contains(where: \.looksAhead))
    }

    private mutating func sequence() throws(PatternError) -> Piece {
        var items: [(pattern: Pattern, lookahead: Lookahead?)] = []
        var looksAhead = false
        while let next = peek, next != "|", next != ")" {
            if let ahead = try lookahead() {
                items.append((.empty, ahead))
                looksAhead = true
                continue
            }
            let start = position
            let piece = try quantified()
            if piece.looksAhead && !(peek == nil || peek == ")" || peek == "|") {
                throw .unsupported("a lookahead inside a group that is followed by more", at: start)
            }
            looksAhead = looksAhead || piece.looksAhead
            items.append((piece.pattern, nil))
        }
        // From the right: what a lookahead constrains is everything after it.
        var tail: [Pattern] = depth == 1 ? [PatternParser.searchEnd] : []
        for item in items.reversed() {
            guard let ahead = item.lookahead else {
                tail.insert(item.pattern, at: 0)
                continue
            }
            let rest = Pattern.sequence(tail)
            let seen = Pattern.sequence([ahead.pattern, .any(.choice([.anyCharacter, .end]))])
            tail = [.both([rest, ahead.isNegative ? .complement(seen) : seen])]
        }
        // A group that ends in a lookahead constrains what comes after the group too.
        if let last = items.last, last.lookahead != nil, depth > 1 {
            throw .unsupported("a lookahead at the end of a group", at: position)
        }
        return Piece(pattern: tail.count == 1 ? tail[0] : .sequence(tail), looksAhead: looksAhead)
    }

    private struct Lookahead {
        var pattern: Pattern
        var isNegative: Bool
    }

    private mutating func lookahead() throws(PatternError) -> Lookahead? {
        guard matches("(?=") || matches("(?!") else { return nil }
        guard repetitions == 0 else { throw .unsupported("a lookahead inside a repeated group", at: position) }
        let isNegative = scalars[position + 2] == "!"
        let start = position
        position += 3
        let inner = try choice()
        guard take(")") else { throw .syntax("'(' without ')'", at: start) }
        if let next = peek, "*+?{".unicodeScalars.contains(next) { throw .unsupported("a repeated lookahead", at: position) }
        return Lookahead(pattern: inner.pattern, isNegative: isNegative)
    }

    private mutating func quantified() throws(PatternError) -> Piece {
        let start = position
        let atom = try atom()
        guard let bounds = try quantifier() else { return atom }
        if atom.looksAhead { throw .unsupported("a lookahead inside a repeated group", at: start) }
        _ = take("?")
        if let next = peek, "*+?".unicodeScalars.contains(next) {
            throw .syntax("nothing to repeat before '\(next)'", at: position)
        }
        return Piece(pattern: .repeated(atom.pattern, minimum: bounds.minimum, maximum: bounds.maximum))
    }

    private mutating func quantifier() throws(PatternError) -> (minimum: Int, maximum: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard peek == "{" else { return nil }
        let start = position
        position += 1
        guard let minimum = try number(from: start) else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = try number(from: start) }
        guard take("}") else {
            position = start
            return nil
        }
        if let maximum, maximum < minimum { throw .syntax("the repetition {\(minimum),\(maximum)} counts down", at: start) }
        return (minimum, maximum)
    }

    private mutating func number(from start: Int) throws(PatternError) -> Int? {
        var value = 0
        var found = false
        while let next = peek, ("0"..."9").contains(next) {
            value = value * 10 + Int(next.value - 0x30)
            guard value <= PatternParser.maximumCount else {
                throw .unsupported("a repetition beyond \(PatternParser.maximumCount)", at: start)
            }
            found = true
            position += 1
        }
        return found ? value : nil
    }

    private mutating func atom() throws(PatternError) -> Piece {
        let start = position
        let next = scalars[position]
        switch next {
        case "(": return try group()
        case "[": return Piece(pattern: .characters(try characterClass()))
        case ".":
            position += 1
            return Piece(pattern: .characters(ScalarSet.lineTerminators.inverted))
        case "^":
            position += 1
            return Piece(pattern: .start)
        case "$":
            position += 1
            return Piece(pattern: .end)
        case "*", "+", "?": throw .syntax("nothing to repeat before '\(next)'", at: start)
        case "\\": return Piece(pattern: try escapedAtom())
        default:
            if next == "{", try quantifier() != nil { throw .syntax("nothing to repeat before '{'", at: start) }
            position += 1
            return Piece(pattern: .characters(ScalarSet(next)))
        }
    }

    private mutating func group() throws(PatternError) -> Piece {
        let start = position
        position += 1
        if matches("?<=") || matches("?<!") { throw .unsupported("a lookbehind", at: start) }
        if matches("?:") {
            position += 2
        } else if matches("?<") {
            while let next = peek, next != ">" { position += next == ")" ? scalars.count : 1 }
            guard take(">") else { throw .syntax("a group's name without '>'", at: start) }
        } else if peek == "?" {
            throw .syntax("'(?' is followed by neither ':' nor '=' nor '!' nor '<'", at: start)
        }
        let closing = closingParenthesis(from: start)
        let repeats = closing.map { $0 + 1 < scalars.count && "*+{".unicodeScalars.contains(scalars[$0 + 1]) } ?? false
        repetitions += repeats ? 1 : 0
        let inner = try choice()
        repetitions -= repeats ? 1 : 0
        guard take(")") else { throw .syntax("'(' without ')'", at: start) }
        return inner
    }

    /// Where the group that opens at `start` closes, to learn whether it is repeated before it is read.
    private func closingParenthesis(from start: Int) -> Int? {
        var depth = 0
        var inClass = false
        var index = start
        while index < scalars.count {
            switch scalars[index] {
            case "\\": index += 1
            case "[": inClass = true
            case "]": inClass = false
            case "(" where !inClass: depth += 1
            case ")" where !inClass:
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return nil
    }

    private mutating func escapedAtom() throws(PatternError) -> Pattern {
        let start = position
        guard position + 1 < scalars.count else { throw .syntax("a lone '\\'", at: start) }
        switch scalars[position + 1] {
        case "b", "B": throw .unsupported("a word boundary", at: start)
        case "1"..."9": throw .unsupported("a backreference", at: start)
        case "k": throw .unsupported("a backreference", at: start)
        case "A": throw .unsupported("'\\A', which is not ECMA-262", at: start)
        case "Z", "z": throw .unsupported("'\\\(scalars[position + 1])', which is not ECMA-262", at: start)
        default: return .characters(try escape(inClass: false).set)
        }
    }

    // MARK: - The text

    var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    func matches(_ text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

    var offset: Int { position }

    mutating func advance(_ count: Int) { position = min(position + count, scalars.count) }
}
