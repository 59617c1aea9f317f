public import Automata

/// A grammar as it was written: named rules over characters.
public struct GrammarRules: Sendable {
    public indirect enum Expression: Sendable {
        case characters(ScalarSet)
        case sequence([Expression])
        case choice([Expression])
        /// `maximum` nil is unbounded.
        case repeated(Expression, minimum: Int, maximum: Int?)
        /// A rule by its index.
        case rule(Int)
        case token(TokenChoice)

        static let empty = Expression.sequence([])
    }

    public struct Rule: Sendable {
        public var name: String
        public var expression: Expression
        public var line: Int
        public var column: Int
    }

    public internal(set) var rules: [Rule]
    /// The rule that texts are held to.
    public internal(set) var root: Int
}

extension GrammarRules.Expression {
    /// The rules that the expression refers to, in the order written.
    var references: [Int] {
        switch self {
        case .characters, .token: []
        case .rule(let index): [index]
        case .sequence(let parts), .choice(let parts): parts.flatMap(\.references)
        case .repeated(let inner, _, _): inner.references
        }
    }

    /// Whether tokens are asked for as tokens: then it is no language of bytes.
    var hasTokens: Bool {
        switch self {
        case .token: true
        case .characters, .rule: false
        case .sequence(let parts), .choice(let parts): parts.contains(where: \.hasTokens)
        case .repeated(let inner, _, _): inner.hasTokens
        }
    }
}

extension GrammarRules {
    /// Names of rules that no text of the root comes by.
    public var unreachable: [String] {
        var seen: Set<Int> = [root]
        var queue = [root]
        while let rule = queue.popLast() {
            for next in rules[rule].expression.references where seen.insert(next).inserted { queue.append(next) }
        }
        return rules.indices.filter { !seen.contains($0) }.map { rules[$0].name }
    }

    /// Whether each rule matches the empty text.
    var nullable: [Bool] {
        var result = [Bool](repeating: false, count: rules.count)
        func isNullable(_ expression: Expression) -> Bool {
            switch expression {
            case .characters, .token: false
            case .rule(let index): result[index]
            case .sequence(let parts): parts.allSatisfy(isNullable)
            case .choice(let parts): parts.contains(where: isNullable)
            case .repeated(let inner, let minimum, _): minimum == 0 || isNullable(inner)
            }
        }
        var changed = true
        while changed {
            changed = false
            for index in rules.indices where !result[index] && isNullable(rules[index].expression) {
                result[index] = true
                changed = true
            }
        }
        return result
    }

    /// Whether each rule has a text at all: one that can only go on for ever has none.
    var productive: [Bool] {
        var result = [Bool](repeating: false, count: rules.count)
        func isProductive(_ expression: Expression) -> Bool {
            switch expression {
            case .characters(let set): !set.isEmpty
            case .token: true
            case .rule(let index): result[index]
            case .sequence(let parts): parts.allSatisfy(isProductive)
            case .choice(let parts): parts.contains(where: isProductive)
            case .repeated(let inner, let minimum, _): minimum == 0 || isProductive(inner)
            }
        }
        var changed = true
        while changed {
            changed = false
            for index in rules.indices where !result[index] && isProductive(rules[index].expression) {
                result[index] = true
                changed = true
            }
        }
        return result
    }

    /// A cycle of rules that begin with one another, by name; nil where there is none.
    var leftRecursion: [Int]? {
        let nullable = nullable
        func firsts(_ expression: Expression) -> (rules: [Int], mayBeEmpty: Bool) {
            switch expression {
            case .characters, .token: return ([], false)
            case .rule(let index): return ([index], nullable[index])
            case .choice(let parts):
                let each = parts.map(firsts)
                return (each.flatMap(\.rules), each.contains(where: \.mayBeEmpty))
            case .repeated(let inner, let minimum, _):
                let inside = firsts(inner)
                return (inside.rules, minimum == 0 || inside.mayBeEmpty)
            case .sequence(let parts):
                var found: [Int] = []
                for part in parts {
                    let next = firsts(part)
                    found += next.rules
                    if !next.mayBeEmpty { return (found, false) }
                }
                return (found, true)
            }
        }
        let edges = rules.map { firsts($0.expression).rules }
        // Depth first with its own stack: a grammar may be a chain of many thousand rules.
        var state = [UInt8](repeating: 0, count: rules.count)
        for start in rules.indices where state[start] == 0 {
            var path: [(rule: Int, next: Int)] = [(start, 0)]
            state[start] = 1
            while let top = path.last {
                guard top.next < edges[top.rule].count else {
                    state[top.rule] = 2
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let next = edges[top.rule][top.next]
                if state[next] == 1, let begin = path.firstIndex(where: { $0.rule == next }) {
                    return path[begin...].map(\.rule) + [next]
                }
                if state[next] == 0 {
                    state[next] = 1
                    path.append((next, 0))
                }
            }
        }
        return nil
    }
}
