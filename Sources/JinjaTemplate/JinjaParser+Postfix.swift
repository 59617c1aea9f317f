/// What follows a value: attributes, subscripts, calls, filters and tests.
extension JinjaParser {
    private func node(_ kind: JinjaExpression.Kind, from start: Int) -> JinjaExpression {
        JinjaExpression(kind, start..<max(start, lastEnd))
    }

    mutating func parsePostfix(_ value: JinjaExpression) throws(JinjaProblem) -> JinjaExpression {
        var value = value
        while true {
            if at(.dot) {
                value = try parseAttribute(of: value)
            } else if at(.openBracket) {
                value = try parseSubscript(of: value)
            } else if at(.openParenthesis) {
                value = try parseCall(of: value)
            } else {
                return value
            }
            value = try checkedDepth(value)
        }
    }

    mutating func parseFiltersAndTests(_ value: JinjaExpression) throws(JinjaProblem) -> JinjaExpression {
        var value = value
        while true {
            if at(.pipe) {
                value = try parseFilters(value)
            } else if at(name: "is") {
                value = try parseTest(of: value)
            } else if at(.openParenthesis) {
                value = try parseCall(of: value)
            } else {
                return value
            }
            value = try checkedDepth(value)
        }
    }

    /// A chain of operators nests to the left as deep as it is long.
    func checkedDepth(_ value: JinjaExpression) throws(JinjaProblem) -> JinjaExpression {
        if value.depth > Self.deepestExpression {
            throw JinjaProblem("an expression nested deeper than \(Self.deepestExpression)", kind: .limit, range: current.range)
        }
        return value
    }

    private static let deepestExpression = 250

    private mutating func parseAttribute(of value: JinjaExpression) throws(JinjaProblem) -> JinjaExpression {
        take()
        let token = take()
        switch token.kind {
        case .name(let name): return node(.attribute(value, named(name)), from: value.range.lowerBound)
        case .integer(let index):
            let item = JinjaExpression(.constant(.int(index)), token.range)
            return node(.item(value, item), from: value.range.lowerBound)
        default: throw problem("expected name or number", at: token.range)
        }
    }

    private mutating func parseSubscript(of value: JinjaExpression) throws(JinjaProblem) -> JinjaExpression {
        let start = value.range.lowerBound
        take()
        if at(.closeBracket) {
            // Python's empty tuple, which finds nothing.
            let nothing = JinjaExpression(.tuple([]), take().range)
            return node(.item(value, nothing), from: start)
        }
        if let slice = try parseSlice(of: value, first: nil) { return slice }
        let first = try parseExpression()
        if let slice = try parseSlice(of: value, first: first) { return slice }
        guard at(.comma) else {
            try expect(.closeBracket)
            if case .constant(.string(let name)) = first.kind { return node(.member(value, named(name.text)), from: start) }
            return node(.item(value, first), from: start)
        }
        var elements = [first]
        while skip(.comma) {
            if at(.closeBracket) { break }
            elements.append(try parseExpression())
        }
        try expect(.closeBracket)
        return node(.item(value, node(.tuple(elements), from: first.range.lowerBound)), from: start)
    }

    private mutating func parseSlice(
        of value: JinjaExpression, first: JinjaExpression?
    ) throws(JinjaProblem) -> JinjaExpression? {
        guard skip(.colon) else { return nil }
        var stop: JinjaExpression?
        var step: JinjaExpression?
        if !at(.colon), !at(.closeBracket) { stop = try parseExpression() }
        if skip(.colon), !at(.closeBracket) { step = try parseExpression() }
        try expect(.closeBracket)
        return node(.slice(value, start: first, stop: stop, step: step), from: value.range.lowerBound)
    }

    private mutating func parseCall(of value: JinjaExpression) throws(JinjaProblem) -> JinjaExpression {
        let arguments = try parseArguments()
        return node(.call(value, arguments), from: value.range.lowerBound)
    }

    private mutating func parseArguments() throws(JinjaProblem) -> JinjaArgumentList {
        let opening = try expect(.openParenthesis)
        var positional: [JinjaExpression] = []
        var named: [(name: String, value: JinjaExpression)] = []
        var rest: JinjaExpression?
        var namedRest: JinjaExpression?
        var isFirst = true
        while !at(.closeParenthesis) {
            if !isFirst { try expect(.comma) }
            if at(.closeParenthesis) { break }
            isFirst = false
            var isValid = namedRest == nil
            if skip(.multiply) {
                isValid = isValid && rest == nil
                rest = try parseExpression()
            } else if skip(.power) {
                namedRest = try parseExpression()
            } else if case .name(let name) = current.kind, following.kind == .symbol(.assign) {
                take()
                take()
                named.append((name, try parseExpression()))
            } else {
                isValid = isValid && rest == nil && named.isEmpty
                positional.append(try parseExpression())
            }
            if !isValid { throw problem("invalid syntax for function call expression", at: opening.range) }
        }
        try expect(.closeParenthesis)
        return JinjaArgumentList(positional: positional, named: named, rest: rest, namedRest: namedRest)
    }

    // MARK: - Filters and tests

    private mutating func parseDottedName() throws(JinjaProblem) -> (name: String, range: Range<Int>) {
        var (name, range) = try expectName()
        while skip(.dot) {
            let part = try expectName()
            name += "." + part.name
            range = range.lowerBound..<part.range.upperBound
        }
        return (name, range)
    }

    /// `| name(arguments)`, as often as it comes; without the first `|` where the tag stands for it.
    mutating func parseFilters(
        _ value: JinjaExpression, startsInline: Bool = false
    ) throws(JinjaProblem) -> JinjaExpression {
        var value = value
        var isInline = startsInline
        while isInline || at(.pipe) {
            if !isInline { take() }
            isInline = false
            let (name, range) = try parseDottedName()
            let filter = JinjaFilter(rawValue: name)
            if filter == nil, conditionalDepth == 0 { throw problem("No filter named '\(name)'.", at: range) }
            let arguments = at(.openParenthesis) ? try parseArguments() : JinjaArgumentList()
            value = node(.filter(value, name: name, filter, arguments), from: value.range.lowerBound)
            value = try checkedDepth(value)
        }
        return value
    }

    private mutating func parseTest(of value: JinjaExpression) throws(JinjaProblem) -> JinjaExpression {
        take()
        let isNegated = skip(name: "not")
        let (name, range) = try parseDottedName()
        let test = JinjaTest(rawValue: name)
        if test == nil, conditionalDepth == 0 { throw problem("No test named '\(name)'.", at: range) }
        var arguments = JinjaArgumentList()
        if at(.openParenthesis) {
            arguments = try parseArguments()
        } else if startsTestArgument {
            if at(name: "is") { throw problem("You cannot chain multiple tests with is") }
            let primary = try nested { parser throws(JinjaProblem) in try parser.parsePrimary() }
            arguments = JinjaArgumentList(positional: [try parsePostfix(primary)])
        }
        let tested = node(.test(value, name: name, test, arguments), from: value.range.lowerBound)
        return isNegated ? node(.not(tested), from: value.range.lowerBound) : tested
    }

    /// Whether the current word begins the argument of a test written without parentheses: `is divisibleby 3`.
    private var startsTestArgument: Bool {
        switch current.kind {
        case .name(let name): !["else", "or", "and"].contains(name)
        case .string, .integer, .wideInteger, .float, .symbol(.openBracket), .symbol(.openBrace): true
        default: false
        }
    }
}
