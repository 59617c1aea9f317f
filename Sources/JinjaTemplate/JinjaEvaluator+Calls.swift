/// Calls of macros, functions and methods.
extension JinjaEvaluator {
    mutating func evaluate(_ list: JinjaArgumentList, for name: String) throws(JinjaProblem) -> JinjaArguments {
        if list.isEmpty { return JinjaArguments(name) }
        var arguments = JinjaArguments(name, try evaluate(list.positional))
        for argument in list.named {
            if arguments.named.contains(where: { $0.name == argument.name }) {
                throw JinjaProblem("keyword argument repeated: \(argument.name)")
            }
            arguments.named.append((argument.name, try evaluate(argument.value)))
        }
        if let rest = list.rest { arguments.positional += try evaluate(rest).iterated() }
        guard let namedRest = list.namedRest else { return arguments }
        let value = try evaluate(namedRest)
        guard case .dict(let dict) = value else {
            throw JinjaProblem("argument after ** must be a mapping, not \(value.typeName)")
        }
        for (key, value) in dict.items {
            guard case .string(let key) = key else { throw JinjaProblem("keywords must be strings") }
            if arguments.named.contains(where: { $0.name == key.text }) {
                throw JinjaProblem("\(name)() got multiple values for keyword argument '\(key.text)'")
            }
            arguments.named.append((key.text, value))
        }
        return arguments
    }

    mutating func evaluateCall(_ expression: JinjaExpression, caller: JinjaValue?) throws(JinjaProblem) -> JinjaValue {
        guard case .call(let callee, let list) = expression.kind else { return .none }
        if caller == nil, case .attribute(let owner, let name) = callee.kind, name.textMethod != nil || name.dictUse == .method {
            return try evaluateMethod(name, of: owner, list, callee.range, expression.range)
        }
        let function = try evaluate(callee)
        var arguments = try evaluate(list, for: Self.name(of: callee))
        if let caller { arguments.named.append(("caller", caller)) }
        position = expression.range
        return try checked(try call(function, arguments))
    }

    /// `owner.name(…)`, without a value for the method in between where the owner is a text or a dict.
    private mutating func evaluateMethod(
        _ name: JinjaName, of owner: JinjaExpression, _ list: JinjaArgumentList, _ callee: Range<Int>, _ range: Range<Int>
    ) throws(JinjaProblem) -> JinjaValue {
        let receiver = try evaluate(owner)
        position = callee
        if case .string(let text) = receiver, let method = name.textMethod {
            let arguments = try evaluate(list, for: name.text)
            position = range
            try charge(receiver.weight)
            return try checked(try call(method, of: text, arguments))
        }
        if case .dict(let dict) = receiver, name.dictUse == .method {
            let arguments = try evaluate(list, for: name.text)
            position = range
            return try checked(try call(name.text, of: dict, arguments))
        }
        let function = try attribute(name, of: receiver)
        let arguments = try evaluate(list, for: name.text)
        position = range
        return try checked(try call(function, arguments))
    }

    private static func name(of callee: JinjaExpression) -> String {
        switch callee.kind {
        case .name(let name, _), .attribute(_, let name), .member(_, let name): name.text
        default: "function"
        }
    }

    mutating func call(_ function: JinjaValue, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaValue {
        switch function {
        case .macro(let macro): return .string(try call(macro, arguments))
        case .function(let function): return try call(function, arguments)
        case .method(let method): return try call(method, arguments)
        case .loop(let loop):
            guard let recursion = loop.recursion else {
                throw JinjaProblem("The loop must have the 'recursive' marker to be called recursively.")
            }
            let sequence = try arguments.bound(["iterable"], required: 1)[0] ?? .none
            let text = try runRecursive(
                recursion.loop, over: sequence, depth: loop.level + 1, home: recursion.frame.outer ?? frame)
            return .string(text)
        case .joiner(let joiner):
            if joiner.wasUsed { return joiner.separator }
            joiner.wasUsed = true
            return .text("")
        case .undefined(let reason): throw JinjaProblem(reason.message)
        default: throw JinjaProblem("'\(function.typeName)' object is not callable")
        }
    }

    // MARK: - Macros

    private mutating func call(_ macro: JinjaMacro, _ given: JinjaArguments) throws(JinjaProblem) -> JinjaString {
        try deeper()
        defer { shallower() }
        let node = macro.node
        let use = layout.entries[node.body.id].macro
        let own = JinjaFrame(slotCount: layout.entries[node.body.id].slotCount, outer: macro.home)
        let arguments = try bind(node, use, given)
        return try within(own) { evaluator throws(JinjaProblem) in
            try evaluator.fill(node, use, arguments)
            return try evaluator.capture(node.body)
        }
    }

    /// The arguments of one call of a macro.
    private struct MacroArguments {
        var values: [JinjaValue]
        var caller: JinjaValue?
        var rest: [JinjaValue]
        var named: [(name: String, value: JinjaValue)]
    }

    private func bind(
        _ node: JinjaMacroNode, _ use: JinjaLayout.MacroUse, _ given: JinjaArguments
    ) throws(JinjaProblem) -> MacroArguments {
        let name = node.name.isEmpty ? "None" : "'\(node.name)'"
        var named = given.named
        func takeNamed(_ key: String) -> JinjaValue? {
            guard let index = named.firstIndex(where: { $0.name == key }) else { return nil }
            return named.remove(at: index).value
        }
        var values = Array(given.positional.prefix(node.parameters.count))
        for parameter in node.parameters.dropFirst(values.count) { values.append(takeNamed(parameter.name) ?? .missing) }
        let caller = use.caller ? takeNamed("caller") : nil
        if !use.namedRest, let first = named.first {
            throw JinjaProblem("macro \(name) takes no keyword argument '\(first.name)'")
        }
        if !use.rest, given.positional.count > node.parameters.count {
            throw JinjaProblem("macro \(name) takes not more than \(node.parameters.count) argument(s)")
        }
        return MacroArguments(
            values: values, caller: caller, rest: Array(given.positional.dropFirst(node.parameters.count)), named: named)
    }

    private mutating func fill(
        _ node: JinjaMacroNode, _ use: JinjaLayout.MacroUse, _ arguments: MacroArguments
    ) throws(JinjaProblem) {
        for (parameter, value) in zip(node.parameters, arguments.values) { assign(value, parameter.id, parameter.name) }
        if use.caller {
            assign(arguments.caller ?? .undefined(.hint("No caller defined")), node.callerID, "caller")
        }
        if use.namedRest {
            assign(.dict(arguments.named.map { (JinjaString($0.name), $0.value) }), node.namedRestID, "kwargs")
        }
        if use.rest { assign(.tuple(arguments.rest), node.restID, "varargs") }
        let isComplete = arguments.values.allSatisfy { if case .missing = $0 { false } else { true } }
        if isComplete { return }
        enter(node.body.id)
        for (parameter, value) in zip(node.parameters, arguments.values) {
            guard case .missing = value else { continue }
            let fallback = try parameter.fallback.map { fallback throws(JinjaProblem) in try evaluate(counted: fallback) }
            assign(
                fallback ?? .undefined(.hint("parameter '\(parameter.name)' was not provided")), parameter.id, parameter.name)
        }
    }
}
