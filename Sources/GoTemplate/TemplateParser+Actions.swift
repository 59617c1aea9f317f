/// Actions: what may stand between `{{` and `}}`.
extension TemplateParser {
    /// The left delimiter, at `start`, is past.
    mutating func action(from start: Int) throws(TemplateError) -> Item {
        let token = nextNonSpace()
        switch token.kind {
        case .keyword(.block): return .node(try block())
        case .keyword(.break): return .node(.breakLoop(try loopControl(token, start)))
        case .keyword(.continue): return .node(.continueLoop(try loopControl(token, start)))
        case .keyword(.else): return try elseControl()
        case .keyword(.end):
            try expect(.rightDelimiter, in: "end")
            return .end
        case .keyword(.if): return .node(.branch(try branch(.if)))
        case .keyword(.range): return .node(.branch(try branch(.range)))
        case .keyword(.with): return .node(.branch(try branch(.with)))
        case .keyword(.template): return .node(try invocation())
        default:
            giveBack(token)
            let pipeline = try pipeline(in: "command", until: .rightDelimiter)
            return .node(.action(TemplateAction(range: start..<pipeline.range.upperBound, pipeline: pipeline)))
        }
    }

    private mutating func loopControl(_ keyword: TemplateToken, _ start: Int) throws(TemplateError) -> Range<Int> {
        let word = "{{\(keyword.text)}}"
        let end = nextNonSpace()
        guard end.kind == .rightDelimiter else { throw unexpected(end, in: word) }
        guard scope.rangeDepth > 0 else { throw fault("\(word) outside {{range}}", at: keyword.range) }
        return start..<end.range.upperBound
    }

    /// `{{else}}`; of `{{else if …}}` and `{{else with …}}` the second word is left for `branch`.
    private mutating func elseControl() throws(TemplateError) -> Item {
        let word = peekNonSpace()
        if word.kind != .keyword(.if), word.kind != .keyword(.with) { try expect(.rightDelimiter, in: "else") }
        return .else
    }

    mutating func branch(_ kind: TemplateBranch.Kind) throws(TemplateError) -> TemplateBranch {
        let start = lastActionStart
        let outerVariables = scope.variables
        defer { scope.variables = outerVariables }
        let pipeline = try pipeline(in: kind.rawValue, until: .rightDelimiter)
        if kind == .range { scope.rangeDepth += 1 }
        let (body, closer) = try list()
        if kind == .range { scope.rangeDepth -= 1 }
        var elseBody: TemplateBody?
        // What lacks its end is the block, not its {{else}}.
        lastActionStart = start
        if case .else = closer { elseBody = try otherwise(of: kind) }
        return TemplateBranch(kind: kind, range: pipeline.range, pipeline: pipeline, body: body, elseBody: elseBody)
    }

    /// What follows `{{else`: a list up to `{{end}}`, or for `else if` and `else with` one branch that brings the `{{end}}`.
    private mutating func otherwise(of kind: TemplateBranch.Kind) throws(TemplateError) -> TemplateBody {
        let word = peek()
        if kind == .if, word.kind == .keyword(.if) { return try chained(.if) }
        if kind == .with, word.kind == .keyword(.with) { return try chained(.with) }
        let (body, closer) = try list()
        guard case .end = closer else { throw fault("expected end; found {{else}}") }
        return body
    }

    private mutating func chained(_ kind: TemplateBranch.Kind) throws(TemplateError) -> TemplateBody {
        _ = next()
        expressionDepth += 1
        defer { expressionDepth -= 1 }
        guard expressionDepth <= limits.nesting else { throw fault("more than \(limits.nesting) branches after one another") }
        return TemplateBody([.branch(try branch(kind))])
    }

    /// `{{template "name" pipeline?}}`; the keyword is past.
    private mutating func invocation() throws(TemplateError) -> TemplateNode {
        let token = nextNonSpace()
        let name = try templateName(token, in: "template clause")
        let after = nextNonSpace()
        if after.kind == .rightDelimiter {
            return .invocation(TemplateInvocation(range: token.range, name: name, pipeline: nil))
        }
        giveBack(after)
        let pipeline = try pipeline(in: "template clause", until: .rightDelimiter)
        return .invocation(
            TemplateInvocation(range: token.range.lowerBound..<pipeline.range.upperBound, name: name, pipeline: pipeline))
    }

    /// `{{block "name" pipeline}} list {{end}}`: defines a template and invokes it there.
    private mutating func block() throws(TemplateError) -> TemplateNode {
        let token = nextNonSpace()
        let name = try templateName(token, in: "block clause")
        let pipeline = try pipeline(in: "block clause", until: .rightDelimiter)
        try add(separateList(in: "block clause"), as: name)
        return .invocation(
            TemplateInvocation(range: token.range.lowerBound..<pipeline.range.upperBound, name: name, pipeline: pipeline))
    }

    private func templateName(_ token: TemplateToken, in context: String) throws(TemplateError) -> String {
        guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, in: context) }
        return try unquote(token)
    }
}
