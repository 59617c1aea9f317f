/// What a template can call without being given it.
enum JinjaFunction: String {
    case range, dict, namespace, cycler, joiner
    case raiseException = "raise_exception"
    case timeNow = "strftime_now"

    var isClass: Bool { self == .range || self == .cycler || self == .joiner }

    /// Namespaces take no attribute with an underscore in front, as in transformers.
    static func checkAttribute(_ name: String) throws(JinjaProblem) {
        guard name.hasPrefix("_") else { return }
        throw JinjaProblem(
            "Chat templates cannot store underscore-prefixed attributes on a namespace, but got '\(name)'. Please rename the attribute."
        )
    }
}

extension JinjaEvaluator {
    mutating func call(_ function: JinjaFunction, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaValue {
        switch function {
        case .range: return .range(try Self.range(arguments))
        case .dict: return .dict(try Self.dict(arguments))
        case .namespace:
            let namespace = JinjaNamespace()
            hold(namespace)
            if arguments.positional.isEmpty {
                for (name, value) in arguments.named {
                    try JinjaFunction.checkAttribute(name)
                    namespace[JinjaString(name)] = try checked(value)
                }
                return .namespace(namespace)
            }
            let members = try Self.dict(arguments)
            for (key, value) in members.items {
                guard case .string(let name) = key else { continue }
                try JinjaFunction.checkAttribute(name.text)
                namespace[name] = try checked(value)
            }
            return .namespace(namespace)
        case .cycler:
            if arguments.positional.isEmpty { throw JinjaProblem("at least one item has to be provided") }
            return .cycler(JinjaCycler(arguments.positional))
        case .joiner: return .joiner(JinjaJoiner(try arguments.bound(["sep"])[0] ?? .text(", ")))
        case .raiseException:
            let message = try arguments.bound(["message"], required: 1)[0] ?? .none
            throw JinjaProblem(try PythonText.string(message).text, kind: .raised)
        case .timeNow:
            let format = try arguments.bound(["format"], required: 1)[0].text("", "strftime")
            try check(format.bytes.count, times: 24)
            return .text(now.formatted(format.text))
        }
    }

    /// As large as Jinja's sandbox lets a range be.
    private static let longestRange = 100_000

    private static func range(_ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaRange {
        if arguments.positional.isEmpty { throw JinjaProblem("range expected at least 1 argument, got 0") }
        let values = try arguments.bound(["start", "stop", "step"]).map { $0 }
        let first = try values[0].int(0, "range")
        let start = values[1] == nil ? 0 : first
        let stop = values[1] == nil ? first : try values[1].int(0, "range")
        let step = try values[2].int(1, "range")
        if step == 0 { throw JinjaProblem("range() arg 3 must not be zero") }
        let distance = step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
        if step == .min || distance.overflow { throw .limit("a range of more than \(longestRange) numbers") }
        let count = distance.partialValue <= 0 ? 0 : (distance.partialValue - 1) / abs(step) + 1
        if count > longestRange {
            throw .limit("Range too big. The sandbox blocks ranges larger than MAX_RANGE (\(longestRange)).")
        }
        return JinjaRange(start: start, stop: stop, step: step, count: count)
    }

    /// `dict(…)`: members of a dict or pairs, then named ones.
    private static func dict(_ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaDict {
        var members: [(JinjaValue, JinjaValue)] = []
        if arguments.positional.count > 1 {
            throw JinjaProblem("dict expected at most 1 argument, got \(arguments.positional.count)")
        }
        switch arguments.positional.first {
        case nil: break
        case .dict(let dict)?: members += dict.items
        case let pairs?:
            for pair in try pairs.iterated() {
                let parts = try pair.iterated()
                guard parts.count == 2 else {
                    throw JinjaProblem("dictionary update sequence element has length \(parts.count); 2 is required")
                }
                members.append((parts[0], parts[1]))
            }
        }
        members += arguments.named.map { (.text($0.name), $0.value) }
        return try JinjaDict.merging(members)
    }
}
