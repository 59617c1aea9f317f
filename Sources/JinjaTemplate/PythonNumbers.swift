/// Python's arithmetic on integers of 64 bits and on floats.
enum PythonNumbers {
    static func negated(_ value: JinjaValue) throws(JinjaProblem) -> JinjaValue {
        switch value.numeric {
        case .int(let value)?: return .int(try exact(value.multipliedReportingOverflow(by: -1)))
        case .float(let value)?: return .float(-value)
        case nil: throw unary("-", value)
        }
    }

    static func plus(_ value: JinjaValue) throws(JinjaProblem) -> JinjaValue {
        switch value.numeric {
        case .int(let value)?: return .int(value)
        case .float?: return value
        case nil: throw unary("+", value)
        }
    }

    private static func unary(_ sign: String, _ value: JinjaValue) -> JinjaProblem {
        if case .undefined(let reason) = value { return JinjaProblem(reason.message) }
        return JinjaProblem("bad operand type for unary \(sign): '\(value.typeName)'")
    }

    /// Python would go on with more digits.
    static func exact(_ result: (partialValue: Int, overflow: Bool)) throws(JinjaProblem) -> Int {
        if result.overflow { throw .limit("an integer of more than 64 bits") }
        return result.partialValue
    }

    static func compute(
        _ operation: JinjaOperator, _ left: JinjaNumeric, _ right: JinjaNumeric
    ) throws(JinjaProblem) -> JinjaValue {
        if case (.int(let left), .int(let right)) = (left, right) { return try integers(operation, left, right) }
        return .float(try floats(operation, left.double, right.double))
    }

    private static func integers(_ operation: JinjaOperator, _ left: Int, _ right: Int) throws(JinjaProblem) -> JinjaValue {
        switch operation {
        case .add: return .int(try exact(left.addingReportingOverflow(right)))
        case .subtract: return .int(try exact(left.subtractingReportingOverflow(right)))
        case .multiply: return .int(try exact(left.multipliedReportingOverflow(by: right)))
        case .power: return try power(left, right)
        case .divide:
            if right == 0 { throw JinjaProblem("division by zero") }
            return .float(Double(left) / Double(right))
        case .floorDivide, .modulo:
            if right == 0 { throw JinjaProblem("integer \(operation == .modulo ? "modulo" : "division or modulo") by zero") }
            let quotient = try exact(left.dividedReportingOverflow(by: right))
            let remainder = left - quotient * right
            let rounds = remainder != 0 && (remainder < 0) != (right < 0)
            if operation == .modulo { return .int(rounds ? remainder + right : remainder) }
            return .int(rounds ? quotient - 1 : quotient)
        }
    }

    private static func power(_ base: Int, _ exponent: Int) throws(JinjaProblem) -> JinjaValue {
        if exponent < 0 { return .float(try floats(.power, Double(base), Double(exponent))) }
        var result = 1
        var square = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = try exact(result.multipliedReportingOverflow(by: square)) }
            rest >>= 1
            if rest > 0 { square = try exact(square.multipliedReportingOverflow(by: square)) }
        }
        return .int(result)
    }

    private static func floats(_ operation: JinjaOperator, _ left: Double, _ right: Double) throws(JinjaProblem) -> Double {
        switch operation {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide:
            if right == 0 { throw JinjaProblem("float division by zero") }
            return left / right
        case .power: return try power(left, right)
        case .floorDivide, .modulo:
            if right == 0 { throw JinjaProblem(operation == .modulo ? "float modulo by zero" : "float floor division by zero") }
            var remainder = left.truncatingRemainder(dividingBy: right)
            if remainder != 0, (remainder < 0) != (right < 0) { remainder += right }
            if operation == .modulo { return remainder == 0 ? (right < 0 ? -0.0 : 0.0) : remainder }
            let quotient = (left - remainder) / right
            return quotient.rounded(.toNearestOrEven)
        }
    }

    /// Whole exponents by squaring; others would need a mathematics library, and no prompt needs them.
    private static func power(_ base: Double, _ exponent: Double) throws(JinjaProblem) -> Double {
        if base == 0, exponent < 0 { throw JinjaProblem("0.0 cannot be raised to a negative power") }
        if exponent == 0.5 { return base.squareRoot() }
        guard let whole = Int(exactly: exponent), whole.magnitude < 4096 else {
            throw JinjaProblem("'**' with the exponent \(PythonText.float(exponent)) is not computed")
        }
        var result = 1.0
        var square = base
        var rest = whole.magnitude
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return whole < 0 ? 1 / result : result
    }
}

extension JinjaEvaluator {
    mutating func binary(
        _ operation: JinjaOperator, _ left: JinjaValue, _ right: JinjaValue
    ) throws(JinjaProblem) -> JinjaValue {
        if let left = left.numeric, let right = right.numeric { return try PythonNumbers.compute(operation, left, right) }
        switch (operation, left, right) {
        case (_, .undefined(let reason), _), (_, _, .undefined(let reason)):
            // A text takes an undefined value as an argument of its format.
            guard operation == .modulo, case .string = left else { throw JinjaProblem(reason.message) }
        case (.add, .string(let left), .string(let right)): return .string(left + right)
        case (.add, .list(let left), .list(let right)): return .list(left.elements + right.elements)
        case (.add, .tuple(let left), .tuple(let right)): return .tuple(left.elements + right.elements)
        case (.multiply, .string(let text), let count), (.multiply, let count, .string(let text)):
            if case .int(let count)? = count.numeric { return .string(try repeated(text, count)) }
        case (.multiply, .list(let list), let count), (.multiply, let count, .list(let list)):
            if case .int(let count)? = count.numeric { return .list(try repeated(list.elements, count)) }
        case (.multiply, .tuple(let list), let count), (.multiply, let count, .tuple(let list)):
            if case .int(let count)? = count.numeric { return .tuple(try repeated(list.elements, count)) }
        default: break
        }
        if operation == .modulo, case .string(let format) = left { return .string(try printf(format, right)) }
        if operation == .add, case .string = left {
            throw JinjaProblem("can only concatenate str (not \"\(right.typeName)\") to str")
        }
        let sign = operation == .power ? "** or pow()" : operation.rawValue
        throw JinjaProblem("unsupported operand type(s) for \(sign): '\(left.typeName)' and '\(right.typeName)'")
    }

    private func repeated(_ text: JinjaString, _ count: Int) throws(JinjaProblem) -> JinjaString {
        guard count > 0 else { return JinjaString(bytes: []) }
        try check(count, times: text.bytes.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * text.bytes.count)
        if text.bytes.isEmpty { return text }
        for _ in 0..<count { bytes += text.bytes }
        return JinjaString(bytes: bytes)
    }

    private func repeated(_ elements: [JinjaValue], _ count: Int) throws(JinjaProblem) -> [JinjaValue] {
        guard count > 0, !elements.isEmpty else { return [] }
        let (total, overflow) = count.multipliedReportingOverflow(by: elements.count)
        try check(elements: overflow ? .max : total)
        return (0..<count).flatMap { _ in elements }
    }
}
