/// `len`, `index`, `slice` and `call`.
extension BuiltinFunctions {
    static let access: [String: TemplateFunction] = [
        "len": TemplateFunction([.value]) { arguments, _ throws(TemplateFunction.Refusal) in .int(try length(arguments[0])) },
        "index": TemplateFunction([.value], rest: .value) { arguments, _ throws(TemplateFunction.Refusal) in
            try index(arguments[0], arguments.dropFirst())
        },
        "slice": TemplateFunction([.value], rest: .value) { arguments, _ throws(TemplateFunction.Refusal) in
            try slice(arguments[0], arguments.dropFirst())
        },
        "call": TemplateFunction([.value], rest: .value) { arguments, context throws(TemplateFunction.Refusal) in
            try call(arguments, context)
        },
    ]

    private static func length(_ value: TemplateValue) throws(TemplateFunction.Refusal) -> Int {
        switch value {
        case .string(let text): return text.bytes.count
        case .list(let list): return list.elements.count
        case .map(let map): return map.count
        case .null: throw TemplateFunction.Refusal("len of nil pointer")
        case .absent: throw TemplateFunction.Refusal("reflect: call of reflect.Value.Type on zero Value")
        default: throw TemplateFunction.Refusal("len of type \(value.typeName)")
        }
    }

    /// An index for a slice or text of `count` elements; Go lets it reach one past the end here.
    private static func offset(_ value: TemplateValue, count: Int) throws(TemplateFunction.Refusal) -> Int {
        switch value {
        case .int(let offset):
            guard (0...count).contains(offset) else { throw TemplateFunction.Refusal("index out of range: \(offset)") }
            return offset
        case .absent, .null: throw TemplateFunction.Refusal("cannot index slice/array with nil")
        default: throw TemplateFunction.Refusal("cannot index slice/array with type \(value.typeName)")
        }
    }

    private static func index(
        _ value: TemplateValue, _ indices: ArraySlice<TemplateValue>
    ) throws(TemplateFunction.Refusal) -> TemplateValue {
        var item = value
        if case .null = item { item = .absent }
        if case .absent = item { throw TemplateFunction.Refusal("index of untyped nil") }
        for index in indices {
            switch item {
            case .list(let list):
                let offset = try offset(index, count: list.elements.count)
                guard offset < list.elements.count else {
                    throw TemplateFunction.Refusal("reflect: slice index out of range")
                }
                item = list[offset]
            case .string(let text):
                let offset = try offset(index, count: text.bytes.count)
                guard offset < text.bytes.count else { throw TemplateFunction.Refusal("reflect: string index out of range") }
                item = .int(Int(text.bytes[offset]))
            case .map(let map): item = map[try key(index)] ?? map.zero
            case .null, .absent: throw TemplateFunction.Refusal("index of nil pointer")
            default: throw TemplateFunction.Refusal("can't index item of type \(item.typeName)")
            }
        }
        return item
    }

    private static func key(_ value: TemplateValue) throws(TemplateFunction.Refusal) -> TemplateString {
        switch value {
        case .string(let text): return text
        case .absent, .null: throw TemplateFunction.Refusal("value is nil; should be of type string")
        default: throw TemplateFunction.Refusal("value has type \(value.typeName); should be string")
        }
    }

    private static func slice(
        _ value: TemplateValue, _ indices: ArraySlice<TemplateValue>
    ) throws(TemplateFunction.Refusal) -> TemplateValue {
        switch value {
        case .string(let text):
            if indices.count == 3 { throw TemplateFunction.Refusal("cannot 3-index slice a string") }
            let range = try bounds(indices, count: text.bytes.count)
            return .string(TemplateString(text.bytes[range]))
        case .list(let list):
            return .list(list.slice(try bounds(indices, count: list.elements.count)))
        case .null, .absent: throw TemplateFunction.Refusal("slice of untyped nil")
        default:
            if indices.count > 3 { break }
            throw TemplateFunction.Refusal("can't slice item of type \(value.typeName)")
        }
        throw TemplateFunction.Refusal("too many slice indexes: \(indices.count)")
    }

    private static func bounds(
        _ indices: ArraySlice<TemplateValue>, count: Int
    ) throws(TemplateFunction.Refusal) -> Range<Int> {
        if indices.count > 3 { throw TemplateFunction.Refusal("too many slice indexes: \(indices.count)") }
        var bounds = [0, count, count]
        for (position, index) in indices.enumerated() { bounds[position] = try offset(index, count: count) }
        for (low, high) in [(bounds[0], bounds[1]), (bounds[1], bounds[2])] where low > high {
            throw TemplateFunction.Refusal("invalid slice index: \(low) > \(high)")
        }
        return bounds[0]..<bounds[1]
    }

    private static func call(
        _ arguments: [TemplateValue], _ context: TemplateCallContext
    ) throws(TemplateFunction.Refusal) -> TemplateValue {
        switch arguments[0] {
        case .function(let function):
            let given = arguments.count - 1
            let wanted = function.parameters.count
            guard given == wanted || (given > wanted && function.rest != nil) else {
                let least = function.rest == nil ? "want \(wanted)" : "want at least \(wanted)"
                throw TemplateFunction.Refusal("wrong number of args for \(context.firstArgument): got \(given) \(least)")
            }
            return try function.body(Array(arguments.dropFirst()), context)
        case .null, .absent: throw TemplateFunction.Refusal("call of nil")
        default: throw TemplateFunction.Refusal("non-function \(context.firstArgument) of type \(arguments[0].typeName)")
        }
    }
}
