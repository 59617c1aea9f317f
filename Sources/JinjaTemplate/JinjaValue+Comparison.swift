/// Python's `==`, `<`, `in`.
extension JinjaValue {
    /// A number's value, where it is one; booleans are numbers.
    var numeric: JinjaNumeric? {
        switch self {
        case .bool(let value): .int(value ? 1 : 0)
        case .int(let value): .int(value)
        case .float(let value): .float(value)
        default: nil
        }
    }

    func isEqual(_ other: JinjaValue) -> Bool {
        switch (self, other) {
        case (.string(let left), .string(let right)), (.wide(let left), .wide(let right)): return left == right
        case (.none, .none), (.undefined, .undefined), (.missing, .missing): return true
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            return left === right || left.elements.elementsEqual(right.elements) { $0.isEqual($1) }
        case (.dict(let left), .dict(let right)): return left === right || Self.areEqual(left, right)
        case (.range(let left), .range(let right)):
            return left.count == right.count && (left.count == 0 || left.start == right.start)
                && (left.count < 2 || left.step == right.step)
        case (.function(let left), .function(let right)): return left == right
        case (.namespace(let left), .namespace(let right)): return left === right
        case (.iterator, .iterator), (.macro, .macro), (.loop, .loop), (.cycler, .cycler), (.joiner, .joiner):
            return JinjaKey(self) == JinjaKey(other)
        default: break
        }
        guard let left = numeric, let right = other.numeric else { return false }
        return left == right
    }

    private static func areEqual(_ left: JinjaDict, _ right: JinjaDict) -> Bool {
        left.count == right.count
            && left.items.allSatisfy { key, value in
                guard let key = JinjaKey(key), let other = right[key] else { return false }
                return value.isEqual(other)
            }
    }

    /// `self < other`, or with `orEqual` `self <= other`.
    func isLess(
        _ other: JinjaValue, orEqual: Bool = false, operation: String = "<"
    ) throws(JinjaProblem) -> Bool {
        switch (self, other) {
        case (.undefined(let reason), _), (_, .undefined(let reason)): throw JinjaProblem(reason.message)
        case (.string(let left), .string(let right)): return orEqual ? !(right < left) : left < right
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            for (left, right) in zip(left.elements, right.elements) where !left.isEqual(right) {
                return try left.isLess(right, orEqual: orEqual, operation: operation)
            }
            let (left, right) = (left.elements.count, right.elements.count)
            return orEqual ? left <= right : left < right
        default:
            guard let left = numeric, let right = other.numeric else {
                throw JinjaProblem(
                    "'\(operation)' not supported between instances of '\(typeName)' and '\(other.typeName)'")
            }
            return orEqual ? left <= right : left < right
        }
    }

    /// `element in self`
    func contains(_ element: JinjaValue) throws(JinjaProblem) -> Bool {
        switch self {
        case .string(let text):
            guard case .string(let part) = element else {
                if case .undefined(let reason) = element { throw JinjaProblem(reason.message) }
                throw JinjaProblem("'in <string>' requires string as left operand, not \(element.typeName)")
            }
            return text.contains(part)
        case .dict(let dict): return dict[try JinjaKey.of(element)] != nil
        case .undefined: return false
        case .list, .tuple, .range, .view, .iterator, .loop:
            return try iterated().contains { $0.isEqual(element) }
        default: throw JinjaProblem("argument of type '\(typeName)' is not iterable")
        }
    }

    /// How many elements are ever made of one value.
    static let elementLimit = 500_000

    /// The elements that a loop over the value sees.
    func iterated() throws(JinjaProblem) -> [JinjaValue] {
        switch self {
        case .list(let list), .tuple(let list): return list.elements
        case .dict(let dict): return dict.keys
        case .string(let text):
            if text.bytes.count > JinjaValue.elementLimit {
                throw .limit("a text of \(text.bytes.count) bytes, cut into characters")
            }
            return text.characters.map { .string($0) }
        case .range(let range): return range.elements
        case .view(let view): return view.elements
        case .iterator(let iterator): return iterator.takeRest()
        case .undefined: return []
        case .loop(let loop): return loop.takeRest()
        default: throw JinjaProblem("'\(typeName)' object is not iterable")
        }
    }

    /// Python's `len`.
    func length() throws(JinjaProblem) -> Int {
        switch self {
        case .list(let list), .tuple(let list): return list.elements.count
        case .dict(let dict): return dict.count
        case .string(let text): return text.count
        case .range(let range): return range.count
        case .view(let view): return view.dict.count
        case .undefined: return 0
        case .loop(let loop): return loop.items.count
        default: throw JinjaProblem("object of type '\(typeName)' has no len()")
        }
    }
}

/// An int or a float, compared by size.
enum JinjaNumeric: Equatable {
    case int(Int)
    case float(Double)

    var double: Double {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value
        }
    }

    static func == (left: JinjaNumeric, right: JinjaNumeric) -> Bool {
        if case (.int(let left), .int(let right)) = (left, right) { return left == right }
        return left.double == right.double
    }

    static func < (left: JinjaNumeric, right: JinjaNumeric) -> Bool {
        if case (.int(let left), .int(let right)) = (left, right) { return left < right }
        return left.double < right.double
    }

    static func <= (left: JinjaNumeric, right: JinjaNumeric) -> Bool { left < right || left == right }
}
