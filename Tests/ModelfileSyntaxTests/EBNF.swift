/// A grammar in the notation of ISO 14977, as Grammar/Modelfile.ebnf is written, and whether it accepts a text.
///
/// Recognising follows the grammar literally: an expression and a place give the set of all places where it can end. Nothing here
/// knows what a Modelfile is but the names of its character sets.
final class EBNF {
    /// An expression. A set of single characters is one node, however it is put together.
    indirect enum Expression {
        case set((Unicode.Scalar) -> Bool)
        /// Letters match in capitals or not, unless it is exact.
        case text([Unicode.Scalar], isExact: Bool)
        case rule(Int)
        case sequence([Expression])
        case choice([Expression])
        case option(Expression)
        case repetition(Expression)
        case difference(Expression, Expression)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var names: [String: Int] = [:]
    private(set) var rules: [Expression?] = []

    /// - Throws: `Failure` for what is no ISO 14977, and for a special sequence without a set.
    init(_ source: String, sets: [String: (Unicode.Scalar) -> Bool]) throws {
        var reader = EBNFReader(source, sets: sets)
        for (name, expression) in try reader.read(number) { rules[number(name)] = expression }
        if let missing = names.first(where: { rules[$0.value] == nil }) { throw Failure(description: "no rule '\(missing.key)'") }
        // Rules that are sets become sets where they are used.
        for index in rules.indices { rules[index] = rules[index].map { simplified($0, depth: 0) } }
    }

    private func number(_ name: String) -> Int {
        if let known = names[name] { return known }
        names[name] = rules.count
        rules.append(nil)
        return rules.count - 1
    }

    private func simplified(_ expression: Expression, depth: Int) -> Expression {
        if depth < 20, let set = set(expression, depth: depth) { return .set(set) }
        switch expression {
        case .set, .text, .rule: return expression
        case .sequence(let parts): return .sequence(parts.map { simplified($0, depth: depth) })
        case .choice(let parts): return .choice(parts.map { simplified($0, depth: depth) })
        case .option(let part): return .option(simplified(part, depth: depth))
        case .repetition(let part): return .repetition(simplified(part, depth: depth))
        case .difference(let part, let but): return .difference(simplified(part, depth: depth), simplified(but, depth: depth))
        }
    }

    private func set(_ expression: Expression, depth: Int) -> ((Unicode.Scalar) -> Bool)? {
        switch expression {
        case .set(let set): return set
        case .text(let text, _): return text.count == 1 ? { [scalar = text[0]] in $0 == scalar } : nil
        case .rule(let index): return depth < 20 ? rules[index].flatMap { set($0, depth: depth + 1) } : nil
        case .choice(let parts):
            let sets = parts.compactMap { set($0, depth: depth) }
            return sets.count == parts.count ? { scalar in sets.contains { $0(scalar) } } : nil
        case .difference(let part, let but):
            guard let part = set(part, depth: depth), let but = set(but, depth: depth) else { return nil }
            return { part($0) && !but($0) }
        default: return nil
        }
    }

    /// Whether the rule derives the whole text.
    func accepts(_ text: String, as rule: String) -> Bool {
        guard let index = names[rule] else { return false }
        let scalars = Array(text.unicodeScalars)
        var recognition = EBNFRecognition(rules: rules, text: scalars)
        return recognition.ends(of: .rule(index), from: 0).contains(scalars.count)
    }
}

/// One text held against a grammar.
private struct EBNFRecognition {
    let rules: [EBNF.Expression?]
    let text: [Unicode.Scalar]
    /// For each rule and place the ends, once they are known.
    private var known: [[Int: [Int]]]

    init(rules: [EBNF.Expression?], text: [Unicode.Scalar]) {
        (self.rules, self.text) = (rules, text)
        known = Array(repeating: [:], count: rules.count)
    }

    /// All places where the expression can end when it begins at `start`, in ascending order.
    mutating func ends(of expression: EBNF.Expression, from start: Int) -> [Int] {
        switch expression {
        case .set(let set): return start < text.count && set(text[start]) ? [start + 1] : []
        case .text(let wanted, let isExact):
            guard start + wanted.count <= text.count else { return [] }
            for (offset, scalar) in wanted.enumerated() {
                let found = text[start + offset]
                guard isExact ? found == scalar : Self.isSame(found, scalar) else { return [] }
            }
            return [start + wanted.count]
        case .rule(let index):
            if let found = known[index][start] { return found }
            let found = rules[index].map { ends(of: $0, from: start) } ?? []
            known[index][start] = found
            return found
        case .sequence(let parts):
            var places = [start]
            for part in parts {
                places = places.count == 1 ? ends(of: part, from: places[0]) : Self.united(places.map { ends(of: part, from: $0) })
                if places.isEmpty { return [] }
            }
            return places
        case .choice(let parts): return Self.united(parts.map { ends(of: $0, from: start) })
        case .option(let part): return Self.united([[start], ends(of: part, from: start)])
        case .repetition(.set(let set)):
            var end = start
            while end < text.count, set(text[end]) { end += 1 }
            return Array(start...end)
        case .repetition(let part): return repeated(part, from: start)
        case .difference(let part, let but):
            let excluded = Set(ends(of: but, from: start))
            return ends(of: part, from: start).filter { !excluded.contains($0) }
        }
    }

    private mutating func repeated(_ part: EBNF.Expression, from start: Int) -> [Int] {
        var found: Set<Int> = [start]
        var waiting = [start]
        while let place = waiting.popLast() {
            for end in ends(of: part, from: place) where found.insert(end).inserted { waiting.append(end) }
        }
        return found.sorted()
    }

    private static func united(_ lists: [[Int]]) -> [Int] {
        let filled = lists.filter { !$0.isEmpty }
        return filled.count <= 1 ? filled.first ?? [] : Set(filled.joined()).sorted()
    }

    /// Letters of keywords match in capitals or not.
    private static func isSame(_ scalar: Unicode.Scalar, _ wanted: Unicode.Scalar) -> Bool {
        scalar == wanted || (0x41...0x5A).contains(wanted.value) && scalar.value == wanted.value | 0x20
    }
}

/// Reads the notation.
struct EBNFReader {
    private let text: [Character]
    private var place = 0
    private let sets: [String: (Unicode.Scalar) -> Bool]

    init(_ source: String, sets: [String: (Unicode.Scalar) -> Bool]) { (text, self.sets) = (Array(source), sets) }

    /// The rules in order. `number` gives each name a number.
    mutating func read(_ number: (String) -> Int) throws -> [(String, EBNF.Expression)] {
        var rules: [(String, EBNF.Expression)] = []
        skip()
        while place < text.count {
            let name = name()
            try expect("=")
            rules.append((name, try choice(number)))
            try expect(";")
        }
        return rules
    }

    private mutating func choice(_ number: (String) -> Int) throws -> EBNF.Expression {
        var parts = [try sequence(number)]
        while take("|") { parts.append(try sequence(number)) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence(_ number: (String) -> Int) throws -> EBNF.Expression {
        var parts = [try term(number)]
        while take(",") { parts.append(try term(number)) }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// An exception binds to the primary before it.
    private mutating func term(_ number: (String) -> Int) throws -> EBNF.Expression {
        let part = try primary(number)
        return take("-") ? .difference(part, try primary(number)) : part
    }

    private mutating func primary(_ number: (String) -> Int) throws -> EBNF.Expression {
        guard place < text.count else { throw EBNF.Failure(description: "the grammar ends in the middle of a rule") }
        switch text[place] {
        case "(": return try bracketed(")", number) { $0 }
        case "[": return try bracketed("]", number) { .option($0) }
        case "{": return try bracketed("}", number) { .repetition($0) }
        case "\"", "'":
            let isExact = text[place] == "'"
            return .text(Array(try quoted(text[place]).unicodeScalars), isExact: isExact)
        case "?":
            let words = try quoted("?").trimmingBlanks
            guard let set = sets[words] else { throw EBNF.Failure(description: "no set for '? \(words) ?'") }
            return .set(set)
        default:
            let name = name()
            guard !name.isEmpty else { throw EBNF.Failure(description: "unexpected '\(text[place])'") }
            return .rule(number(name))
        }
    }

    private mutating func bracketed(
        _ end: Character, _ number: (String) -> Int, _ make: (EBNF.Expression) -> EBNF.Expression
    ) throws -> EBNF.Expression {
        place += 1
        skip()
        let inner = try choice(number)
        try expect(end)
        return make(inner)
    }

    private mutating func quoted(_ quote: Character) throws -> String {
        guard let end = text[(place + 1)...].firstIndex(of: quote) else {
            throw EBNF.Failure(description: "\(quote) is never closed")
        }
        defer {
            place = end + 1
            skip()
        }
        return String(text[(place + 1)..<end])
    }

    /// Letters, digits and single blanks.
    private mutating func name() -> String {
        let start = place
        while place < text.count, text[place].isLetter || text[place].isNumber || text[place] == " " { place += 1 }
        defer { skip() }
        return String(text[start..<place]).trimmingBlanks
    }

    private mutating func take(_ sign: Character) -> Bool {
        guard place < text.count, text[place] == sign else { return false }
        place += 1
        skip()
        return true
    }

    private mutating func expect(_ sign: Character) throws {
        guard take(sign) else {
            let found = place < text.count ? String(text[place...].prefix(20)) : "the end"
            throw EBNF.Failure(description: "'\(sign)' wanted, found '\(found)'")
        }
    }

    /// Blanks and comments.
    private mutating func skip() {
        while place < text.count {
            if text[place].isWhitespace {
                place += 1
            } else if text[place] == "(", place + 1 < text.count, text[place + 1] == "*" {
                while place < text.count, !(text[place] == ")" && text[place - 1] == "*") { place += 1 }
                place += 1
            } else {
                return
            }
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var part = self[...]
        while part.last?.isWhitespace == true { part.removeLast() }
        return String(part.drop { $0.isWhitespace })
    }
}
