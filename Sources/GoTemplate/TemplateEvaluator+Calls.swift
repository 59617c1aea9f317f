/// Calling functions: counting and evaluating arguments, checking them against parameters.
extension TemplateEvaluator {
    /// - Parameter node: what a refusal is reported at: the whole command, or the name alone where it is an argument.
    mutating func call(
        _ name: String, node: any TemplateMessageNode, _ arguments: ArraySlice<TemplateOperand>, _ final: Held?, dot: Held
    ) throws(TemplateError) -> Held {
        guard let function = template.functions.byName[name] else { throw failure("\"\(name)\" is not a defined function") }
        try check(function, name: name, given: arguments.count, hasFinal: final != nil)
        if let truth = function.stopsAt { return try firstSettling(truth, arguments, final, dot: dot) }
        var values: [TemplateValue] = []
        values.reserveCapacity(arguments.count + 1)
        for operand in arguments {
            values.append(try argument(operand, function.parameter(values.count), dot: dot).value)
        }
        if let final { values.append(try fitted(final, to: function.parameter(values.count)).value) }
        // Formatting is the dearest thing a function does.
        if function.rest == .any { try spend(values.count << 5) }
        for value in values { try spend(1 + value.bytesToRead >> 4) }
        do {
            let context = TemplateCallContext(outputBytes: template.limits.outputBytes, firstOperand: arguments.first)
            let result = try function.body(values, context)
            try spend(result.bytesToRead >> 4)
            return Held(value: result, isBoxed: result.isNull)
        } catch let refusal as TemplateFunction.Refusal {
            current = node
            throw failure("error calling \(name): \(refusal.message)")
        } catch let error as TemplateError {
            throw error
        } catch {
            throw failure("error calling \(name): \(error)")
        }
    }

    private func check(
        _ function: TemplateFunction, name: String, given: Int, hasFinal: Bool
    ) throws(TemplateError) {
        let count = given + (hasFinal ? 1 : 0)
        let wanted = function.parameters.count
        if function.rest != nil {
            if count < wanted { throw failure("wrong number of args for \(name): want at least \(wanted) got \(given)") }
        } else if count != wanted {
            throw failure("wrong number of args for \(name): want \(wanted) got \(count)")
        }
    }

    /// `and` and `or`: the first argument that settles the matter, else the last; those after it are not evaluated.
    private mutating func firstSettling(
        _ truth: Bool, _ arguments: ArraySlice<TemplateOperand>, _ final: Held?, dot: Held
    ) throws(TemplateError) -> Held {
        var held = Held.absent
        for operand in arguments {
            held = try argument(operand, .value, dot: dot)
            if held.value.isTrue == truth { return held }
        }
        return final ?? held
    }

    /// An operand's value as an argument for `parameter`.
    mutating func argument(
        _ operand: TemplateOperand, _ parameter: TemplateFunction.Parameter, dot: Held
    ) throws(TemplateError) -> Held {
        try spend(1)
        current = operand
        switch operand.kind {
        case .dot: return try fitted(dot, to: parameter)
        case .nil:
            if parameter == .string { throw failure("cannot assign nil to string") }
            return parameter == .any ? Held(value: .null, isBoxed: true) : .absent
        case .field(let names): return try fitted(fields(names[...], of: dot, [], nil, dot: dot), to: parameter)
        case .variable(let names): return try fitted(variable(operand, names, [], nil, dot: dot), to: parameter)
        case .pipeline(let inner):
            let held = try deeper { evaluator throws(TemplateError) in try evaluator.pipeline(inner, dot: dot) }
            return try fitted(held, to: parameter)
        case .function(let name): return try fitted(call(name.name, node: operand, [], nil, dot: dot), to: parameter)
        case .chain(let inner, let names):
            return try fitted(chain(operand, inner, names, [], nil, dot: dot), to: parameter)
        case .bool, .number, .string:
            if parameter == .string {
                guard case .string = operand.kind else { throw failure("expected string; found \(operand.messageText)") }
            }
            return try simple(operand, dot: dot)
        }
    }

    /// The value where the parameter's type takes it.
    private func fitted(_ held: Held, to parameter: TemplateFunction.Parameter) throws(TemplateError) -> Held {
        switch (parameter, held.value) {
        case (.any, .absent): return Held(value: .null, isBoxed: true)
        case (.any, _), (.value, _), (.string, .string): return held
        case (.string, .absent): throw failure("invalid value; expected string")
        case (.string, .null): throw failure("wrong type for value; expected string; got interface {}")
        case (.string, _): throw failure("wrong type for value; expected string; got \(held.value.typeName)")
        }
    }
}

extension TemplateValue {
    /// Bytes that a function has to go through to read the value. What it makes of a list or a map counts when it is made.
    fileprivate var bytesToRead: Int {
        if case .string(let text) = self { text.bytes.count } else { 0 }
    }
}
