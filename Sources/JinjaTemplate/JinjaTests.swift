/// What can stand after `is`.
enum JinjaTest: String {
    case odd, even, divisibleby, defined, undefined, filter, test, none, boolean, integer, float, lower, upper, string, mapping
    case number, sequence, iterable, callable, sameas, escaped
    case isFalse = "false"
    case isTrue = "true"
    case isIn = "in"
    case equalSign = "=="
    case eq, equalto
    case unequalSign = "!="
    case ne
    case greaterSign = ">"
    case gt, greaterthan
    case ge
    case greaterOrEqualSign = ">="
    case lessSign = "<"
    case lt, lessthan
    case lessOrEqualSign = "<="
    case le

    /// The comparison that the test is a name of.
    var comparison: JinjaComparison? {
        switch self {
        case .equalSign, .eq, .equalto: .equal
        case .unequalSign, .ne: .notEqual
        case .greaterSign, .gt, .greaterthan: .greater
        case .ge, .greaterOrEqualSign: .greaterOrEqual
        case .lessSign, .lt, .lessthan: .less
        case .lessOrEqualSign, .le: .lessOrEqual
        case .isIn: .isIn
        default: nil
        }
    }
}

extension JinjaEvaluator {
    mutating func passes(
        _ test: JinjaTest, _ value: JinjaValue, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> Bool {
        if let comparison = test.comparison {
            let other = try arguments.bound(["other"], required: 1)[0] ?? .none
            return try compare(value, comparison, other)
        }
        switch test {
        case .divisibleby:
            let divisor = try arguments.bound(["num"], required: 1)[0] ?? .none
            return !(try binary(.modulo, value, divisor)).isTrue
        case .sameas: return Self.isSame(value, try arguments.bound(["other"], required: 1)[0] ?? .none)
        case .odd, .even:
            try arguments.refuseAny()
            let remainder = try binary(.modulo, value, .int(2))
            return remainder.isEqual(.int(test == .odd ? 1 : 0))
        case .lower: return try PythonText.string(value).satisfies(.islower)
        case .upper: return try PythonText.string(value).satisfies(.isupper)
        case .filter: return JinjaFilter(rawValue: try Optional(value).text("", "filter").text) != nil
        case .test: return JinjaTest(rawValue: try Optional(value).text("", "test").text) != nil
        default:
            try arguments.refuseAny()
            return Self.isOfKind(test, value)
        }
    }

    private static func isOfKind(_ test: JinjaTest, _ value: JinjaValue) -> Bool {
        switch (test, value) {
        case (.defined, .undefined), (.defined, .missing): false
        case (.defined, _): true
        case (.undefined, .undefined), (.none, .none), (.boolean, .bool), (.string, .string), (.mapping, .dict): true
        case (.isTrue, .bool(let flag)): flag
        case (.isFalse, .bool(let flag)): !flag
        case (.integer, .int), (.integer, .wide), (.float, .float): true
        case (.number, .int), (.number, .wide), (.number, .float), (.number, .bool): true
        case (.callable, .macro), (.callable, .function), (.callable, .method), (.callable, .joiner), (.callable, .loop),
            (.callable, .undefined):
            true
        case (.sequence, .list), (.sequence, .tuple), (.sequence, .string), (.sequence, .dict), (.sequence, .range),
            (.sequence, .undefined):
            true
        case (.iterable, .list), (.iterable, .tuple), (.iterable, .string), (.iterable, .dict), (.iterable, .range),
            (.iterable, .view), (.iterable, .iterator), (.iterable, .loop), (.iterable, .undefined):
            true
        default: false
        }
    }

    /// Python's `is`: one object. Small values are one where they are equal, as in CPython.
    private static func isSame(_ left: JinjaValue, _ right: JinjaValue) -> Bool {
        switch (left, right) {
        case (.none, .none): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.float(let left), .float(let right)): left == right
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)): left === right
        case (.dict(let left), .dict(let right)): left === right
        case (.namespace(let left), .namespace(let right)): left === right
        default: false
        }
    }
}
