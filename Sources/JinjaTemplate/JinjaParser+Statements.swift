/// `{% … %}`
extension JinjaParser {
    /// The statement whose name is the current word; `start` is its `{%`. `print` gives one for each expression.
    mutating func parseStatement(from start: Int) throws(JinjaProblem) -> [JinjaStatement] {
        guard case .name(let tag) = current.kind else { throw problem("tag name expected") }
        if tag == "print" { return try parsePrint() }
        let kind = try parseKind(tag)
        return [JinjaStatement(kind, start..<max(start, lastEnd))]
    }

    private mutating func parseKind(_ tag: String) throws(JinjaProblem) -> JinjaStatement.Kind {
        switch tag {
        case "if": return try parseIf()
        case "for": return try parseFor()
        case "set": return try parseSet()
        case "macro": return try parseMacro()
        case "call": return try parseCall()
        case "filter": return try parseFilterBlock()
        case "with": return try parseWith()
        case "block": return try parseBlock()
        case "generation":
            take()
            return .generation(JinjaScope(id: nextScope(), body: try parseBodyOutsideLoops("generation", end: "endgeneration")))
        case "autoescape": return try parseAutoescape()
        case "break", "continue":
            guard loopDepth > 0 else { throw problem("'\(tag)' outside of a loop") }
            take()
            return tag == "break" ? .breakLoop : .continueLoop
        case "include", "import", "from", "extends":
            throw problem("'\(tag)' needs another template, and a chat template is alone")
        default: throw unknownTag(tag)
        }
    }

    /// A body that is a function of its own: the loops around it are out of its reach.
    private mutating func parseBodyOutsideLoops(_ tag: String, end: String) throws(JinjaProblem) -> [JinjaStatement] {
        let outer = loopDepth
        loopDepth = 0
        defer { loopDepth = outer }
        return try parseBody(tag, end: end)
    }

    private mutating func parsePrint() throws(JinjaProblem) -> [JinjaStatement] {
        take()
        var outputs: [JinjaStatement] = []
        while current.kind != .blockEnd {
            if !outputs.isEmpty { try expect(.comma) }
            let expression = try parseExpression()
            outputs.append(JinjaStatement(.output(expression), expression.range))
        }
        return outputs
    }

    private mutating func parseIf() throws(JinjaProblem) -> JinjaStatement.Kind {
        var branches: [JinjaBranch] = []
        conditionalDepth += 1
        defer { conditionalDepth -= 1 }
        while true {
            take()
            let test = try parseTuple(allowsConditional: false)
            branches.append(JinjaBranch(test: test, body: try parseBody("if", until: ["elif", "else", "endif"])))
            if at(name: "elif") { continue }
            let isElse = take().kind == .name("else")
            return .branch(branches, else: isElse ? try parseBody("if", end: "endif") : [])
        }
    }

    private mutating func parseFor() throws(JinjaProblem) -> JinjaStatement.Kind {
        take()
        let target = try parseTarget(endsAtIn: true)
        try expect(name: "in")
        let sequence = try parseTuple(allowsConditional: false, endsAtRecursive: true)
        var test: JinjaExpression?
        if skip(name: "if") { test = try parseExpression() }
        let isRecursive = skip(name: "recursive")
        loopDepth += 1
        let body = JinjaScope(id: nextScope(), body: try parseBody("for", until: ["endfor", "else"]))
        loopDepth -= 1
        var otherwise: JinjaScope?
        if take().kind == .name("else") {
            otherwise = JinjaScope(id: nextScope(), body: try parseBody("for", end: "endfor"))
        }
        return .loop(
            JinjaLoop(
                target: target, sequence: sequence, test: test, isRecursive: isRecursive, body: body, otherwise: otherwise,
                testTarget: renumbered(target), testScope: nextScope(), loopName: nextName()))
    }

    private mutating func renumbered(_ target: JinjaTarget) -> JinjaTarget {
        switch target {
        case .name(let name, _, let range): return .name(name, id: nextName(), range)
        case .attribute(let name, _, let attribute, let range):
            return .attribute(of: name, id: nextName(), attribute, range)
        case .tuple(let targets, let range):
            var copies: [JinjaTarget] = []
            for target in targets { copies.append(renumbered(target)) }
            return .tuple(copies, range)
        }
    }

    private mutating func parseSet() throws(JinjaProblem) -> JinjaStatement.Kind {
        take()
        let target = try parseTarget(allowsAttribute: true)
        if skip(.assign) { return .set(target, try parseTuple()) }
        var filter: JinjaExpression?
        if at(.pipe) { filter = try parseFilters(JinjaExpression(.bodyText, current.range)) }
        let body = try parseBodyOutsideLoops("set", end: "endset")
        return .setBlock(target, filter: filter, JinjaScope(id: nextScope(), body: body))
    }

    private mutating func parseFilterBlock() throws(JinjaProblem) -> JinjaStatement.Kind {
        take()
        let filter = try parseFilters(JinjaExpression(.bodyText, current.range), startsInline: true)
        return .filter(filter, JinjaScope(id: nextScope(), body: try parseBody("filter", end: "endfilter")))
    }

    private mutating func parseWith() throws(JinjaProblem) -> JinjaStatement.Kind {
        take()
        var bindings: [JinjaBinding] = []
        while current.kind != .blockEnd {
            if !bindings.isEmpty { try expect(.comma) }
            let target = try parseTarget()
            try expect(.assign)
            bindings.append(JinjaBinding(target: target, value: try parseExpression()))
        }
        return .with(bindings, JinjaScope(id: nextScope(), body: try parseBody("with", end: "endwith")))
    }

    private mutating func parseBlock() throws(JinjaProblem) -> JinjaStatement.Kind {
        take()
        let name = try expectName().name
        _ = skip(name: "scoped")
        let body = try parseBodyOutsideLoops("block", end: "endblock")
        _ = skip(name: name)
        return .block(name: name, JinjaScope(id: nextScope(), body: body))
    }

    /// Only `{% autoescape false %}`, which changes nothing: a prompt is not HTML.
    private mutating func parseAutoescape() throws(JinjaProblem) -> JinjaStatement.Kind {
        take()
        let setting = try parseExpression()
        guard case .constant(.bool(false)) = setting.kind else {
            throw problem("autoescape turns text into HTML, which a prompt is not", at: setting.range)
        }
        return .with([], JinjaScope(id: nextScope(), body: try parseBody("autoescape", end: "endautoescape")))
    }

    // MARK: - Macros

    private mutating func parseMacro() throws(JinjaProblem) -> JinjaStatement.Kind {
        take()
        let (name, _) = try expectName()
        let parameters = try parseSignature()
        let body = try parseBodyOutsideLoops("macro", end: "endmacro")
        return .macro(macro(name, parameters, body))
    }

    private mutating func parseCall() throws(JinjaProblem) -> JinjaStatement.Kind {
        let tag = take()
        let parameters = at(.openParenthesis) ? try parseSignature() : []
        let call = try parseExpression()
        guard case .call = call.kind else { throw problem("expected call", at: tag.range) }
        let body = try parseBodyOutsideLoops("call", end: "endcall")
        return .call(macro("", parameters, body), call)
    }

    private mutating func macro(
        _ name: String, _ parameters: [JinjaMacroNode.Parameter], _ body: [JinjaStatement]
    ) -> JinjaMacroNode {
        let scope = JinjaScope(id: nextScope(), body: body)
        return JinjaMacroNode(name: name, parameters: parameters, body: scope) { nextName() }
    }

    private mutating func parseSignature() throws(JinjaProblem) -> [JinjaMacroNode.Parameter] {
        var parameters: [JinjaMacroNode.Parameter] = []
        try expect(.openParenthesis)
        while !at(.closeParenthesis) {
            if !parameters.isEmpty { try expect(.comma) }
            let (name, range) = try expectName()
            try checkAssignable(name, range)
            var fallback: JinjaExpression?
            if skip(.assign) {
                fallback = try parseExpression()
            } else if parameters.last?.fallback != nil {
                throw problem("non-default argument follows default argument")
            }
            parameters.append(.init(name: name, id: nextName(), fallback: fallback))
        }
        try expect(.closeParenthesis)
        return parameters
    }

    // MARK: - Targets

    private func checkAssignable(_ name: String, _ range: Range<Int>) throws(JinjaProblem) {
        if ["true", "false", "none", "True", "False", "None"].contains(name) {
            throw problem("can't assign to '\(name)'", at: range)
        }
    }

    private mutating func parseTarget(
        endsAtIn: Bool = false, allowsAttribute: Bool = false
    ) throws(JinjaProblem) -> JinjaTarget {
        let start = current.range.lowerBound
        var targets: [JinjaTarget] = []
        var isTuple = false
        while true {
            if !targets.isEmpty, isTargetEnd(endsAtIn) { break }
            targets.append(try parseSingleTarget(allowsAttribute))
            guard skip(.comma) else { break }
            isTuple = true
        }
        if !isTuple, let target = targets.first { return target }
        return .tuple(targets, start..<lastEnd)
    }

    private func isTargetEnd(_ endsAtIn: Bool) -> Bool {
        current.kind == .blockEnd || at(.closeParenthesis) || (endsAtIn && at(name: "in")) || at(.assign)
    }

    private mutating func parseSingleTarget(_ allowsAttribute: Bool) throws(JinjaProblem) -> JinjaTarget {
        if skip(.openParenthesis) {
            let target = try nested { parser throws(JinjaProblem) in try parser.parseTarget() }
            try expect(.closeParenthesis)
            return target
        }
        guard case .name(let name) = current.kind else {
            throw problem("can't assign to '\(current.description)'")
        }
        let range = take().range
        try checkAssignable(name, range)
        if allowsAttribute, skip(.dot) {
            let (attribute, end) = try expectName()
            return .attribute(of: named(name), id: nextName(), named(attribute), range.lowerBound..<end.upperBound)
        }
        return .name(name, id: nextName(), range)
    }
}
