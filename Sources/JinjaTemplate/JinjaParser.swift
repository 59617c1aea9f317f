/// Makes a tree of a template's words: recursive descent, with the precedence and the messages of Jinja2 3.1.
struct JinjaParser {
    private let tokens: [JinjaToken]
    private let nestingLimit: Int
    private var index = 0
    private var depth = 0
    private var lastName = 0
    private var lastScope = 0
    /// The names that came so far, each made once.
    private(set) var names: [JinjaString: JinjaName] = [:]
    /// The tags that are open, innermost last, with what may end them.
    private var open: [(tag: String, ends: [String])] = []
    var loopDepth = 0
    /// Inside a branch or a conditional, where Jinja leaves unknown filters and tests for later.
    var conditionalDepth = 0

    init(tokens: [JinjaToken], nestingLimit: Int) {
        (self.tokens, self.nestingLimit) = (tokens, nestingLimit)
    }

    var nameCount: Int { lastName }
    var scopeCount: Int { lastScope + 1 }

    mutating func parse() throws(JinjaProblem) -> JinjaScope {
        JinjaScope(id: 0, body: try parseStatements())
    }

    mutating func nextName() -> Int {
        lastName += 1
        return lastName - 1
    }

    mutating func named(_ text: String) -> JinjaName {
        let name = names[JinjaString(text)] ?? JinjaName(text)
        names[name.bytes] = name
        return name
    }

    mutating func nextScope() -> Int {
        lastScope += 1
        return lastScope
    }

    // MARK: - Words

    var current: JinjaToken { tokens[index] }
    var following: JinjaToken { tokens[min(index + 1, tokens.count - 1)] }
    /// Where the last word taken ends.
    var lastEnd: Int { index > 0 ? tokens[index - 1].range.upperBound : 0 }

    @discardableResult
    mutating func take() -> JinjaToken {
        let token = tokens[index]
        if index < tokens.count - 1 { index += 1 }
        return token
    }

    func at(_ symbol: JinjaSymbol) -> Bool { current.kind == .symbol(symbol) }
    func at(name: String) -> Bool { current.kind == .name(name) }

    mutating func skip(_ symbol: JinjaSymbol) -> Bool {
        guard at(symbol) else { return false }
        take()
        return true
    }

    mutating func skip(name: String) -> Bool {
        guard at(name: name) else { return false }
        take()
        return true
    }

    @discardableResult
    mutating func expect(_ symbol: JinjaSymbol) throws(JinjaProblem) -> JinjaToken {
        guard at(symbol) else { throw expected("token '\(symbol.rawValue)'") }
        return take()
    }

    mutating func expectName() throws(JinjaProblem) -> (name: String, range: Range<Int>) {
        guard case .name(let name) = current.kind else { throw expected("token 'name'") }
        return (name, take().range)
    }

    mutating func expect(name: String) throws(JinjaProblem) {
        guard skip(name: name) else { throw expected("token '\(name)'") }
    }

    mutating func expectBlockEnd() throws(JinjaProblem) {
        guard current.kind == .blockEnd else { throw expected("token 'end of statement block'") }
        take()
    }

    func expected(_ what: String) -> JinjaProblem {
        if current.kind == .end { return problem("unexpected end of template, expected \(what.dropFirst("token ".count)).") }
        return problem("expected \(what), got '\(current.description)'")
    }

    func problem(_ text: String, at range: Range<Int>? = nil) -> JinjaProblem {
        JinjaProblem(text, kind: .syntax, range: range ?? current.range)
    }

    /// Runs a part of the grammar that may contain itself.
    mutating func nested<Result>(
        _ parse: (inout JinjaParser) throws(JinjaProblem) -> Result
    ) throws(JinjaProblem) -> Result {
        depth += 1
        if depth > nestingLimit {
            throw JinjaProblem(
                "nested deeper than \(nestingLimit)", kind: .limit, range: current.range)
        }
        let result = try parse(&self)
        depth -= 1
        return result
    }

    // MARK: - Bodies

    /// Statements up to one of `ends`, whose tag has been opened and its name not yet taken.
    mutating func parseBody(_ tag: String, until ends: [String]) throws(JinjaProblem) -> [JinjaStatement] {
        _ = skip(.colon)
        try expectBlockEnd()
        open.append((tag, ends))
        let body = try nested { parser throws(JinjaProblem) in try parser.parseStatements() }
        if current.kind == .end { throw unexpectedEnd() }
        open.removeLast()
        return body
    }

    /// A body that ends with `end`, taken too.
    mutating func parseBody(_ tag: String, end: String) throws(JinjaProblem) -> [JinjaStatement] {
        let body = try parseBody(tag, until: [end])
        take()
        return body
    }

    private mutating func parseStatements() throws(JinjaProblem) -> [JinjaStatement] {
        var statements: [JinjaStatement] = []
        while true {
            let token = current
            switch token.kind {
            case .end: return statements
            case .data(let text):
                take()
                statements.append(JinjaStatement(.text(text), token.range))
            case .outputBegin:
                take()
                let expression = try parseTuple()
                guard current.kind == .outputEnd else { throw expected("token 'end of print statement'") }
                take()
                statements.append(JinjaStatement(.output(expression), token.range.lowerBound..<lastEnd))
            default:
                take()
                if case .name(let name) = current.kind, open.last?.ends.contains(name) == true { return statements }
                statements += try parseStatement(from: token.range.lowerBound)
                try expectBlockEnd()
            }
        }
    }

    private func unexpectedEnd() -> JinjaProblem { problem("Unexpected end of template." + lookingFor(nil)) }

    func unknownTag(_ name: String) -> JinjaProblem {
        problem("Encountered unknown tag '\(name)'." + lookingFor(name))
    }

    /// What would have ended the innermost tag.
    private func lookingFor(_ name: String?) -> String {
        guard let innermost = open.last else { return "" }
        let ends = innermost.ends.map { "'\($0)'" }.joined(separator: " or ")
        let isNested = name.map { name in open.contains { $0.ends.contains(name) } } ?? false
        let looking =
            isNested
            ? " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for \(ends)."
            : " Jinja was looking for the following tags: \(ends)."
        return looking + " The innermost block that needs to be closed is '\(innermost.tag)'."
    }
}
