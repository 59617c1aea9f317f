// Compiling the text of a splitting rule. The rules are our own constants (`PreTokenizer+Rules.swift`), so a rule that cannot be
// read is a bug of ours; tests compile every one of them.

extension SplitPattern {
    /// Compiles a rule. See `SplitPattern` for the language.
    init(_ rule: String) {
        var compiler = Compiler(rule: Array(rule.unicodeScalars.map(\.value)))
        compiler.compile()
        self = compiler.pattern
    }
}

private struct Compiler {
    let rule: [UInt32]
    var position = 0
    var ignoresCase = false
    var pattern = SplitPattern()
    var classes: [ScalarClass] = []

    init(rule: [UInt32]) { self.rule = rule }

    mutating func compile() {
        _ = group()
        precondition(position == rule.count, "splitting rule: unread text")
        precondition(classes.count <= SplitPattern.Bits.bitWidth, "splitting rule: too many classes")
        pattern.bitsOfCell = [SplitPattern.Bits](repeating: 0, count: 256)
        for ascii in 0..<UInt32(0x80) { pattern.bitsOfCell[Int(ascii)] = bits(ascii, ScalarKind(ascii)) }
        for kind in ScalarKind.allCases {
            // A scalar beyond ASCII that no range names; for classes that name some, each scalar is looked at instead.
            let scalar = kind == .whiteSpace ? ScalarClass.verticalTab : 0x10FFFF
            pattern.bitsOfCell[0x80 | Int(kind.rawValue)] = bits(scalar, kind)
        }
        if classes.contains(where: \.looksBeyondKinds) { pattern.classes = classes }
    }

    private func bits(_ scalar: UInt32, _ kind: ScalarKind) -> SplitPattern.Bits {
        classes.enumerated().reduce(0) { $1.element.contains(scalar, kind) ? $0 | 1 << SplitPattern.Bits($1.offset) : $0 }
    }

    private mutating func bit(of scalarClass: ScalarClass) -> SplitPattern.Bits {
        let index = classes.firstIndex(of: scalarClass) ?? classes.count
        if index == classes.count { classes.append(scalarClass) }
        return 1 << SplitPattern.Bits(index)
    }
}

// MARK: Alternatives and elements

extension Compiler {
    /// What one element can begin with, and whether it can be empty.
    private struct Beginning {
        var first: [ScalarClass]
        var mayBeEmpty: Bool
    }

    private struct Alternative {
        var elements: [SplitPattern.Element] = []
        var beginning = Beginning(first: [], mayBeEmpty: true)

        mutating func append(_ element: SplitPattern.Element, _ next: Beginning) {
            elements.append(element)
            if beginning.mayBeEmpty { beginning.first += next.first }
            beginning.mayBeEmpty = beginning.mayBeEmpty && next.mayBeEmpty
        }
    }

    /// Reads alternatives up to the end or a closing parenthesis.
    private mutating func group() -> (index: Int, beginning: Beginning) {
        var alternatives: [SplitPattern.Alternative] = []
        var beginning = Beginning(first: [], mayBeEmpty: false)
        repeat {
            let alternative = sequence()
            precondition(!alternative.beginning.mayBeEmpty, "splitting rule: an alternative that can be empty")
            let first = pattern.elements.count
            pattern.elements += alternative.elements
            let start = bit(of: .union(alternative.beginning.first))
            alternatives.append(.init(elements: first..<pattern.elements.count, start: start))
            beginning.first += alternative.beginning.first
        } while take("|")
        let first = pattern.alternatives.count
        pattern.alternatives += alternatives
        pattern.groups.append(first..<pattern.alternatives.count)
        return (pattern.groups.count - 1, beginning)
    }

    private mutating func sequence() -> Alternative {
        var alternative = Alternative()
        while let next = peek, next != "|", next != ")" {
            if take("(?!") {
                let mask = bit(of: atom())
                precondition(take(")"))
                alternative.append(.notAhead(mask), Beginning(first: [], mayBeEmpty: true))
            } else if take("(?:") || take("(?i:") {
                let outer = ignoresCase
                ignoresCase = rule[position - 2] == UInt32(UInt8(ascii: "i"))
                let (index, inner) = group()
                ignoresCase = outer
                precondition(take(")"))
                let (least, most) = count()
                alternative.append(
                    .group(index, least: least, most: most), Beginning(first: inner.first, mayBeEmpty: least == 0))
            } else {
                let scalarClass = atom()
                let (least, most) = count()
                alternative.append(
                    .run(bit(of: scalarClass), least: least, most: most),
                    Beginning(first: [scalarClass], mayBeEmpty: least == 0))
            }
        }
        return alternative
    }

    private mutating func count() -> (least: Int, most: Int) {
        if take("?") { return (0, 1) }
        if take("*") { return (0, .max) }
        if take("+") { return (1, .max) }
        guard take("{") else { return (1, 1) }
        let least = number()
        let most = take(",") ? number() : least
        precondition(take("}"))
        return (least, most)
    }

    private mutating func number() -> Int {
        var number = 0
        while position < rule.count, (0x30...0x39).contains(rule[position]) {
            number = number * 10 + Int(rule[position] - 0x30)
            position += 1
        }
        return number
    }
}

// MARK: Classes

extension Compiler {
    /// One character, escape or bracketed class.
    private mutating func atom() -> ScalarClass {
        if take("[") { return bracketed() }
        if let named = named() { return named }
        let scalar = character()
        guard ignoresCase, let flipped = Self.otherCase(scalar) else { return .range(scalar...scalar) }
        return .union([.range(min(scalar, flipped)...min(scalar, flipped)), .range(max(scalar, flipped)...max(scalar, flipped))])
    }

    /// The inside of `[…]`, and its closing bracket.
    private mutating func bracketed() -> ScalarClass {
        let isComplement = take("^")
        var parts: [ScalarClass] = []
        var limit: ScalarClass?
        while !take("]") {
            if take("&&") {
                limit = atom()
            } else if let named = named() {
                parts.append(named)
            } else {
                let first = character()
                let last = take("-") ? character() : first
                parts.append(.range(first...last))
            }
        }
        var result = parts.count == 1 ? parts[0] : ScalarClass.union(parts)
        if isComplement { result = .complement(result) }
        return limit.map { .intersection(result, $0) } ?? result
    }

    /// `\s`, `\S`, `\p{…}`.
    private mutating func named() -> ScalarClass? {
        if take("\\s") { return .whiteSpace }
        if take("\\S") { return .complement(.whiteSpace) }
        for (name, scalarClass) in Self.properties where take("\\p{\(name)}") { return scalarClass }
        return nil
    }

    private static let properties: [(String, ScalarClass)] = [
        ("L", .kinds([.letter])), ("M", .kinds([.mark])), ("N", .kinds([.number])), ("P", .kinds([.punctuation])),
        ("S", .kinds([.symbol])), ("Han", .han), ("CasedLetter", .union(CasedLetterTable.ranges.map { .range($0) })),
    ]

    private mutating func character() -> UInt32 {
        precondition(position < rule.count, "splitting rule: a character is missing")
        if take("\\r") { return 0x0D }
        if take("\\n") { return 0x0A }
        if take("\\t") { return 0x09 }
        if rule[position] == UInt32(UInt8(ascii: "\\")) { position += 1 }
        position += 1
        return rule[position - 1]
    }

    private static func otherCase(_ scalar: UInt32) -> UInt32? {
        switch scalar {
        case 0x41...0x5A, 0x61...0x7A: scalar ^ 0x20
        default: nil
        }
    }

    private var peek: Unicode.Scalar? { position < rule.count ? Unicode.Scalar(rule[position]) : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = text.unicodeScalars.map(\.value)
        guard rule[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }
}
