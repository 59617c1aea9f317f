import Automata

extension GrammarRules {
    /// Reads a grammar in GBNF, the notation of llama.cpp (`Grammar/GBNF.ebnf`).
    public init(gbnf text: String, root: String = "root") throws(GBNFError) {
        var parser = GBNFParser(text)
        self = try parser.grammar(root: root)
    }
}

/// Reads GBNF by recursive descent.
struct GBNFParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var rules: [GrammarRules.Rule] = []
    private var indices: [String: Int] = [:]
    private var isDefined: [Bool] = []

    private static let maximumDepth = 200
    /// llama.cpp's own limit on counted repetitions.
    static let maximumRepetition = 2_000
    private static let maximumRules = 100_000

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func grammar(root name: String) throws(GBNFError) -> GrammarRules {
        skipBlanks(newlines: true)
        while peek != nil { try rule() }
        for (index, rule) in rules.enumerated() where !isDefined[index] {
            throw GBNFError(message: "rule '\(rule.name)' is used and never defined", line: rule.line, column: rule.column)
        }
        guard let root = indices[name] else { throw error("no rule is named '\(name)'", at: 0) }
        let grammar = GrammarRules(rules: rules, root: root)
        if let cycle = grammar.leftRecursion {
            let names = cycle.map { rules[$0].name }.joined(separator: " → ")
            let first = rules[cycle[0]]
            throw GBNFError(message: "left recursion, which is not read: \(names)", line: first.line, column: first.column)
        }
        let productive = grammar.productive
        guard productive[root] else {
            throw GBNFError(
                message: "rule '\(name)' has no text: it can only go on for ever", line: rules[root].line,
                column: rules[root].column)
        }
        return grammar
    }

    private mutating func rule() throws(GBNFError) {
        let start = position
        let name = try ruleName()
        skipBlanks(newlines: false)
        guard matches("::=") else { throw error("expected '::=' after the rule's name '\(name)'") }
        position += 3
        skipBlanks(newlines: true)
        let index = try index(of: name, at: start)
        guard !isDefined[index] else { throw error("rule '\(name)' is defined twice", at: start) }
        let (line, column) = place(of: start)
        isDefined[index] = true
        rules[index].line = line
        rules[index].column = column
        rules[index].expression = try alternatives(nested: false)
        skipBlanks(newlines: false)
        guard peek == nil || peek == "\n" || peek == "\r" else {
            throw error("expected the end of the line after the rule '\(name)'")
        }
        skipBlanks(newlines: true)
    }

    private mutating func index(of name: String, at start: Int) throws(GBNFError) -> Int {
        if let known = indices[name] { return known }
        guard rules.count < GBNFParser.maximumRules else { throw error("more than \(GBNFParser.maximumRules) rules", at: start) }
        let (line, column) = place(of: start)
        indices[name] = rules.count
        rules.append(.init(name: name, expression: .empty, line: line, column: column))
        isDefined.append(false)
        return rules.count - 1
    }

    private mutating func ruleName() throws(GBNFError) -> String {
        let start = position
        while let next = peek, GBNFParser.isNameCharacter(next) { position += 1 }
        guard position > start else { throw error("expected a rule's name") }
        return scalars[start..<position].reduce(into: "") { $0.unicodeScalars.append($1) }
    }

    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        ScalarSet.wordCharacters.contains(scalar) || scalar == "-"
    }

    // MARK: - Expressions

    private mutating func alternatives(nested: Bool) throws(GBNFError) -> GrammarRules.Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= GBNFParser.maximumDepth else { throw error("parentheses nested deeper than \(GBNFParser.maximumDepth)") }
        var parts = [try sequence(nested: nested)]
        while peek == "|" {
            position += 1
            skipBlanks(newlines: true)
            parts.append(try sequence(nested: nested))
        }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence(nested: Bool) throws(GBNFError) -> GrammarRules.Expression {
        var parts: [GrammarRules.Expression] = []
        while let next = peek {
            let start = position
            switch next {
            case "\"": parts += try literal()
            case "[": parts.append(.characters(try characterClass()))
            case ".":
                position += 1
                parts.append(.characters(.all))
            case "(":
                position += 1
                skipBlanks(newlines: true)
                parts.append(try alternatives(nested: true))
                guard peek == ")" else { throw error("'(' without ')'", at: start) }
                position += 1
            case "*", "+", "?", "{":
                guard let last = parts.popLast() else { throw error("nothing to repeat before '\(next)'") }
                parts.append(try repetition(of: last))
            case "<", "!": parts.append(.token(try token()))
            default:
                guard GBNFParser.isNameCharacter(next) else { return .sequence(parts) }
                let name = try ruleName()
                parts.append(.rule(try index(of: name, at: start)))
            }
            skipBlanks(newlines: nested)
        }
        return .sequence(parts)
    }

    private mutating func repetition(of part: GrammarRules.Expression) throws(GBNFError) -> GrammarRules.Expression {
        let start = position
        let mark = scalars[position]
        position += 1
        switch mark {
        case "*": return .repeated(part, minimum: 0, maximum: nil)
        case "+": return .repeated(part, minimum: 1, maximum: nil)
        case "?": return .repeated(part, minimum: 0, maximum: 1)
        default: break
        }
        skipBlanks(newlines: true)
        guard let minimum = try number() else { throw error("expected a number after '{'") }
        skipBlanks(newlines: true)
        var maximum: Int? = minimum
        if peek == "," {
            position += 1
            skipBlanks(newlines: true)
            maximum = try number()
            skipBlanks(newlines: true)
        }
        guard peek == "}" else { throw error("'{' without '}'", at: start) }
        position += 1
        if let maximum, maximum < minimum { throw error("the repetition {\(minimum),\(maximum)} counts down", at: start) }
        return .repeated(part, minimum: minimum, maximum: maximum)
    }

    private mutating func number() throws(GBNFError) -> Int? {
        let start = position
        var value = 0
        while let next = peek, ("0"..."9").contains(next) {
            value = value * 10 + Int(next.value - 0x30)
            guard value <= GBNFParser.maximumRepetition else {
                throw error("a repetition beyond \(GBNFParser.maximumRepetition)", at: start)
            }
            position += 1
        }
        return position > start ? value : nil
    }

    private mutating func literal() throws(GBNFError) -> [GrammarRules.Expression] {
        let start = position
        position += 1
        var parts: [GrammarRules.Expression] = []
        while peek != "\"" {
            guard peek != nil else { throw error("'\"' without its end", at: start) }
            parts.append(.characters(ScalarSet(try character())))
        }
        position += 1
        // A literal is one part: what repeats it repeats all of it.
        return [parts.count == 1 ? parts[0] : .sequence(parts)]
    }

    /// `<[1000]>` by its number, `<think>` by its text, either with `!` before it for any other token.
    private mutating func token() throws(GBNFError) -> TokenChoice {
        let start = position
        let isNegated = peek == "!"
        if isNegated { position += 1 }
        guard peek == "<" else { throw error("expected '<' after '!'") }
        position += 1
        var text = ""
        while let next = peek, next != ">" {
            guard next != "\n" else { break }
            text.unicodeScalars.append(next)
            position += 1
        }
        guard peek == ">" else { throw error("'<' without '>'", at: start) }
        position += 1
        guard text.hasPrefix("["), text.hasSuffix("]") else {
            guard !text.isEmpty else { throw error("'<>' names no token", at: start) }
            return TokenChoice(token: .text("<\(text)>"), isNegated: isNegated)
        }
        guard let id = Int32(text.dropFirst().dropLast()), id >= 0 else {
            throw error("expected a token's number in '<[' and ']>'", at: start)
        }
        return TokenChoice(token: .id(id), isNegated: isNegated)
    }

    private mutating func characterClass() throws(GBNFError) -> ScalarSet {
        let start = position
        position += 1
        var isNegated = false
        if peek == "^" {
            isNegated = true
            position += 1
        }
        var ranges: [ClosedRange<UInt32>] = []
        while peek != "]" {
            guard peek != nil else { throw error("'[' without ']'", at: start) }
            let here = position
            let low = try character()
            guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                ranges.append(low.value...low.value)
                continue
            }
            position += 1
            let high = try character()
            guard low.value <= high.value else { throw error("the range \(low)-\(high) counts down", at: here) }
            ranges.append(low.value...high.value)
        }
        position += 1
        let set = ScalarSet(ranges)
        return isNegated ? set.inverted : set
    }

    private mutating func character() throws(GBNFError) -> Unicode.Scalar {
        let start = position
        let next = scalars[position]
        position += 1
        guard next == "\\" else { return next }
        guard let letter = peek else { throw error("a lone '\\'", at: start) }
        position += 1
        switch letter {
        case "x": return try hexadecimal(digits: 2, from: start)
        case "u": return try hexadecimal(digits: 4, from: start)
        case "U": return try hexadecimal(digits: 8, from: start)
        case "t": return "\t"
        case "r": return "\r"
        case "n": return "\n"
        case "\\", "\"", "[", "]", "-", "/", "^", ".": return letter
        default: throw error("unknown escape '\\\(letter)'", at: start)
        }
    }

    private mutating func hexadecimal(digits: Int, from start: Int) throws(GBNFError) -> Unicode.Scalar {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek, let nibble = Character(digit).hexDigitValue else {
                throw error("an escape of fewer than \(digits) hexadecimal digits", at: start)
            }
            value = value << 4 | UInt32(nibble)
            position += 1
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw error("no character has the number \(String(value, radix: 16))", at: start)
        }
        return scalar
    }

    // MARK: - The text

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func matches(_ text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

    private mutating func skipBlanks(newlines: Bool) {
        while let next = peek {
            if next == "#" {
                while let rest = peek, rest != "\n", rest != "\r" { position += 1 }
            } else if next == " " || next == "\t" || newlines && (next == "\n" || next == "\r") {
                position += 1
            } else {
                return
            }
        }
    }

    private func place(of offset: Int) -> (line: Int, column: Int) {
        let before = scalars[..<min(offset, scalars.count)]
        let line = before.count { $0 == "\n" } + 1
        let start = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
        return (line, offset - start + 1)
    }

    private func error(_ message: String, at offset: Int? = nil) -> GBNFError {
        let (line, column) = place(of: offset ?? position)
        return GBNFError(message: message, line: line, column: column)
    }
}
