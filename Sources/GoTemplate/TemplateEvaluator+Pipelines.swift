/// Pipelines, commands, fields and variables.
extension TemplateEvaluator {
    mutating func pipeline(_ pipeline: TemplatePipeline, dot: Held) throws(TemplateError) -> Held {
        current = pipeline
        var held: Held?
        for command in pipeline.commands {
            try spend(1)
            // The value of one command is the last argument of the next.
            held = try self.command(command, dot: dot, final: held).unboxed
        }
        let value = held ?? .absent
        for variable in pipeline.variables {
            if pipeline.isAssignment {
                try assign(variable.name, value)
            } else {
                variables.append((variable.name, value))
            }
        }
        return value
    }

    private mutating func command(_ command: TemplateCommand, dot: Held, final: Held?) throws(TemplateError) -> Held {
        let word = command.operands[0]
        let arguments = command.operands.dropFirst()
        // Go stays at the pipeline around parentheses until it is inside them.
        if case .pipeline = word.kind {} else { current = word }
        switch word.kind {
        case .field(let names):
            return try fields(names[...], of: dot, arguments, final, dot: dot)
        case .chain(let operand, let names):
            return try chain(word, operand, names, arguments, final, dot: dot)
        case .function(let name):
            return try call(name.name, node: command, arguments, final, dot: dot)
        case .variable(let names):
            return try variable(word, names, arguments, final, dot: dot)
        case .pipeline(let inner):
            try refuseArguments(word, arguments, final)
            return try deeper { evaluator throws(TemplateError) in try evaluator.pipeline(inner, dot: dot) }
        case .dot, .nil, .bool, .number, .string:
            try refuseArguments(word, arguments, final)
            if case .nil = word.kind { throw failure("nil is not a command") }
            return try simple(word, dot: dot)
        }
    }

    /// The value of an operand that needs nothing but the dot.
    mutating func simple(_ operand: TemplateOperand, dot: Held) throws(TemplateError) -> Held {
        switch operand.kind {
        case .dot: return dot
        case .bool(let value): return Held(value: .bool(value))
        case .string(let text): return Held(value: .string(text))
        case .number(let number):
            if number.isWrittenAsFloat, let float = number.float { return Held(value: .float(float)) }
            guard let int = number.int else { throw failure("\(operand.messageText) overflows int") }
            return Held(value: .int(int))
        default: return .absent
        }
    }

    private func refuseArguments(
        _ word: TemplateOperand, _ arguments: ArraySlice<TemplateOperand>, _ final: Held?
    ) throws(TemplateError) {
        if !arguments.isEmpty || final != nil {
            throw failure("can't give argument to non-function \(word.messageText)")
        }
    }

    // MARK: Variables

    mutating func assign(_ name: String, _ held: Held) throws(TemplateError) {
        guard let index = variables.lastIndex(where: { $0.name == name }) else { throw failure("undefined variable: \(name)") }
        variables[index].held = held
    }

    mutating func variable(
        _ word: TemplateOperand, _ names: [TemplateIdentifier], _ arguments: ArraySlice<TemplateOperand>, _ final: Held?,
        dot: Held
    ) throws(TemplateError) -> Held {
        current = word
        guard let found = variables.last(where: { $0.name == names[0].name }) else {
            throw failure("undefined variable: \(names[0].name)")
        }
        guard names.count > 1 else {
            try refuseArguments(word, arguments, final)
            return found.held
        }
        return try fields(names.dropFirst(), of: found.held, arguments, final, dot: dot)
    }

    // MARK: Fields

    mutating func chain(
        _ word: TemplateOperand, _ operand: TemplateOperand, _ names: [TemplateIdentifier],
        _ arguments: ArraySlice<TemplateOperand>, _ final: Held?, dot: Held
    ) throws(TemplateError) -> Held {
        current = word
        let receiver = try argument(operand, .value, dot: dot)
        return try fields(names[...], of: receiver, arguments, final, dot: dot)
    }

    /// Walks `.A.B.C`; only the last may be given arguments.
    mutating func fields(
        _ names: ArraySlice<TemplateIdentifier>, of receiver: Held, _ arguments: ArraySlice<TemplateOperand>, _ final: Held?,
        dot: Held
    ) throws(TemplateError) -> Held {
        var held = receiver
        for (index, name) in zip(names.indices, names) {
            let isLast = index == names.endIndex - 1
            held = try field(name.name, of: held, hasArguments: isLast && (!arguments.isEmpty || final != nil))
        }
        return held
    }

    private mutating func field(_ name: String, of receiver: Held, hasArguments: Bool) throws(TemplateError) -> Held {
        try spend(1)
        switch receiver.value {
        case .absent: return .absent
        case .null: throw failure("nil pointer evaluating interface {}.\(name)")
        case .record(let record):
            guard let value = record[name] else { break }
            if hasArguments { throw failure("\(name) has arguments but cannot be invoked as function") }
            return Held(value: value, isBoxed: value.isNull)
        case .map(let map):
            if name == "String", let text = receiver.value.stringerText { return Held(value: .string(TemplateString(text))) }
            if hasArguments { throw failure("\(name) is not a method but has arguments") }
            return Held(value: map[TemplateString(name)] ?? map.zero, isBoxed: map.holdsInterfaces)
        default: break
        }
        if name == "String", !hasArguments, let text = receiver.value.stringerText {
            return Held(value: .string(TemplateString(text)))
        }
        throw failure("can't evaluate field \(name) in type \(receiver.typeName)")
    }
}
