/// Expressions, from the loosest operator to the tightest.
extension JinjaParser {
    private func node(_ kind: JinjaExpression.Kind, from start: Int) -> JinjaExpression {
        JinjaExpression(kind, start..<max(start, lastEnd))
    }

    private var here: Int { current.range.lowerBound }

    /// One expression, or several with commas between them, which are a tuple.
    mutating func parseTuple(
        allowsConditional: Bool = true, endsAtRecursive: Bool = false, inParentheses: Bool = false
    ) throws(JinjaProblem) -> JinjaExpression {
        let start = here
        var elements: [JinjaExpression] = []
        var isTuple = false
        while !isTupleEnd(endsAtRecursive) {
            elements.append(try parseExpression(allowsConditional: allowsConditional))
            guard skip(.comma) else { break }
            isTuple = true
        }
        if !isTuple, let element = elements.first { return element }
        if !isTuple, !inParentheses { throw problem("Expected an expression, got '\(current.description)'") }
        return node(.tuple(elements), from: start)
    }

    private func isTupleEnd(_ endsAtRecursive: Bool) -> Bool {
        current.kind == .outputEnd || current.kind == .blockEnd || at(.closeParenthesis)
            || (endsAtRecursive && at(name: "recursive"))
    }

    mutating func parseExpression(allowsConditional: Bool = true) throws(JinjaProblem) -> JinjaExpression {
        try nested { parser throws(JinjaProblem) in
            allowsConditional ? try parser.parseConditional() : try parser.parseOr()
        }
    }

    private mutating func parseConditional() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        var value = try parseOr()
        while skip(name: "if") {
            conditionalDepth += 1
            defer { conditionalDepth -= 1 }
            let test = try parseOr()
            var otherwise: JinjaExpression?
            if skip(name: "else") {
                otherwise = try nested { parser throws(JinjaProblem) in try parser.parseConditional() }
            }
            value = try checkedDepth(node(.conditional(test: test, then: value, otherwise: otherwise), from: start))
        }
        return value
    }

    private mutating func parseOr() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        var left = try parseAnd()
        while skip(name: "or") { left = try checkedDepth(node(.or(left, try parseAnd()), from: start)) }
        return left
    }

    private mutating func parseAnd() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        var left = try parseNot()
        while skip(name: "and") { left = try checkedDepth(node(.and(left, try parseNot()), from: start)) }
        return left
    }

    private mutating func parseNot() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        guard skip(name: "not") else { return try parseComparison() }
        return node(.not(try nested { parser throws(JinjaProblem) in try parser.parseNot() }), from: start)
    }

    private mutating func parseComparison() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        let left = try parseSum()
        var operations: [(operation: JinjaComparison, value: JinjaExpression)] = []
        while let operation = takeComparison() { operations.append((operation, try parseSum())) }
        return operations.isEmpty ? left : node(.compare(left, operations), from: start)
    }

    private mutating func takeComparison() -> JinjaComparison? {
        switch current.kind {
        case .symbol(let symbol):
            guard let operation = JinjaComparison(rawValue: symbol.rawValue) else { return nil }
            take()
            return operation
        case .name("in"):
            take()
            return .isIn
        case .name("not") where following.kind == .name("in"):
            take()
            take()
            return .isNotIn
        default: return nil
        }
    }

    private mutating func parseSum() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        var left = try parseConcatenation()
        while true {
            if at(.add) {
                left = try checkedDepth(try parseTerms(after: left, from: start))
            } else if skip(.subtract) {
                left = try checkedDepth(node(.binary(.subtract, left, try parseConcatenation()), from: start))
            } else {
                return left
            }
        }
    }

    private mutating func parseTerms(after first: JinjaExpression, from start: Int) throws(JinjaProblem) -> JinjaExpression {
        var terms = [JinjaTerm(value: first, end: lastEnd)]
        while skip(.add) { terms.append(JinjaTerm(value: try parseConcatenation(), end: lastEnd)) }
        return node(.sum(terms), from: start)
    }

    private mutating func parseConcatenation() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        let first = try parseProduct()
        guard at(.tilde) else { return first }
        var parts = [first]
        while skip(.tilde) { parts.append(try parseProduct()) }
        return node(.concatenation(parts), from: start)
    }

    private mutating func parseProduct() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        var left = try parsePower()
        while case .symbol(let symbol) = current.kind, [.multiply, .divide, .floorDivide, .modulo].contains(symbol),
            let operation = JinjaOperator(rawValue: symbol.rawValue)
        {
            take()
            left = try checkedDepth(node(.binary(operation, left, try parsePower()), from: start))
        }
        return left
    }

    private mutating func parsePower() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        var left = try parseUnary()
        while skip(.power) { left = try checkedDepth(node(.binary(.power, left, try parseUnary()), from: start)) }
        return left
    }

    private mutating func parseUnary(withFilters: Bool = true) throws(JinjaProblem) -> JinjaExpression {
        let start = here
        var value: JinjaExpression
        if skip(.subtract) {
            value = node(
                .negate(try nested { parser throws(JinjaProblem) in try parser.parseUnary(withFilters: false) }), from: start)
        } else if skip(.add) {
            value = node(
                .plus(try nested { parser throws(JinjaProblem) in try parser.parseUnary(withFilters: false) }), from: start)
        } else {
            value = try parsePrimary()
        }
        value = try parsePostfix(value)
        return withFilters ? try parseFiltersAndTests(value) : value
    }

    // MARK: - Primaries

    mutating func parsePrimary() throws(JinjaProblem) -> JinjaExpression {
        let token = current
        let start = token.range.lowerBound
        switch token.kind {
        case .name(let name):
            take()
            return node(Self.constant(named: name).map { .constant($0) } ?? .name(named(name), id: nextName()), from: start)
        case .string: return try parseStrings()
        case .integer(let value):
            take()
            return node(.constant(.int(value)), from: start)
        case .wideInteger(let digits):
            take()
            return node(.constant(.wide(digits)), from: start)
        case .float(let value):
            take()
            return node(.constant(.float(value)), from: start)
        case .symbol(.openParenthesis):
            take()
            let value = try parseTuple(inParentheses: true)
            try expect(.closeParenthesis)
            return value
        case .symbol(.openBracket): return try parseList()
        case .symbol(.openBrace): return try parseDict()
        default: throw problem("unexpected '\(token.description)'")
        }
    }

    private static func constant(named name: String) -> JinjaConstant? {
        switch name {
        case "true", "True": .bool(true)
        case "false", "False": .bool(false)
        case "none", "None": JinjaConstant.none
        default: nil
        }
    }

    /// Neighbouring string literals are one.
    private mutating func parseStrings() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        var text = JinjaString(bytes: [])
        while case .string(let part) = current.kind {
            text.bytes += part.bytes
            take()
        }
        return node(.constant(.string(text)), from: start)
    }

    private mutating func parseList() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        take()
        var elements: [JinjaExpression] = []
        while !at(.closeBracket) {
            if !elements.isEmpty { try expect(.comma) }
            if at(.closeBracket) { break }
            elements.append(try parseExpression())
        }
        try expect(.closeBracket)
        return node(.list(elements), from: start)
    }

    private mutating func parseDict() throws(JinjaProblem) -> JinjaExpression {
        let start = here
        take()
        var members: [(key: JinjaExpression, value: JinjaExpression)] = []
        while !at(.closeBrace) {
            if !members.isEmpty { try expect(.comma) }
            if at(.closeBrace) { break }
            let key = try parseExpression()
            try expect(.colon)
            members.append((key, try parseExpression()))
        }
        try expect(.closeBrace)
        return node(.dict(members), from: start)
    }
}
