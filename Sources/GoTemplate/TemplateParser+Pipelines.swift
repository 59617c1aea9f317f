/// Pipelines, commands and operands.
extension TemplateParser {
    /// `declarations? command ('|' command)*`, with the token that ends it.
    mutating func pipeline(in context: String, until end: TemplateToken.Kind) throws(TemplateError) -> TemplatePipeline {
        let start = peekNonSpace().range.lowerBound
        let (variables, isAssignment) = try declarations(in: context)
        var commands: [TemplateCommand] = []
        while true {
            let token = nextNonSpace()
            switch token.kind {
            case end:
                try check(commands, in: context)
                let last = commands.last?.range.upperBound ?? token.range.lowerBound
                return TemplatePipeline(
                    range: start..<max(start, last), isAssignment: isAssignment, variables: variables, commands: commands)
            case .boolean, .characterConstant, .complexNumber, .dot, .field, .identifier, .number, .keyword(.nil), .rawString,
                .string, .variable, .leftParenthesis:
                giveBack(token)
                commands.append(try command())
            default: throw unexpected(token, in: context)
            }
        }
    }

    /// `$x :=`, `$x =`, and in a range `$i, $x :=`.
    private mutating func declarations(
        in context: String
    ) throws(TemplateError) -> (variables: [TemplateIdentifier], isAssignment: Bool) {
        var variables: [TemplateIdentifier] = []
        while peekNonSpace().kind == .variable {
            let variable = next()
            let after = next()
            var mark = after
            if after.kind == .space { mark = nextNonSpace() }
            let name = TemplateIdentifier(variable.text, variable.range)
            switch mark.kind {
            case .assign, .declare:
                try declare(variable)
                return (variables + [name], mark.kind == .assign)
            case .character where mark.text == ",":
                variables.append(name)
                try declare(variable)
                guard context == "range", variables.count < 2 else { throw fault("too many declarations in \(context)") }
                switch peekNonSpace().kind {
                case .variable, .rightDelimiter, .rightParenthesis: continue
                default: throw fault("range can only initialize variables")
                }
            default:
                giveBack(mark)
                if after.kind == .space { giveBack(after) }
                giveBack(variable)
                return (variables, false)
            }
        }
        return (variables, false)
    }

    /// Variables are looked for one by one, so there may not be any number of them.
    private static let variableLimit = 1000

    private mutating func declare(_ token: TemplateToken) throws(TemplateError) {
        scope.variables.append(token.text)
        if scope.variables.count > Self.variableLimit { throw fault("more than \(Self.variableLimit) variables", at: token.range) }
    }

    private func check(_ commands: [TemplateCommand], in context: String) throws(TemplateError) {
        if commands.isEmpty { throw fault("missing value for \(context)") }
        for (index, command) in commands.enumerated().dropFirst() {
            switch command.operands[0].kind {
            case .bool, .dot, .nil, .number, .string:
                throw fault("non executable command in pipeline stage \(index + 1)", at: command.range)
            default: continue
            }
        }
    }

    /// Operands with blanks between, up to a pipe, which is taken, or a closing mark, which is not.
    private mutating func command() throws(TemplateError) -> TemplateCommand {
        let start = peekNonSpace().range.lowerBound
        var operands: [TemplateOperand] = []
        while true {
            if let operand = try operand() { operands.append(operand) }
            let token = next()
            switch token.kind {
            case .space: continue
            case .rightDelimiter, .rightParenthesis: giveBack(token)
            case .pipe: break
            default: throw unexpected(token, in: "operand")
            }
            break
        }
        guard let last = operands.last else { throw fault("empty command") }
        return TemplateCommand(range: start..<last.range.upperBound, operands: operands)
    }

    /// A term with the fields that are asked of it; nil where the next token starts none.
    private mutating func operand() throws(TemplateError) -> TemplateOperand? {
        guard let term = try term() else { return nil }
        guard peek().kind == .field else { return term }
        let position = peek().range.lowerBound
        var names: [TemplateIdentifier] = []
        while peek().kind == .field { names.append(Self.fieldName(next())) }
        let range = term.range.lowerBound..<(names.last?.range.upperBound ?? term.range.upperBound)
        switch term.kind {
        case .field(let first): return TemplateOperand(range: range, reportedPosition: position, kind: .field(first + names))
        case .variable(let first):
            return TemplateOperand(range: range, reportedPosition: position, kind: .variable(first + names))
        case .bool, .string, .number, .nil, .dot:
            throw fault("unexpected . after term \(GoQuote.quoted(Array(term.messageText.utf8)))")
        case .function, .chain, .pipeline:
            return TemplateOperand(range: range, reportedPosition: position, kind: .chain(term, names))
        }
    }

    private static func fieldName(_ token: TemplateToken) -> TemplateIdentifier {
        TemplateIdentifier(String(token.text.dropFirst()), (token.range.lowerBound + 1)..<token.range.upperBound)
    }

    private mutating func term() throws(TemplateError) -> TemplateOperand? {
        let token = nextNonSpace()
        func made(_ kind: TemplateOperand.Kind) -> TemplateOperand {
            TemplateOperand(range: token.range, kind: kind, source: token.bytes)
        }
        switch token.kind {
        case .dot: return made(.dot)
        case .keyword(.nil): return made(.nil)
        case .boolean: return made(.bool(token.text == "true"))
        case .field: return made(.field([Self.fieldName(token)]))
        case .identifier:
            guard functionNames.contains(token.text) else {
                throw fault("function \(GoQuote.quoted(Array(token.text.utf8))) not defined", at: token.range)
            }
            return made(.function(TemplateIdentifier(token.text, token.range)))
        case .variable:
            guard scope.variables.contains(token.text) else {
                throw fault("undefined variable \(GoQuote.quoted(Array(token.text.utf8)))", at: token.range)
            }
            return made(.variable([TemplateIdentifier(token.text, token.range)]))
        case .number, .complexNumber, .characterConstant:
            do { return made(.number(try TemplateNumber(literal: token.bytes, kind: token.kind))) } catch {
                throw fault(error.text, at: token.range)
            }
        case .string, .rawString:
            guard let bytes = GoQuote.unquoted(token.bytes) else { throw fault("invalid syntax", at: token.range) }
            return made(.string(TemplateString(bytes)))
        case .leftParenthesis: return try parenthesized(from: token.range.lowerBound)
        default:
            giveBack(token)
            return nil
        }
    }

    private mutating func parenthesized(from start: Int) throws(TemplateError) -> TemplateOperand {
        expressionDepth += 1
        defer { expressionDepth -= 1 }
        guard expressionDepth <= limits.nesting else { throw fault("max expression depth exceeded") }
        let pipeline = try pipeline(in: "parenthesized pipeline", until: .rightParenthesis)
        return TemplateOperand(
            range: start..<(pipeline.range.upperBound + 1), reportedPosition: pipeline.range.lowerBound, kind: .pipeline(pipeline))
    }
}
