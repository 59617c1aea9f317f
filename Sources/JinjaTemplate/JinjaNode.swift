/// A parsed template's tree. Every node knows the bytes it was written with. Names and scopes carry numbers, under which
/// `JinjaLayout` says where their values live.
public final class JinjaStatement: Sendable {
    enum Kind: Sendable {
        case text(JinjaString)
        /// `{{ expression }}`, and each expression of `{% print %}`.
        case output(JinjaExpression)
        case branch([JinjaBranch], else: [JinjaStatement])
        case loop(JinjaLoop)
        case set(JinjaTarget, JinjaExpression)
        case setBlock(JinjaTarget, filter: JinjaExpression?, JinjaScope)
        case macro(JinjaMacroNode)
        /// `{% call(args) callee(…) %}`
        case call(JinjaMacroNode, JinjaExpression)
        case filter(JinjaExpression, JinjaScope)
        case with([JinjaBinding], JinjaScope)
        /// `{% generation %}`: what the assistant said, for those who train on it.
        case generation(JinjaScope)
        case block(name: String, JinjaScope)
        case breakLoop
        case continueLoop
    }

    let kind: Kind
    /// From `{%` to the end of the tag; a body has its own ranges.
    public let range: Range<Int>
    /// What running it once costs, without its bodies; the tests of branches are counted as they are made.
    let cost: Int
    /// How deep its own expressions nest.
    let depth: Int

    init(_ kind: Kind, _ range: Range<Int>) {
        (self.kind, self.range) = (kind, range)
        let expressions = kind.expressions
        depth = expressions.reduce(0) { max($0, $1.depth) }
        if case .branch = kind { cost = 1 } else { cost = expressions.reduce(1) { $0.addingCapped($1.cost) } }
    }
}

struct JinjaBranch: Sendable {
    let test: JinjaExpression
    let body: [JinjaStatement]
}

struct JinjaBinding: Sendable {
    let target: JinjaTarget
    let value: JinjaExpression
}

/// Statements with names of their own.
struct JinjaScope: Sendable {
    let id: Int
    let body: [JinjaStatement]
}

final class JinjaLoop: Sendable {
    let target: JinjaTarget
    let sequence: JinjaExpression
    let test: JinjaExpression?
    let isRecursive: Bool
    let body: JinjaScope
    let otherwise: JinjaScope?
    /// The target's names as the test sees them.
    let testTarget: JinjaTarget
    let testScope: Int
    let loopName: Int

    init(
        target: JinjaTarget, sequence: JinjaExpression, test: JinjaExpression?, isRecursive: Bool, body: JinjaScope,
        otherwise: JinjaScope?, testTarget: JinjaTarget, testScope: Int, loopName: Int
    ) {
        (self.target, self.sequence, self.test, self.isRecursive) = (target, sequence, test, isRecursive)
        (self.body, self.otherwise) = (body, otherwise)
        (self.testTarget, self.testScope, self.loopName) = (testTarget, testScope, loopName)
    }
}

/// A macro, or the body of a call block.
final class JinjaMacroNode: Sendable {
    struct Parameter: Sendable {
        let name: String
        let id: Int
        let fallback: JinjaExpression?
    }

    /// Empty for a call block, which is `caller` to whom it calls.
    let name: String
    let nameID: Int
    let parameters: [Parameter]
    let body: JinjaScope
    /// The numbers of `caller`, `kwargs` and `varargs` as the body's own names.
    let callerID: Int
    let namedRestID: Int
    let restID: Int

    init(name: String, parameters: [Parameter], body: JinjaScope, nextID: () -> Int) {
        (self.name, self.parameters, self.body) = (name, parameters, body)
        (nameID, callerID, namedRestID, restID) = (nextID(), nextID(), nextID(), nextID())
    }
}

/// What can be assigned to.
indirect enum JinjaTarget: Sendable {
    case name(String, id: Int, Range<Int>)
    /// `namespace.attribute`
    case attribute(of: JinjaName, id: Int, JinjaName, Range<Int>)
    case tuple([JinjaTarget], Range<Int>)
}

public final class JinjaExpression: Sendable {
    enum Kind: Sendable {
        case constant(JinjaConstant)
        case name(JinjaName, id: Int)
        case list([JinjaExpression])
        case tuple([JinjaExpression])
        case dict([(key: JinjaExpression, value: JinjaExpression)])
        case negate(JinjaExpression)
        case plus(JinjaExpression)
        case not(JinjaExpression)
        case and(JinjaExpression, JinjaExpression)
        case or(JinjaExpression, JinjaExpression)
        case binary(JinjaOperator, JinjaExpression, JinjaExpression)
        case compare(JinjaExpression, [(operation: JinjaComparison, value: JinjaExpression)])
        case concatenation([JinjaExpression])
        case conditional(test: JinjaExpression, then: JinjaExpression, otherwise: JinjaExpression?)
        case attribute(JinjaExpression, JinjaName)
        case item(JinjaExpression, JinjaExpression)
        /// `value["name"]`
        case member(JinjaExpression, JinjaName)
        /// `a + b + c`, from left to right.
        case sum([JinjaTerm])
        case slice(JinjaExpression, start: JinjaExpression?, stop: JinjaExpression?, step: JinjaExpression?)
        case call(JinjaExpression, JinjaArgumentList)
        case filter(JinjaExpression, name: String, JinjaFilter?, JinjaArgumentList)
        case test(JinjaExpression, name: String, JinjaTest?, JinjaArgumentList)
        /// What the body of a filter block or a filtered set block wrote.
        case bodyText
    }

    let kind: Kind
    public let range: Range<Int>
    /// How deep expressions nest in it: the depth of whatever walks over it.
    let depth: Int
    /// How many nodes it has: what evaluating it once costs.
    let cost: Int

    init(_ kind: Kind, _ range: Range<Int>) {
        (self.kind, self.range) = (kind, range)
        var (deepest, cost) = (0, 1)
        kind.forEachChild {
            deepest = max(deepest, $0.depth)
            cost = cost.addingCapped($0.cost)
        }
        (depth, self.cost) = (deepest + 1, cost)
    }
}

struct JinjaTerm: Sendable {
    let value: JinjaExpression
    /// Where the sum up to this term ends in the template.
    let end: Int
}

enum JinjaConstant: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case wide(JinjaString)
    case float(Double)
    case string(JinjaString)
}

enum JinjaOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
}

enum JinjaComparison: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case isNotIn = "not in"
}

final class JinjaArgumentList: Sendable {
    let positional: [JinjaExpression]
    let named: [(name: String, value: JinjaExpression)]
    /// `*expression`
    let rest: JinjaExpression?
    /// `**expression`
    let namedRest: JinjaExpression?

    init(
        positional: [JinjaExpression] = [], named: [(name: String, value: JinjaExpression)] = [], rest: JinjaExpression? = nil,
        namedRest: JinjaExpression? = nil
    ) {
        (self.positional, self.named, self.rest, self.namedRest) = (positional, named, rest, namedRest)
    }

    var isEmpty: Bool { positional.isEmpty && named.isEmpty && rest == nil && namedRest == nil }
}
