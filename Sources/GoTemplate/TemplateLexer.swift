/// Cuts a template into tokens, on demand: text outside the delimiters, words within them.
///
/// Trim markers (`{{- ` and ` -}}`) and comments are dealt with here and leave no token behind.
struct TemplateLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var start = 0
    private var insideAction = false
    private var parenthesisDepth = 0
    private var failed: TemplateToken?

    private static let leftDelimiter = Array("{{".utf8)
    private static let rightDelimiter = Array("}}".utf8)
    /// A marker is the minus and the blank that must stand beside it.
    private static let trimMarkerLength = 2

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> TemplateToken {
        if let failed { return TemplateToken(kind: .end, range: failed.range, bytes: []) }
        return insideAction ? nextInsideAction() : nextText()
    }
}

// MARK: - Text

extension TemplateLexer {
    private mutating func nextText() -> TemplateToken {
        while true {
            start = position
            guard let opening = find(Self.leftDelimiter, from: position) else {
                position = bytes.count
                return emit(start < position ? .text : .end)
            }
            var end = opening
            if hasLeftTrimMarker(at: opening + Self.leftDelimiter.count) {
                while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
            }
            if end > start {
                let token = TemplateToken(kind: .text, range: start..<end, bytes: bytes[start..<end])
                position = opening
                return token
            }
            position = opening
            if let token = openAction() { return token }
        }
    }

    /// Reads `{{` with its marker; nil when a comment followed, which is skipped whole.
    private mutating func openAction() -> TemplateToken? {
        start = position
        let afterDelimiter = position + Self.leftDelimiter.count
        let afterMarker = afterDelimiter + (hasLeftTrimMarker(at: afterDelimiter) ? Self.trimMarkerLength : 0)
        if starts(with: "/*", at: afterMarker) {
            start = afterMarker
            return skipComment(from: afterMarker)
        }
        let token = TemplateToken(kind: .leftDelimiter, range: start..<afterDelimiter, bytes: bytes[start..<afterDelimiter])
        position = afterMarker
        insideAction = true
        parenthesisDepth = 0
        return token
    }

    private mutating func skipComment(from opening: Int) -> TemplateToken? {
        guard let closing = find(Array("*/".utf8), from: opening + 2) else { return fail("unclosed comment") }
        position = closing + 2
        guard let trims = rightDelimiter(at: position) else { return fail("comment ends before closing delimiter") }
        skipRightDelimiter(trims)
        return nil
    }

    /// Whether a right delimiter stands at `offset`, and if so, whether it trims the text after it.
    private func rightDelimiter(at offset: Int) -> Bool? {
        if hasRightTrimMarker(at: offset), starts(with: "}}", at: offset + Self.trimMarkerLength) { return true }
        return starts(with: "}}", at: offset) ? false : nil
    }

    private mutating func skipRightDelimiter(_ trims: Bool) {
        position += Self.rightDelimiter.count + (trims ? Self.trimMarkerLength : 0)
        if trims { while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 } }
    }
}

// MARK: - Actions

extension TemplateLexer {
    private mutating func nextInsideAction() -> TemplateToken {
        start = position
        if let trims = rightDelimiter(at: position) { return closeAction(trims) }
        guard position < bytes.count else { return fail("unclosed action") }
        let scalar = peekScalar()
        switch scalar {
        case " ", "\t", "\r", "\n": return space()
        case "=": return single(.assign)
        case ":":
            position += 1
            guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { return fail("expected :=") }
            return single(.declare)
        case "|": return single(.pipe)
        case "\"": return quoted(.string, by: "\"", orFail: "unterminated quoted string")
        case "'": return quoted(.characterConstant, by: "'", orFail: "unterminated character constant")
        case "`": return rawString()
        case "$": return name(.variable, alone: .variable)
        case "." where !isDigit(at: position + 1): return name(.field, alone: .dot)
        case ".", "+", "-", "0"..."9": return number()
        case "(":
            parenthesisDepth += 1
            return single(.leftParenthesis)
        case ")":
            parenthesisDepth -= 1
            return parenthesisDepth < 0 ? fail("unexpected right paren") : single(.rightParenthesis)
        case _ where Self.isWordScalar(scalar): return word()
        case "!"..."~": return single(.character)
        default: return fail("unrecognized character in action: \(GoQuote.codePoint(scalar))")
        }
    }

    private mutating func closeAction(_ trims: Bool) -> TemplateToken {
        if parenthesisDepth > 0 { return fail("unclosed left paren") }
        let delimiter = position + (trims ? Self.trimMarkerLength : 0)
        let range = delimiter..<(delimiter + Self.rightDelimiter.count)
        skipRightDelimiter(trims)
        insideAction = false
        return TemplateToken(kind: .rightDelimiter, range: range, bytes: bytes[range])
    }

    /// A run of blanks, less the last one where that belongs to ` -}}`.
    private mutating func space() -> TemplateToken {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
        if rightDelimiter(at: position - 1) == true {
            position -= 1
            if position == start { return closeAction(true) }
        }
        return emit(.space)
    }

    private mutating func single(_ kind: TemplateToken.Kind) -> TemplateToken {
        position += 1
        return emit(kind)
    }

    private mutating func quoted(_ kind: TemplateToken.Kind, by quote: Unicode.Scalar, orFail message: String) -> TemplateToken {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: quote) { return emit(kind) }
            if byte == UInt8(ascii: "\\") {
                guard position < bytes.count, bytes[position] != UInt8(ascii: "\n") else { break }
                position += 1
            }
        }
        return fail(message)
    }

    private mutating func rawString() -> TemplateToken {
        guard let closing = find([UInt8(ascii: "`")], from: position + 1) else { return fail("unterminated raw quoted string") }
        position = closing + 1
        return emit(.rawString)
    }

    /// `.Name` or `$name`, or the mark alone.
    private mutating func name(_ kind: TemplateToken.Kind, alone: TemplateToken.Kind) -> TemplateToken {
        position += 1
        if isAtTerminator { return emit(alone) }
        skipWordScalars()
        return isAtTerminator ? emit(kind) : failAtBadCharacter()
    }

    private mutating func word() -> TemplateToken {
        skipWordScalars()
        guard isAtTerminator else { return failAtBadCharacter() }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        if let keyword = TemplateToken.Keyword.byName[word] { return emit(.keyword(keyword)) }
        return emit(word == "true" || word == "false" ? .boolean : .identifier)
    }

    private mutating func number() -> TemplateToken {
        guard scanNumber() else { return failAtBadNumber() }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") else {
            return emit(.number)
        }
        guard scanNumber(), bytes[position - 1] == UInt8(ascii: "i") else { return failAtBadNumber() }
        return emit(.complexNumber)
    }

    /// Takes what looks like a number; whether it is one, the parser finds out.
    private mutating func scanNumber() -> Bool {
        accept("+-")
        var digits = "0123456789_"
        var isDecimal = true
        if accept("0") {
            if accept("xX") {
                (digits, isDecimal) = ("0123456789abcdefABCDEF_", false)
            } else if accept("oO") {
                (digits, isDecimal) = ("01234567_", false)
            } else if accept("bB") {
                (digits, isDecimal) = ("01_", false)
            }
        }
        acceptRun(digits)
        if accept(".") { acceptRun(digits) }
        if isDecimal ? accept("eE") : (digits.count == 23 && accept("pP")) {
            accept("+-")
            acceptRun("0123456789_")
        }
        accept("i")
        guard position < bytes.count, Self.isWordScalar(peekScalar()) else { return true }
        position += UTF8.width(peekScalar())
        return false
    }

    @discardableResult
    private mutating func accept(_ choices: String) -> Bool {
        guard position < bytes.count, choices.utf8.contains(bytes[position]) else { return false }
        position += 1
        return true
    }

    private mutating func acceptRun(_ choices: String) { while accept(choices) {} }
}

// MARK: - Letters

extension TemplateLexer {
    private mutating func emit(_ kind: TemplateToken.Kind) -> TemplateToken {
        TemplateToken(kind: kind, range: start..<position, bytes: bytes[start..<position])
    }

    private mutating func fail(_ message: String) -> TemplateToken {
        let token = TemplateToken(kind: .failure(message), range: start..<max(start, position), bytes: [])
        failed = token
        return token
    }

    private mutating func failAtBadCharacter() -> TemplateToken {
        fail("bad character \(GoQuote.codePoint(peekScalar()))")
    }

    private mutating func failAtBadNumber() -> TemplateToken {
        fail("bad number syntax: \(GoQuote.quoted(Array(bytes[start..<position])))")
    }

    private func find(_ pattern: [UInt8], from offset: Int) -> Int? {
        guard let first = pattern.first else { return nil }
        var candidate = offset
        while candidate + pattern.count <= bytes.count {
            if bytes[candidate] == first, bytes[candidate..<(candidate + pattern.count)].elementsEqual(pattern) {
                return candidate
            }
            candidate += 1
        }
        return nil
    }

    private func starts(with pattern: StaticString, at offset: Int) -> Bool {
        let count = pattern.utf8CodeUnitCount
        guard offset >= 0, offset + count <= bytes.count else { return false }
        return bytes[offset..<(offset + count)].elementsEqual(pattern.description.utf8)
    }

    private func hasLeftTrimMarker(at offset: Int) -> Bool {
        offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: "-") && Self.isSpace(bytes[offset + 1])
    }

    private func hasRightTrimMarker(at offset: Int) -> Bool {
        offset >= 0 && offset + 1 < bytes.count && Self.isSpace(bytes[offset]) && bytes[offset + 1] == UInt8(ascii: "-")
    }

    private func isDigit(at offset: Int) -> Bool {
        offset >= bytes.count || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset])
    }

    /// Whether a word may end here: what follows is a blank, the end, punctuation or the right delimiter.
    private var isAtTerminator: Bool {
        guard position < bytes.count else { return true }
        if Self.isSpace(bytes[position]) { return true }
        return ".,|:)(".utf8.contains(bytes[position]) || starts(with: "}}", at: position)
    }

    private mutating func skipWordScalars() {
        while position < bytes.count, Self.isWordScalar(peekScalar()) { position += UTF8.width(peekScalar()) }
    }

    /// The scalar at the reading position, U+FFFD where the bytes are not UTF-8 and NUL at the end.
    private func peekScalar() -> Unicode.Scalar {
        guard position < bytes.count else { return "\0" }
        return GoQuote.decode(bytes, at: position).scalar
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    /// A letter, a decimal digit or an underscore, in Unicode's sense as in Go's.
    static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": return true
        case _ where scalar.isASCII: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: return true
        default: return false
        }
    }
}
