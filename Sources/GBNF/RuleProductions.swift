import Automata

/// A grammar cut into lexemes and what is left of its rules.
///
/// A rule that no recursion leads back to is a regular language, however many rules it is made of, and becomes part of a lexeme.
/// What remains are productions over lexemes and recursive rules: in JSON's grammar, objects and arrays.
struct RuleProductions {
    enum Item: Hashable {
        /// Never has the empty text; that is `canSkip`.
        case lexeme(Language, canSkip: Bool)
        /// A nonterminal by index.
        case rule(Int)
        case token(TokenChoice)
    }

    /// The alternatives of each nonterminal.
    private(set) var alternatives: [[[Item]]] = []
    private(set) var root = 0
    private let grammar: GrammarRules
    private let table: LanguageTable
    private var languages: [Int: Language] = [:]
    private var nonterminals: [Int: Int] = [:]
    private let isRecursive: [Bool]

    init(_ grammar: GrammarRules, table: LanguageTable) {
        self.grammar = grammar
        self.table = table
        isRecursive = RuleProductions.recursive(grammar)
        root = add([])
        alternatives[root] = [items(of: grammar.rules[grammar.root].expression, rule: grammar.root)]
    }

    private mutating func add(_ parts: [[Item]]) -> Int {
        alternatives.append(parts)
        return alternatives.count - 1
    }

    private func isRegular(_ expression: GrammarRules.Expression) -> Bool {
        !expression.hasTokens && expression.references.allSatisfy { !isRecursive[$0] }
    }

    private mutating func items(of expression: GrammarRules.Expression, rule: Int) -> [Item] {
        isRecursive[rule] ? [.rule(nonterminal(rule))] : lexeme(language(expression))
    }

    private mutating func nonterminal(_ rule: Int) -> Int {
        if let known = nonterminals[rule] { return known }
        let index = add([])
        nonterminals[rule] = index
        alternatives[index] = branches(of: grammar.rules[rule].expression)
        return index
    }

    private mutating func branches(of expression: GrammarRules.Expression) -> [[Item]] {
        guard case .choice(let parts) = expression else { return [items(expression)] }
        // Regular alternatives are one lexeme together.
        let regular = parts.filter { isRegular($0) }
        var result = parts.filter { !isRegular($0) }.map { items($0) }
        if !regular.isEmpty { result.append(lexeme(table.union(regular.map { language($0) }))) }
        return result
    }

    private mutating func items(_ expression: GrammarRules.Expression) -> [Item] {
        if isRegular(expression) { return lexeme(language(expression)) }
        switch expression {
        case .characters: return lexeme(language(expression))
        case .token(let choice): return [.token(choice)]
        case .rule(let index): return [.rule(nonterminal(index))]
        case .choice: return [.rule(add(branches(of: expression)))]
        case .sequence(let parts):
            var result: [Item] = []
            var regular: [Language] = []
            for part in parts {
                if isRegular(part) {
                    regular.append(language(part))
                } else {
                    result += lexeme(table.sequence(regular)) + items(part)
                    regular = []
                }
            }
            return result + lexeme(table.sequence(regular))
        case .repeated(let inner, let minimum, let maximum):
            let once = items(inner)
            var tail: [Item] = []
            if let maximum {
                // Each further repetition stands inside the one before it, so that it needs no count.
                for _ in minimum..<max(minimum, maximum) { tail = [.rule(add([[], once + tail]))] }
            } else {
                let loop = add([])
                alternatives[loop] = [[], once + [.rule(loop)]]
                tail = [.rule(loop)]
            }
            return Array(repeatElement(once, count: minimum).joined()) + tail
        }
    }

    private func lexeme(_ language: Language) -> [Item] {
        if language == .empty { return [] }
        let isNullable = table.isNullable(language)
        return [.lexeme(isNullable ? table.difference(language, .empty) : language, canSkip: isNullable)]
    }

    private mutating func language(_ expression: GrammarRules.Expression) -> Language {
        switch expression {
        case .characters(let set): return table.language(.characters(set))
        case .sequence(let parts): return table.sequence(parts.map { language($0) })
        case .choice(let parts): return table.union(parts.map { language($0) })
        case .repeated(let inner, let minimum, let maximum):
            return table.repeated(language(inner), minimum: minimum, maximum: maximum)
        case .token: return .nothing
        case .rule(let index):
            if let known = languages[index] { return known }
            let made = language(grammar.rules[index].expression)
            languages[index] = made
            return made
        }
    }

    /// Whether each rule can come back to itself, or to a rule that can; then it is no part of a lexeme.
    private static func recursive(_ grammar: GrammarRules) -> [Bool] {
        let edges = grammar.rules.map { $0.expression.references }
        // A rule is regular when all it refers to is: peel those off from the leaves.
        var users = [[Int]](repeating: [], count: edges.count)
        var waiting = edges.map { Set($0).count }
        for (rule, targets) in edges.enumerated() { for target in Set(targets) { users[target].append(rule) } }
        // Rules that ask for tokens, and those that use them, stay rules too.
        for (rule, body) in grammar.rules.enumerated() where body.expression.hasTokens { waiting[rule] += 1 }
        var queue = edges.indices.filter { waiting[$0] == 0 }
        var result = [Bool](repeating: true, count: edges.count)
        while let rule = queue.popLast() {
            result[rule] = false
            for user in users[rule] {
                waiting[user] -= 1
                if waiting[user] == 0 { queue.append(user) }
            }
        }
        return result
    }
}
