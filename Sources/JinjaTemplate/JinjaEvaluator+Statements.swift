/// `{% … %}`
extension JinjaEvaluator {
    mutating func execute(_ statements: [JinjaStatement]) throws(JinjaProblem) -> Flow {
        try deeper()
        defer { shallower() }
        for statement in statements {
            let flow = try execute(statement)
            if flow != .next { return flow }
        }
        return .next
    }

    private mutating func execute(_ statement: JinjaStatement) throws(JinjaProblem) -> Flow {
        try charge(statement.cost)
        depth += statement.depth
        defer { depth -= statement.depth }
        switch statement.kind {
        case .text(let text):
            let start = output.count
            try write(text.bytes)
            if trace != nil { trace?.note(start..<output.count, statement.range, isText: true) }
        case .output(let expression):
            if trace == nil, case .sum(let terms) = expression.kind {
                try writeSum(terms, expression.range.lowerBound)
                return .next
            }
            let value = try evaluate(expression)
            position = expression.range
            let start = output.count
            try write(value)
            if trace != nil { trace?.note(start..<output.count, expression.range, value: value) }
        case .branch(let branches, let otherwise):
            for branch in branches {
                try charge(branch.test.cost)
                if try evaluate(branch.test).isTrue { return try execute(branch.body) }
            }
            return otherwise.isEmpty ? .next : try execute(otherwise)
        case .loop(let loop): try run(loop, at: statement.range)
        case .set(let target, let value):
            let value = try evaluate(value)
            try assign(value, to: target)
        case .setBlock(let target, let filter, let scope):
            let text = try capture(scope)
            try assign(try filtered(text, filter), to: target)
        case .macro(let node):
            assign(.macro(JinjaMacro(node, home: frame)), node.nameID, node.name)
            hold(frame)
        case .call(let body, let call):
            hold(frame)
            let value = try evaluateCall(call, caller: .macro(JinjaMacro(body, home: frame)))
            let start = output.count
            try write(value)
            if trace != nil { trace?.note(start..<output.count, call.range, value: value) }
        case .filter(let filter, let scope):
            let text = try capture(scope)
            let value = try filtered(text, filter)
            let start = output.count
            try write(value)
            if trace != nil { trace?.note(start..<output.count, statement.range, value: value) }
        case .with(let bindings, let scope): return try runWith(bindings, scope)
        case .generation(let scope): return try run(scope)
        case .block(_, let scope): try runBlock(scope)
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        }
        return .next
    }

    private mutating func filtered(_ text: JinjaString, _ filter: JinjaExpression?) throws(JinjaProblem) -> JinjaValue {
        guard let filter else { return .string(text) }
        let outer = bodyText
        bodyText = .string(text)
        defer { bodyText = outer }
        return try evaluate(filter)
    }

    private mutating func runWith(_ bindings: [JinjaBinding], _ scope: JinjaScope) throws(JinjaProblem) -> Flow {
        var values: [JinjaValue] = []
        for binding in bindings { values.append(try evaluate(binding.value)) }
        for (binding, value) in zip(bindings, values) { try assign(value, to: binding.target) }
        return try run(scope)
    }

    private mutating func runBlock(_ scope: JinjaScope) throws(JinjaProblem) {
        let own = JinjaFrame(slotCount: layout.entries[scope.id].slotCount, outer: nil)
        let text = try within(own) { evaluator throws(JinjaProblem) in try evaluator.capture(scope, exported: true) }
        let start = output.count
        try write(text.bytes)
        if trace != nil { trace?.note(start..<output.count, position, value: .string(text)) }
    }

    // MARK: - Assignment

    mutating func assign(_ value: JinjaValue, to target: JinjaTarget) throws(JinjaProblem) {
        switch target {
        case .name(let name, let id, _): assign(value, id, name)
        case .attribute(let name, let id, let attribute, let range):
            position = range
            guard case .namespace(let namespace) = load(name, id) else {
                throw JinjaProblem("cannot assign attribute on non-namespace object")
            }
            try JinjaFunction.checkAttribute(attribute.text)
            namespace[attribute.bytes] = try checked(value)
        case .tuple(let targets, let range):
            position = range
            let values = try value.iterated()
            if values.count > targets.count {
                throw JinjaProblem("too many values to unpack (expected \(targets.count))")
            }
            if values.count < targets.count {
                throw JinjaProblem("not enough values to unpack (expected \(targets.count), got \(values.count))")
            }
            for (target, value) in zip(targets, values) { try assign(value, to: target) }
        }
    }
}
