/// Turns a template's text into its trees, one for the text itself and one for each `define` and `block`.
///
/// Accepts and rejects what Go's text/template/parse does, at the same token and in the same words: the grammar is
/// `Grammar/GoTemplate.ebnf`. Methods consume what they return and nothing more.
struct TemplateParser {
    /// What is visible while one tree is being read; `define` and `block` start a fresh one.
    struct Scope {
        var variables = ["$"]
        var rangeDepth = 0
        /// Where the action being read began, for complaints about one that never ends.
        var actionStart: Int?
    }

    let source: TemplateSource
    let limits: TemplateLimits
    let functionNames: Set<String>
    var scope = Scope()
    var expressionDepth = 0
    private(set) var trees: [String: TemplateBody] = [:]

    private var blockDepth = 0
    /// Of the blocks being read, where the action that opens each begins; the innermost last.
    private var openers: [Int] = []
    /// Where the action read last begins.
    var lastActionStart = 0
    private var lexer: TemplateLexer
    /// Tokens that were looked at and given back; the next one is last.
    private var pending: [TemplateToken] = []
    private var latest: TemplateToken

    init(source: TemplateSource, limits: TemplateLimits, functionNames: Set<String>) {
        self.source = source
        self.limits = limits
        self.functionNames = functionNames
        lexer = TemplateLexer(source.bytes)
        latest = TemplateToken(kind: .end, range: 0..<0, bytes: [])
    }

    mutating func parse() throws(TemplateError) -> [String: TemplateBody] {
        guard source.bytes.count <= limits.sourceBytes else {
            throw fault("template of \(source.bytes.count) bytes, more than the limit of \(limits.sourceBytes)")
        }
        var nodes: [TemplateNode] = []
        while peek().kind != .end {
            if peek().kind == .leftDelimiter {
                let delimiter = next()
                let word = nextNonSpace()
                lastActionStart = delimiter.range.lowerBound
                if word.kind == .keyword(.define) {
                    try definition()
                    continue
                }
                giveBack(word)
                giveBack(delimiter)
            }
            switch try textOrAction() {
            case .node(let node): nodes.append(node)
            case .end: throw fault("unexpected {{end}}")
            case .else: throw fault("unexpected {{else}}")
            }
        }
        try add(TemplateBody(nodes), as: source.name)
        return trees
    }
}

// MARK: - Tokens

extension TemplateParser {
    mutating func next() -> TemplateToken {
        if let token = pending.popLast() { return token }
        latest = lexer.next()
        return latest
    }

    mutating func giveBack(_ token: TemplateToken) { pending.append(token) }

    mutating func peek() -> TemplateToken {
        let token = next()
        giveBack(token)
        return token
    }

    mutating func nextNonSpace() -> TemplateToken {
        var token = next()
        while token.kind == .space { token = next() }
        return token
    }

    mutating func peekNonSpace() -> TemplateToken {
        let token = nextNonSpace()
        giveBack(token)
        return token
    }

    @discardableResult
    mutating func expect(_ kind: TemplateToken.Kind, in context: String) throws(TemplateError) -> TemplateToken {
        let token = nextNonSpace()
        guard token.kind == kind else { throw unexpected(token, in: context) }
        return token
    }

    func fault(_ problem: String, at range: Range<Int>? = nil) -> TemplateError {
        let text = "template: \(source.name):\(source.line(of: latest.range.lowerBound)): \(problem)"
        return .syntax(TemplateFault(problem: problem, text: text, range: range ?? latest.range, source: source))
    }

    func unexpected(_ token: TemplateToken, in context: String) -> TemplateError {
        guard case .failure(let message) = token.kind else {
            return fault("unexpected \(token.quotedForMessage) in \(context)", at: token.range)
        }
        var extra = ""
        if let start = scope.actionStart, source.line(of: start) != source.line(of: token.range.lowerBound) {
            let place = "started at \(source.name):\(source.line(of: start))"
            extra = message.hasSuffix(" action") ? " " + place : " in action " + place
        }
        return fault(message + extra, at: token.range)
    }
}

// MARK: - Lists and definitions

extension TemplateParser {
    /// What one text or action amounts to for the list it stands in.
    enum Item {
        case node(TemplateNode)
        case end
        case `else`
    }

    /// Nodes up to the `{{end}}` or `{{else}}` that closes them.
    mutating func list() throws(TemplateError) -> (body: TemplateBody, closer: Item) {
        blockDepth += 1
        openers.append(lastActionStart)
        defer {
            blockDepth -= 1
            openers.removeLast()
        }
        guard blockDepth <= limits.nesting else { throw fault("blocks nest deeper than \(limits.nesting)") }
        var nodes: [TemplateNode] = []
        while peekNonSpace().kind != .end {
            let item = try textOrAction()
            guard case .node(let node) = item else { return (TemplateBody(nodes), item) }
            nodes.append(node)
        }
        throw unclosedBlock()
    }

    /// The complaint about the end of the text inside a block; the innermost block is the one that lacks its end.
    private func unclosedBlock() -> TemplateError {
        let start = openers.last ?? 0
        let text = "template: \(source.name):\(source.line(of: latest.range.lowerBound)): unexpected EOF"
        let end = source.bytes[start...].firstIndex(of: UInt8(ascii: "}")).map { min($0 + 2, source.bytes.count) }
        return .syntax(
            TemplateFault(
                problem: "unexpected EOF", text: text, range: latest.range, opener: start..<(end ?? source.bytes.count),
                source: source))
    }

    private mutating func textOrAction() throws(TemplateError) -> Item {
        let token = nextNonSpace()
        switch token.kind {
        case .text: return .node(.text(TemplateText(range: token.range, bytes: token.bytes)))
        case .leftDelimiter:
            scope.actionStart = token.range.lowerBound
            lastActionStart = token.range.lowerBound
            defer { scope.actionStart = nil }
            return try action(from: token.range.lowerBound)
        default: throw unexpected(token, in: "input")
        }
    }

    /// `{{define "name"}} list {{end}}`; the keyword is past.
    private mutating func definition() throws(TemplateError) {
        let token = nextNonSpace()
        guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, in: "define clause") }
        let name = try unquote(token)
        try expect(.rightDelimiter, in: "define clause")
        try add(separateList(in: "define clause"), as: name)
    }

    /// A list with a scope of its own, closed by `{{end}}`.
    mutating func separateList(in context: String) throws(TemplateError) -> TemplateBody {
        let outer = scope
        scope = Scope()
        let (body, closer) = try list()
        guard case .end = closer else { throw fault("unexpected {{else}} in \(context)") }
        scope = outer
        return body
    }

    mutating func add(_ body: TemplateBody, as name: String) throws(TemplateError) {
        if let existing = trees[name], !existing.isBlank {
            if !body.isBlank { throw fault("template: multiple definition of template \(GoQuote.quoted(Array(name.utf8)))") }
            return
        }
        trees[name] = body
    }

    func unquote(_ token: TemplateToken) throws(TemplateError) -> String {
        guard let bytes = GoQuote.unquoted(token.bytes) else { throw fault("invalid syntax", at: token.range) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TemplateBody {
    /// Nothing but blanks: may be defined again.
    var isBlank: Bool {
        nodes.allSatisfy { node in
            if case .text(let text) = node { text.bytes.allSatisfy(TemplateLexer.isSpace) } else { false }
        }
    }
}
