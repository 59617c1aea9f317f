/// `value.name` and `value[key]`, as Jinja's sandbox looks them up: the type's own attributes first for a dot, the elements first
/// for a bracket, each then the other. What is not there is undefined.
extension JinjaEvaluator {
    func attribute(_ name: JinjaName, of value: JinjaValue) throws(JinjaProblem) -> JinjaValue {
        if case .undefined(let reason) = value { throw JinjaProblem(reason.message) }
        if case .dict(let dict) = value, name.dictUse == nil {
            return dict[name.bytes] ?? .undefined(.missing(name, in: value))
        }
        return Self.ownAttribute(name, of: value) ?? .undefined(.missing(name, in: value))
    }

    /// `value["name"]`
    func member(_ name: JinjaName, of value: JinjaValue) throws(JinjaProblem) -> JinjaValue {
        if case .undefined(let reason) = value { throw JinjaProblem(reason.message) }
        if case .dict(let dict) = value, let member = dict[name.bytes] { return member }
        return Self.ownAttribute(name, of: value) ?? .undefined(.missing(name, in: value))
    }

    func item(_ key: JinjaValue, of value: JinjaValue) throws(JinjaProblem) -> JinjaValue {
        if case .undefined(let reason) = value { throw JinjaProblem(reason.message) }
        if let element = Self.element(key, of: value) { return element }
        guard case .string(let name) = key else { return .undefined(.element(key, of: value.objectTypeName)) }
        let found = JinjaName(name.text)
        return Self.ownAttribute(found, of: value) ?? .undefined(.missing(found, in: value))
    }

    private static func element(_ key: JinjaValue, of value: JinjaValue) -> JinjaValue? {
        if case .dict(let dict) = value {
            if case .string(let name) = key { return dict[name] }
            return JinjaKey(key).flatMap { dict[$0] }
        }
        guard case .int(let index)? = key.numeric else { return nil }
        switch value {
        case .list(let list), .tuple(let list): return place(index, list.elements.count).map { list.elements[$0] }
        case .range(let range): return place(index, range.count).map { .int(range.element($0)) }
        case .string(let text):
            return place(index, text.count).map { .string(text.slice($0..<($0 + 1))) }
        default: return nil
        }
    }

    private static func place(_ index: Int, _ count: Int) -> Int? {
        let place = index < 0 ? index.addingReportingOverflow(count).partialValue : index
        return (0..<count).contains(place) ? place : nil
    }

    /// What Python's type gives the value. Names that begin with an underscore lead out of the sandbox; there are none.
    private static func ownAttribute(_ name: JinjaName, of value: JinjaValue) -> JinjaValue? {
        func method(_ use: JinjaName.Use?) -> JinjaValue? {
            switch use {
            case .method?: .method(JinjaMethod(value, name.text))
            case .refused?: .undefined(.hint("access to attribute '\(name.text)' of '\(value.typeName)' object is unsafe."))
            case nil: nil
            }
        }
        switch value {
        case .dict: return method(name.dictUse)
        case .string: return method(name.textMethod.map { _ in .method })
        case .list: return method(name.listUse)
        case .tuple(let list):
            if list.isGroup, name.text == "grouper" || name.text == "list" { return list.elements[name.text == "grouper" ? 0 : 1] }
            return method(["index", "count"].contains(name.text) ? .method : nil)
        case .namespace(let namespace): return namespace[name.bytes]
        case .loop(let loop): return name.loopAttribute.map { loop.attribute($0) }
        case .macro(let macro): return attribute(name.text, of: macro)
        case .cycler(let cycler):
            if name.text == "current" { return cycler.items[cycler.position] }
            if name.text == "pos" { return .int(cycler.position) }
            return method(["next", "reset"].contains(name.text) ? .method : nil)
        case .range(let range): return attribute(name.text, of: range)
        case .int, .bool, .float: return numberAttribute(name.text, of: value)
        default: return nil
        }
    }

    private static func attribute(_ name: String, of macro: JinjaMacro) -> JinjaValue? {
        switch name {
        case "name": macro.node.name.isEmpty ? JinjaValue.none : .text(macro.node.name)
        case "arguments": .tuple(macro.node.parameters.map { .text($0.name) })
        default: nil
        }
    }

    private static func attribute(_ name: String, of range: JinjaRange) -> JinjaValue? {
        switch name {
        case "start": .int(range.start)
        case "step": .int(range.step)
        case "stop": .int(range.stop)
        case "index", "count": .method(JinjaMethod(.range(range), name))
        default: nil
        }
    }

    private static func numberAttribute(_ name: String, of value: JinjaValue) -> JinjaValue? {
        switch (name, value) {
        case ("real", .float): value
        case ("imag", .float): .float(0)
        case ("is_integer", .float), ("is_integer", .int): .method(JinjaMethod(value, name))
        case ("real", _), ("numerator", _): value.numeric.map { if case .int(let int) = $0 { .int(int) } else { value } }
        case ("imag", _): .int(0)
        case ("denominator", _): .int(1)
        default: nil
        }
    }

    // MARK: - Methods

    mutating func call(_ method: JinjaMethod, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaValue {
        try charge(method.receiver.weight)
        switch method.receiver {
        case .string(let text):
            guard let name = TextMethod(rawValue: method.name) else { return .none }
            return try call(name, of: text, arguments)
        case .dict(let dict): return try call(method.name, of: dict, arguments)
        case .list, .tuple, .range:
            return try callSequence(method.name, try method.receiver.iterated(), method.receiver, arguments)
        case .loop(let loop):
            if method.name == "changed" { return .bool(loop.changed(arguments.positional)) }
            guard !arguments.positional.isEmpty else { throw JinjaProblem("no items for cycling given") }
            return arguments.positional[loop.index % arguments.positional.count]
        case .cycler(let cycler):
            try arguments.refuseAny()
            let current = cycler.items[cycler.position]
            cycler.position = method.name == "reset" ? 0 : (cycler.position + 1) % cycler.items.count
            return method.name == "reset" ? .none : current
        case .float(let value): return .bool(value.isFinite && value == value.rounded())
        default: return .bool(true)
        }
    }

    func call(_ name: String, of dict: JinjaDict, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaValue {
        if name == "get" {
            if let named = arguments.named.first { throw JinjaProblem("dict.get() takes no keyword arguments ('\(named.name)')") }
            let values = try arguments.bound(["key", "default"], required: 1)
            return dict[try JinjaKey.of(values[0] ?? .none)] ?? (values[1] ?? .none)
        }
        try arguments.refuseAny()
        if name == "copy" { return .dict(dict) }
        guard let kind = JinjaView.Kind(rawValue: name) else { return .none }
        return .view(JinjaView(kind, dict))
    }

    private func callSequence(
        _ name: String, _ elements: [JinjaValue], _ receiver: JinjaValue, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> JinjaValue {
        if name == "copy" {
            try arguments.refuseAny()
            return receiver
        }
        let values = try arguments.bound(["value", "start", "stop"], required: 1)
        let wanted = values[0] ?? .none
        if name == "count" { return .int(elements.count { $0.isEqual(wanted) }) }
        let bounds = PythonSlice(
            start: try values[1].optionalInt("index"), stop: try values[2].optionalInt("index"), step: nil)
        guard
            case .range(let places) = try bounds.apply(
                to: .range(JinjaRange(start: 0, stop: elements.count, step: 1, count: elements.count))),
            let index = (places.start..<(places.start + places.count)).first(where: { elements[$0].isEqual(wanted) })
        else { throw JinjaProblem("\(PythonText.shortRepresentation(wanted)) is not in \(receiver.typeName)") }
        return .int(index)
    }
}
