/// Expressions.
extension JinjaEvaluator {
    /// What an expression comes to. Its cost is counted by the statement that it belongs to.
    mutating func evaluate(_ expression: JinjaExpression) throws(JinjaProblem) -> JinjaValue {
        switch expression.kind {
        case .constant(let constant): return JinjaValue(constant)
        case .name(_, let id):
            let value = value(at: layout.places[id])
            if case .missing = value, case .name(let name, _) = expression.kind { return .undefined(.name(name)) }
            return value
        case .attribute(let owner, let name):
            let value = try evaluate(owner)
            position = expression.range
            return try attribute(name, of: value)
        case .member(let owner, let name):
            let value = try evaluate(owner)
            position = expression.range
            return try member(name, of: value)
        case .compare(let first, let operations): return .bool(try compare(first, operations, expression.range))
        case .not(let value): return .bool(!(try evaluate(value).isTrue))
        case .and(let left, let right):
            let value = try evaluate(left)
            return value.isTrue ? try evaluate(right) : value
        case .or(let left, let right):
            let value = try evaluate(left)
            return value.isTrue ? value : try evaluate(right)
        case .test(let value, let name, let test, let arguments):
            return .bool(try evaluateTest(value, name, test, arguments, expression.range))
        case .filter(let value, let name, let filter, let arguments):
            return try evaluateFilter(value, name, filter, arguments, expression.range)
        case .call: return try evaluateCall(expression, caller: nil)
        case .sum(let terms): return try evaluateSum(terms, expression.range.lowerBound)
        default: return try evaluateOperation(expression)
        }
    }

    private mutating func evaluateOperation(_ expression: JinjaExpression) throws(JinjaProblem) -> JinjaValue {
        switch expression.kind {
        case .bodyText: return bodyText
        case .item(let owner, let key):
            let value = try evaluate(owner)
            let key = try evaluate(key)
            position = expression.range
            if case .string(let text) = key { try charge(text.bytes.count >> 4) }
            if case .string(let text) = value { try charge(text.bytes.count >> 5) }
            return try item(key, of: value)
        case .conditional(let test, let then, let otherwise):
            if try evaluate(test).isTrue { return try evaluate(then) }
            if let otherwise { return try evaluate(otherwise) }
            return .undefined(
                .hint("the inline if-expression evaluated to false and no else section was defined."))
        case .binary(let operation, let left, let right):
            let left = try evaluate(left)
            let right = try evaluate(right)
            position = expression.range
            return try checked(try binary(operation, left, right))
        case .negate(let value), .plus(let value):
            let value = try evaluate(value)
            position = expression.range
            if case .negate = expression.kind { return try PythonNumbers.negated(value) }
            return try PythonNumbers.plus(value)
        case .concatenation(let parts): return try concatenate(parts, expression.range)
        case .slice(let owner, let start, let stop, let step):
            return try evaluateSlice(owner, [start, stop, step], expression.range)
        default: return try evaluateLiteral(expression)
        }
    }

    /// `a + b + c`: texts grow in one buffer.
    private mutating func evaluateSum(_ terms: [JinjaTerm], _ start: Int) throws(JinjaProblem) -> JinjaValue {
        let first = try evaluate(terms[0].value)
        guard case .string(var text) = first else { return try add(terms, to: first, start) }
        for term in terms.dropFirst() {
            text.bytes += try evaluateText(term, after: first, start).bytes
            try charge(text.bytes.count >> 10)
            try check(bytes: text.bytes.count)
        }
        return .string(text)
    }

    /// The same, written at once where it is text.
    mutating func writeSum(_ terms: [JinjaTerm], _ start: Int) throws(JinjaProblem) {
        let first = try evaluate(terms[0].value)
        guard case .string(let text) = first else { return try write(try add(terms, to: first, start)) }
        try write(text.bytes)
        for term in terms.dropFirst() { try write(try evaluateText(term, after: first, start).bytes) }
    }

    /// Only another text can be added to a text.
    private mutating func evaluateText(
        _ term: JinjaTerm, after text: JinjaValue, _ start: Int
    ) throws(JinjaProblem) -> JinjaString {
        let value = try evaluate(term.value)
        position = start..<term.end
        if case .string(let text) = value { return text }
        return try PythonText.string(try binary(.add, text, value))
    }

    private mutating func add(
        _ terms: [JinjaTerm], to first: JinjaValue, _ start: Int
    ) throws(JinjaProblem) -> JinjaValue {
        var sum = first
        for term in terms.dropFirst() {
            let next = try evaluate(term.value)
            position = start..<term.end
            sum = try checked(try binary(.add, sum, next))
        }
        return sum
    }

    private mutating func evaluateLiteral(_ expression: JinjaExpression) throws(JinjaProblem) -> JinjaValue {
        switch expression.kind {
        case .list(let elements): return try checked(.list(JinjaList(try evaluate(elements))))
        case .tuple(let elements): return try checked(.tuple(JinjaList(try evaluate(elements))))
        case .dict(let members):
            var pairs: [(JinjaValue, JinjaValue)] = []
            for member in members { pairs.append((try evaluate(member.key), try evaluate(member.value))) }
            position = expression.range
            return try checked(.dict(try JinjaDict.merging(pairs)))
        default: return .none
        }
    }

    /// An expression that no statement has counted.
    mutating func evaluate(counted expression: JinjaExpression) throws(JinjaProblem) -> JinjaValue {
        try charge(expression.cost)
        depth += expression.depth
        defer { depth -= expression.depth }
        return try evaluate(expression)
    }

    mutating func evaluate(_ expressions: [JinjaExpression]) throws(JinjaProblem) -> [JinjaValue] {
        var values: [JinjaValue] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try evaluate(expression)) }
        return values
    }

    private mutating func concatenate(
        _ parts: [JinjaExpression], _ range: Range<Int>
    ) throws(JinjaProblem) -> JinjaValue {
        var text = JinjaString(bytes: [])
        for part in parts {
            let value = try evaluate(part)
            position = range
            text.bytes += try PythonText.string(value).bytes
        }
        return try checked(.string(text))
    }

    // MARK: - Comparisons

    private mutating func compare(
        _ first: JinjaExpression, _ operations: [(operation: JinjaComparison, value: JinjaExpression)], _ range: Range<Int>
    ) throws(JinjaProblem) -> Bool {
        var left = try evaluate(first)
        for (operation, expression) in operations {
            let right = try evaluate(expression)
            position = range
            guard try compare(left, operation, right) else { return false }
            left = right
        }
        return true
    }

    mutating func compare(
        _ left: JinjaValue, _ operation: JinjaComparison, _ right: JinjaValue
    ) throws(JinjaProblem) -> Bool {
        if case .string(let left) = left, case .string(let right) = right, operation == .equal || operation == .notEqual {
            return (left == right) == (operation == .equal)
        }
        try charge((left.weight + right.weight) >> 1)
        switch operation {
        case .equal: return left.isEqual(right)
        case .notEqual: return !left.isEqual(right)
        case .less: return try left.isLess(right)
        case .lessOrEqual: return try left.isLess(right, orEqual: true, operation: "<=")
        case .greater: return try Self.isGreater(left, right, orEqual: false)
        case .greaterOrEqual: return try Self.isGreater(left, right, orEqual: true)
        case .isIn: return try right.contains(left)
        case .isNotIn: return !(try right.contains(left))
        }
    }

    private static func isGreater(
        _ left: JinjaValue, _ right: JinjaValue, orEqual: Bool
    ) throws(JinjaProblem) -> Bool {
        if case .undefined(let reason) = left { throw JinjaProblem(reason.message) }
        // Swapped, so that one comparison serves both; the message must not be.
        let isComparable = left.numeric != nil && right.numeric != nil || left.typeName == right.typeName || right.isUndefined
        guard isComparable else {
            let sign = orEqual ? ">=" : ">"
            throw JinjaProblem("'\(sign)' not supported between instances of '\(left.typeName)' and '\(right.typeName)'")
        }
        return try right.isLess(left, orEqual: orEqual, operation: orEqual ? ">=" : ">")
    }

    // MARK: - Subscripts

    private mutating func evaluateSlice(
        _ owner: JinjaExpression, _ bounds: [JinjaExpression?], _ range: Range<Int>
    ) throws(JinjaProblem) -> JinjaValue {
        let value = try evaluate(owner)
        var numbers: [Int?] = []
        for bound in bounds {
            let value = try bound.map { bound throws(JinjaProblem) in try evaluate(bound) } ?? .none
            switch value {
            case .none: numbers.append(nil)
            case .int(let number): numbers.append(number)
            case .bool(let flag): numbers.append(flag ? 1 : 0)
            default:
                position = range
                throw JinjaProblem("slice indices must be integers or None or have an __index__ method")
            }
        }
        position = range
        return try checked(try PythonSlice(start: numbers[0], stop: numbers[1], step: numbers[2]).apply(to: value))
    }

    // MARK: - Filters and tests

    private mutating func evaluateFilter(
        _ value: JinjaExpression, _ name: String, _ filter: JinjaFilter?, _ list: JinjaArgumentList, _ range: Range<Int>
    ) throws(JinjaProblem) -> JinjaValue {
        let value = try evaluate(value)
        let arguments = try evaluate(list, for: name)
        position = range
        guard let filter else { throw JinjaProblem("No filter named '\(name)' found.") }
        return try checked(try apply(filter, to: value, arguments))
    }

    private mutating func evaluateTest(
        _ value: JinjaExpression, _ name: String, _ test: JinjaTest?, _ list: JinjaArgumentList, _ range: Range<Int>
    ) throws(JinjaProblem) -> Bool {
        let value = try evaluate(value)
        let arguments = try evaluate(list, for: name)
        position = range
        guard let test else { throw JinjaProblem("No test named '\(name)' found.") }
        return try passes(test, value, arguments)
    }
}

/// `value[start:stop:step]`
struct PythonSlice {
    let start: Int?
    let stop: Int?
    let step: Int?

    func apply(to value: JinjaValue) throws(JinjaProblem) -> JinjaValue {
        switch value {
        case .list(let list): return .list(try select(list.elements))
        case .tuple(let list): return .tuple(try select(list.elements))
        case .range(let range):
            let places = try places(count: range.count)
            let start = range.element(places.start)
            let step = range.step &* places.step
            return .range(
                JinjaRange(start: start, stop: start &+ places.count &* step, step: step, count: places.count))
        case .string(let text):
            if step ?? 1 == 1 {
                let places = try places(count: text.count)
                return .string(text.slice(places.start..<(places.start + places.count)))
            }
            if text.isASCII { return .string(JinjaString(bytes: try select(text.bytes))) }
            return .string(JinjaString(scalars: try select(text.scalars)))
        case .undefined(let reason): throw JinjaProblem(reason.message)
        default: throw JinjaProblem("'\(value.typeName)' object is not subscriptable")
        }
    }

    private func select<Element>(_ elements: [Element]) throws(JinjaProblem) -> [Element] {
        let (start, step, count) = try places(count: elements.count)
        if step == 1 { return Array(elements[start..<(start + count)]) }
        return (0..<count).map { elements[start + $0 * step] }
    }

    /// Python's rules for bounds that are missing, negative or too large.
    private func places(count: Int) throws(JinjaProblem) -> (start: Int, step: Int, count: Int) {
        let step = step ?? 1
        if step == 0 { throw JinjaProblem("slice step cannot be zero") }
        let low = step < 0 ? -1 : 0
        let high = step < 0 ? count - 1 : count
        func place(_ bound: Int?, _ fallback: Int) -> Int {
            guard let bound else { return fallback }
            return min(max(bound < 0 ? bound.addingReportingOverflow(count).partialValue : bound, low), high)
        }
        let start = place(self.start, step < 0 ? high : low)
        let stop = place(self.stop, step < 0 ? low : high)
        let distance = step < 0 ? start - stop : stop - start
        let stride = step == .min ? Int.max : abs(step)
        let taken = distance <= 0 ? 0 : (distance - 1) / stride + 1
        // A step longer than the value takes one element; its own size then does not matter.
        return (taken == 0 ? 0 : start, taken <= 1 ? (step < 0 ? -1 : 1) : step, taken)
    }
}
