/// Makes a layout: each scope's names are gathered first, then its expressions are bound and the scopes in it are visited.
struct JinjaLayoutBuilder {
    private(set) var layout: JinjaLayout
    private var contextIndex: [String: Int] = [:]

    init(nameCount: Int, scopeCount: Int) {
        layout = JinjaLayout(nameCount: nameCount, scopeCount: scopeCount)
    }

    mutating func build(_ root: JinjaScope) -> JinjaLayout {
        let symbols = JinjaSymbols(parent: nil, function: .init(depth: 0))
        JinjaNameCollector(symbols: symbols).visit(root.body)
        bind(root.body, symbols)
        enter(root.id, symbols, isFunction: true)
        return layout
    }

    // MARK: - Entries

    /// Records what happens when a scope is entered; called once all scopes inside have taken their slots.
    private mutating func enter(_ scope: Int, _ symbols: JinjaSymbols, isFunction: Bool) {
        var entry = layout.entries[scope]
        for (slot, load) in symbols.loads.sorted(by: { $0.key.index < $1.key.index }) {
            switch load {
            case .parameter: break
            case .missing: entry.loads.append((slot.index, .missing))
            case .context(let name): entry.loads.append((slot.index, .context(contextPlace(name))))
            case .copy(let outer): entry.loads.append((slot.index, .copy(place(outer, from: symbols))))
            }
        }
        if isFunction { entry.slotCount = max(1, symbols.function.slotCount) }
        layout.entries[scope] = entry
    }

    private mutating func contextPlace(_ name: String) -> Int {
        if let place = contextIndex[name] { return place }
        contextIndex[name] = layout.contextNames.count
        layout.contextNames.append(.init(key: JinjaString(name), function: JinjaFunction(rawValue: name)))
        return layout.contextNames.count - 1
    }

    private func place(_ slot: JinjaSymbols.Slot, from symbols: JinjaSymbols) -> JinjaLayout.Place {
        .init(up: symbols.function.depth - slot.depth, slot: slot.index)
    }

    private mutating func bind(_ name: String, id: Int, _ symbols: JinjaSymbols) {
        if symbols.find(name) == nil { symbols.load(name) }
        guard let slot = symbols.find(name) else { return }
        layout.places[id] = place(slot, from: symbols)
    }

    // MARK: - Statements

    private mutating func bind(_ statements: [JinjaStatement], _ symbols: JinjaSymbols) {
        for statement in statements { bind(statement, symbols) }
    }

    private mutating func bind(_ statement: JinjaStatement, _ symbols: JinjaSymbols) {
        switch statement.kind {
        case .text, .breakLoop, .continueLoop: break
        case .output(let expression): bind(expression, symbols)
        case .branch(let branches, let otherwise):
            for branch in branches {
                bind(branch.test, symbols)
                bind(branch.body, symbols)
            }
            bind(otherwise, symbols)
        case .loop(let loop): bind(loop, symbols)
        case .set(let target, let value):
            bind(value, symbols)
            bind(target, symbols)
        case .setBlock(let target, let filter, let scope):
            bindScope(scope, symbols, also: filter)
            bind(target, symbols)
        case .filter(let filter, let scope): bindScope(scope, symbols, also: filter)
        case .with(let bindings, let scope): bindWith(bindings, scope, symbols)
        case .generation(let scope): bindScope(scope, symbols)
        case .macro(let macro):
            bind(macro.name, id: macro.nameID, symbols)
            bindMacro(macro, symbols)
        case .call(let body, let call):
            bindMacro(body, symbols)
            bind(call, symbols)
        case .block(_, let scope): bindBlock(scope)
        }
    }

    private mutating func bindScope(_ scope: JinjaScope, _ outer: JinjaSymbols, also expression: JinjaExpression? = nil) {
        let symbols = JinjaSymbols(parent: outer, function: outer.function)
        let collector = JinjaNameCollector(symbols: symbols)
        collector.visit(scope.body)
        if let expression { collector.visit(expression) }
        bind(scope.body, symbols)
        if let expression { bind(expression, symbols) }
        enter(scope.id, symbols, isFunction: false)
    }

    private mutating func bindWith(_ bindings: [JinjaBinding], _ scope: JinjaScope, _ outer: JinjaSymbols) {
        let symbols = JinjaSymbols(parent: outer, function: outer.function)
        let collector = JinjaNameCollector(symbols: symbols)
        for binding in bindings { collector.visit(binding.target, asParameter: true) }
        collector.visit(scope.body)
        for binding in bindings {
            bind(binding.value, outer)
            bind(binding.target, symbols)
        }
        bind(scope.body, symbols)
        enter(scope.id, symbols, isFunction: false)
    }

    /// A block sees the context and what the template assigned on its top level, which is found by name.
    private mutating func bindBlock(_ scope: JinjaScope) {
        layout.hasBlocks = true
        let symbols = JinjaSymbols(parent: nil, function: .init(depth: 0))
        JinjaNameCollector(symbols: symbols).visit(scope.body)
        bind(scope.body, symbols)
        enter(scope.id, symbols, isFunction: true)
    }

    private mutating func bind(_ loop: JinjaLoop, _ outer: JinjaSymbols) {
        let function =
            loop.isRecursive ? JinjaSymbols.Function(depth: outer.function.depth + 1) : outer.function
        bind(loop.sequence, outer)
        let symbols = JinjaSymbols(parent: outer, function: function)
        if loop.isRecursive || JinjaNameSearch.find("loop", in: loop.body.body) {
            symbols.declareParameter("loop")
            layout.entries[loop.body.id].isLoopWithState = true
            bind("loop", id: loop.loopName, symbols)
        }
        let collector = JinjaNameCollector(symbols: symbols)
        collector.visit(loop.target, asParameter: true)
        collector.visit(loop.body.body)
        bind(loop.target, symbols)
        bind(loop.body.body, symbols)
        bindTest(of: loop, outer, function)
        if let otherwise = loop.otherwise {
            let symbols = JinjaSymbols(parent: outer, function: function)
            JinjaNameCollector(symbols: symbols).visit(otherwise.body)
            bind(otherwise.body, symbols)
            enter(otherwise.id, symbols, isFunction: false)
        }
        enter(loop.body.id, symbols, isFunction: loop.isRecursive)
        layout.entries[loop.body.id].definesFunctions = loop.isRecursive
    }

    private mutating func bindTest(of loop: JinjaLoop, _ outer: JinjaSymbols, _ function: JinjaSymbols.Function) {
        guard let test = loop.test else { return }
        let symbols = JinjaSymbols(parent: outer, function: function)
        let collector = JinjaNameCollector(symbols: symbols)
        collector.visit(loop.testTarget, asParameter: true)
        collector.visit(test)
        bind(loop.testTarget, symbols)
        bind(test, symbols)
        enter(loop.testScope, symbols, isFunction: false)
    }

    private mutating func bindMacro(_ macro: JinjaMacroNode, _ outer: JinjaSymbols) {
        let symbols = JinjaSymbols(parent: outer, function: .init(depth: outer.function.depth + 1))
        let collector = JinjaNameCollector(symbols: symbols)
        for parameter in macro.parameters { symbols.declareParameter(parameter.name) }
        for parameter in macro.parameters { if let fallback = parameter.fallback { collector.visit(fallback) } }
        collector.visit(macro.body.body)
        var use = JinjaLayout.MacroUse()
        let names = Set(macro.parameters.map(\.name))
        func declare(_ name: String, id: Int, _ isUsed: inout Bool) {
            guard !names.contains(name), JinjaNameSearch.find(name, in: macro.body.body) else { return }
            isUsed = true
            symbols.declareParameter(name)
            bind(name, id: id, symbols)
        }
        declare("caller", id: macro.callerID, &use.caller)
        declare("kwargs", id: macro.namedRestID, &use.namedRest)
        declare("varargs", id: macro.restID, &use.rest)
        layout.entries[macro.body.id].macro = use
        for parameter in macro.parameters {
            bind(parameter.name, id: parameter.id, symbols)
            if let fallback = parameter.fallback { bind(fallback, symbols) }
        }
        bind(macro.body.body, symbols)
        enter(macro.body.id, symbols, isFunction: true)
    }

    // MARK: - Expressions and targets

    private mutating func bind(_ expression: JinjaExpression, _ symbols: JinjaSymbols) {
        if case .name(let name, let id) = expression.kind { bind(name.text, id: id, symbols) }
        expression.forEachChild { bind($0, symbols) }
    }

    private mutating func bind(_ target: JinjaTarget, _ symbols: JinjaSymbols) {
        switch target {
        case .name(let name, let id, _): bind(name, id: id, symbols)
        case .attribute(let name, let id, _, _): bind(name.text, id: id, symbols)
        case .tuple(let targets, _): for target in targets { bind(target, symbols) }
        }
    }
}
