/// Tells a scope's symbols which names its statements read and assign, without entering the scopes inside.
struct JinjaNameCollector {
    let symbols: JinjaSymbols

    func visit(_ statements: [JinjaStatement]) {
        for statement in statements { visit(statement) }
    }

    private func visit(_ statement: JinjaStatement) {
        switch statement.kind {
        case .text, .breakLoop, .continueLoop, .filter, .generation, .block: break
        case .output(let expression): visit(expression)
        case .branch(let branches, let otherwise): visit(branches[...], otherwise)
        case .loop(let loop): visit(loop.sequence)
        case .set(let target, let value):
            visit(value)
            visit(target)
        case .setBlock(let target, _, _): visit(target)
        case .with(let bindings, _): for binding in bindings { visit(binding.value) }
        case .macro(let macro): symbols.store(macro.name)
        case .call(_, let call): visit(call)
        }
    }

    /// An `elif` counts as an `if` of its own inside the second of three branches.
    private func visit(_ branches: ArraySlice<JinjaBranch>, _ otherwise: [JinjaStatement]) {
        guard let first = branches.first else { return }
        visit(first.test)
        let body = JinjaNameCollector(symbols: symbols.copy())
        body.visit(first.body)
        let others = JinjaNameCollector(symbols: symbols.copy())
        for branch in branches.dropFirst() { others.visit([branch][...], []) }
        let last = JinjaNameCollector(symbols: symbols.copy())
        last.visit(otherwise)
        symbols.merge([body.symbols, others.symbols, last.symbols])
    }

    func visit(_ target: JinjaTarget, asParameter: Bool = false) {
        switch target {
        case .name(let name, _, _): asParameter ? symbols.declareParameter(name) : symbols.store(name)
        case .attribute(let name, _, _, _): symbols.load(name.text)
        case .tuple(let targets, _): for target in targets { visit(target, asParameter: asParameter) }
        }
    }

    func visit(_ expression: JinjaExpression) {
        if case .name(let name, _) = expression.kind { symbols.load(name.text) }
        expression.forEachChild { visit($0) }
    }
}

/// Looks for a name that statements read, scopes inside included.
enum JinjaNameSearch {
    static func find(_ name: String, in statements: [JinjaStatement]) -> Bool {
        statements.contains { statement in
            statement.expressions.contains { find(name, in: $0) } || statement.bodies.contains { find(name, in: $0) }
        }
    }

    private static func find(_ name: String, in expression: JinjaExpression) -> Bool {
        if case .name(let found, _) = expression.kind { return found.text == name }
        var isFound = false
        expression.forEachChild { isFound = isFound || find(name, in: $0) }
        return isFound
    }
}
