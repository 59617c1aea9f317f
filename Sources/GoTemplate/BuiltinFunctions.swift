/// text/template's functions.
enum BuiltinFunctions {}

// MARK: - Logic and comparison

extension BuiltinFunctions {
    static let logic: [String: TemplateFunction] = [
        "and": TemplateFunction(stoppingAt: false),
        "or": TemplateFunction(stoppingAt: true),
        "not": TemplateFunction([.value]) { arguments, _ in .bool(!arguments[0].isTrue) },
        "eq": TemplateFunction([.value], rest: .value) { arguments, _ throws(TemplateFunction.Refusal) in
            .bool(try equal(arguments[0], toAnyOf: arguments.dropFirst()))
        },
        "ne": TemplateFunction([.value, .value]) { arguments, _ throws(TemplateFunction.Refusal) in
            .bool(try !equal(arguments[0], toAnyOf: arguments.dropFirst()))
        },
        "lt": comparison { left, right throws(TemplateFunction.Refusal) in try less(left, right) },
        "le": comparison { left, right throws(TemplateFunction.Refusal) in try lessOrEqual(left, right) },
        "gt": comparison { left, right throws(TemplateFunction.Refusal) in try !lessOrEqual(left, right) },
        "ge": comparison { left, right throws(TemplateFunction.Refusal) in try !less(left, right) },
    ]

    private typealias Comparison = @Sendable (TemplateValue, TemplateValue) throws(TemplateFunction.Refusal) -> Bool

    private static func comparison(_ compare: @escaping Comparison) -> TemplateFunction {
        TemplateFunction([.value, .value]) { arguments, _ throws(TemplateFunction.Refusal) in
            .bool(try compare(arguments[0], arguments[1]))
        }
    }

    /// Go's basic kinds: only values of the same one compare.
    private enum Kind { case none, bool, int, float, string }

    private static func kind(_ value: TemplateValue) -> Kind {
        switch value {
        case .bool: .bool
        case .int: .int
        case .float, .number: .float
        case .string: .string
        case .absent, .null, .list, .map, .record, .function: .none
        }
    }

    private static func incomparable(_ left: TemplateValue, _ right: TemplateValue) -> TemplateFunction.Refusal {
        TemplateFunction.Refusal("incompatible types for comparison: \(left.typeName) and \(right.typeName)")
    }

    private static func isNil(_ value: TemplateValue) -> Bool {
        switch value {
        case .absent, .null: true
        case .list(let list): list.isNil
        case .map(let map): map.isNil
        default: false
        }
    }

    private static func equal(
        _ first: TemplateValue, toAnyOf others: ArraySlice<TemplateValue>
    ) throws(TemplateFunction.Refusal) -> Bool {
        if others.isEmpty { throw TemplateFunction.Refusal("missing argument for comparison") }
        for other in others where try equal(first, other) { return true }
        return false
    }

    private static func equal(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFunction.Refusal) -> Bool {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return left == right
        case (.int(let left), .int(let right)): return left == right
        case (.string(let left), .string(let right)): return left == right
        default: break
        }
        if let left = left.double, let right = right.double { return left == right }
        if kind(left) != kind(right) {
            if isNothing(left) || isNothing(right) { return false }
            throw incomparable(left, right)
        }
        return try equalCompounds(left, right)
    }

    private static func isNothing(_ value: TemplateValue) -> Bool {
        switch value {
        case .absent, .null: true
        default: false
        }
    }

    /// Nil equals nil; slices, maps and functions equal nothing else and may not be asked.
    private static func equalCompounds(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFunction.Refusal) -> Bool {
        switch (left, right) {
        case (.list, .list), (.map, .map), (.record, .record), (.function, .function): break
        default:
            guard isNothing(left) || isNothing(right) else {
                throw TemplateFunction.Refusal(
                    "non-comparable types \(shown(left, "%s")): \(left.typeName), \(right.typeName): \(shown(right, "%v"))")
            }
        }
        if isNil(left) || isNil(right) { return isNil(left) == isNil(right) }
        guard case .record(let left) = left, case .record(let right) = right, left.type === right.type else {
            throw TemplateFunction.Refusal("non-comparable type \(shown(right, "%s")): \(right.typeName)")
        }
        for (left, right) in zip(left.values, right.values) where try !equal(left, right) { return false }
        return true
    }

    /// A value for a message: not more than a few lines of it.
    private static func shown(_ value: TemplateValue, _ pattern: String) -> String {
        (try? GoFormat.printf(Array(pattern.utf8), [value], limit: 4096)).map { String(decoding: $0, as: UTF8.self) } ?? "…"
    }

    private static func less(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFunction.Refusal) -> Bool {
        let invalid = TemplateFunction.Refusal("invalid type for comparison")
        if kind(left) == .none || kind(right) == .none { throw invalid }
        if kind(left) != kind(right) { throw incomparable(left, right) }
        switch (left, right) {
        case (.int(let left), .int(let right)): return left < right
        case (.string(let left), .string(let right)): return left < right
        default:
            guard let left = left.double, let right = right.double else { throw invalid }
            return left < right
        }
    }

    private static func lessOrEqual(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFunction.Refusal) -> Bool {
        if try less(left, right) { return true }
        return try equal(left, right)
    }
}
