/// What a node is made of, for those who walk the tree.
extension JinjaExpression {
    func forEachChild(_ visit: (JinjaExpression) -> Void) { kind.forEachChild(visit) }
}

extension JinjaExpression.Kind {
    func forEachChild(_ visit: (JinjaExpression) -> Void) {
        switch self {
        case .constant, .name, .bodyText: break
        case .list(let elements), .tuple(let elements), .concatenation(let elements): elements.forEach(visit)
        case .sum(let terms): for term in terms { visit(term.value) }
        case .dict(let members):
            for member in members {
                visit(member.key)
                visit(member.value)
            }
        case .negate(let value), .plus(let value), .not(let value), .attribute(let value, _), .member(let value, _):
            visit(value)
        case .and(let left, let right), .or(let left, let right), .binary(_, let left, let right), .item(let left, let right):
            visit(left)
            visit(right)
        case .compare(let first, let operations):
            visit(first)
            for operation in operations { visit(operation.value) }
        case .conditional(let test, let then, let otherwise):
            visit(test)
            visit(then)
            otherwise.map(visit)
        case .slice(let value, let start, let stop, let step):
            visit(value)
            for bound in [start, stop, step] { bound.map(visit) }
        case .call(let value, let arguments), .filter(let value, _, _, let arguments), .test(let value, _, _, let arguments):
            visit(value)
            arguments.forEachChild(visit)
        }
    }
}

extension JinjaArgumentList {
    func forEachChild(_ visit: (JinjaExpression) -> Void) {
        positional.forEach(visit)
        for argument in named { visit(argument.value) }
        rest.map(visit)
        namedRest.map(visit)
    }
}

extension JinjaStatement.Kind {
    /// The expressions of the tag itself.
    var expressions: [JinjaExpression] {
        switch self {
        case .text, .breakLoop, .continueLoop, .generation, .block: []
        case .output(let expression), .set(_, let expression), .filter(let expression, _): [expression]
        case .branch(let branches, _): branches.map(\.test)
        case .loop(let loop): [loop.sequence] + (loop.test.map { [$0] } ?? [])
        case .setBlock(_, let filter, _): filter.map { [$0] } ?? []
        case .macro(let macro): macro.parameters.compactMap(\.fallback)
        case .call(let macro, let call): macro.parameters.compactMap(\.fallback) + [call]
        case .with(let bindings, _): bindings.map(\.value)
        }
    }

}

extension JinjaStatement {
    var expressions: [JinjaExpression] { kind.expressions }

    /// The statements between the tag and its end.
    var bodies: [[JinjaStatement]] {
        switch kind {
        case .text, .output, .set, .breakLoop, .continueLoop: []
        case .branch(let branches, let otherwise): branches.map(\.body) + [otherwise]
        case .loop(let loop): [loop.body.body] + (loop.otherwise.map { [$0.body] } ?? [])
        case .macro(let macro), .call(let macro, _): [macro.body.body]
        case .setBlock(_, _, let scope), .filter(_, let scope), .with(_, let scope), .generation(let scope),
            .block(_, let scope):
            [scope.body]
        }
    }
}
