import Diagnostics
import GoTemplate
import JSONText
import ModelfilePlan
import ModelfileSuperset
import ModelfileSyntax

/// A coloured part of a line.
struct SemanticToken {
    /// In the order of the legend.
    enum Kind: String, CaseIterable {
        case keyword, property, enumMember, string, number, comment, variable, function, `class`, `operator`

        var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    static let declaration = 1
    static let deprecated = 2

    var range: SourceRange
    var kind: Kind
    var modifiers = 0
}

extension DocumentView {
    /// Five numbers for each token: lines from the token before, characters from it or from the line's start, length, kind,
    /// modifiers.
    var semanticTokens: JSONValue {
        var data: [JSONValue] = []
        var last = (line: 0, character: 0)
        for token in singleLines(colouring.sorted { $0.range.lowerBound < $1.range.lowerBound }) {
            let (start, end) = (positions.place(at: token.range.lowerBound), positions.place(at: token.range.upperBound))
            let isSameLine = start.line == last.line
            data += [
                start.line - last.line, isSameLine ? start.character - last.character : start.character,
                end.character - start.character, token.kind.index, token.modifiers,
            ].map { JSONValue($0) }
            last = start
        }
        return ["data": .array(data)]
    }

    /// Tokens cut at line ends, empty and overlapping ones left out: a client need not take others.
    private func singleLines(_ tokens: [SemanticToken]) -> [SemanticToken] {
        var cut: [SemanticToken] = []
        var end = 0
        for token in tokens {
            var start = max(token.range.lowerBound, end)
            while start < token.range.upperBound {
                let line = source.line(at: start)
                let piece = start..<max(start, min(token.range.upperBound, source.range(ofLine: line).upperBound))
                if !piece.isEmpty { cut.append(SemanticToken(range: piece, kind: token.kind, modifiers: token.modifiers)) }
                start = line < source.lineCount ? source.lineStarts[line] : token.range.upperBound
            }
            end = max(end, token.range.upperBound)
        }
        return cut
    }

    private var colouring: [SemanticToken] {
        var tokens = tree.tokens.flatMap(\.leadingTrivia).filter { $0.kind == .comment }.map {
            SemanticToken(range: $0.range, kind: .comment)
        }
        for instruction in tree.instructions {
            tokens.append(SemanticToken(range: instruction.keyword.range, kind: .keyword))
            if let argument = instruction.argument { tokens.append(colour(argument, of: instruction)) }
            if let value = instruction.value { tokens += colour(value, of: instruction) }
        }
        if document.kind == .template { tokens += templates.flatMap { colour($0, names: []) } }
        return tokens
    }

    private func colour(_ argument: SyntaxToken, of instruction: InstructionSyntax) -> SemanticToken {
        guard instruction.instruction == .parameter else { return SemanticToken(range: argument.range, kind: .enumMember) }
        let name = text(argument.range)
        let isGone = ParameterTable.deprecated.contains(name) || ParameterTable.removed.contains(name)
        return SemanticToken(range: argument.range, kind: .property, modifiers: isGone ? SemanticToken.deprecated : 0)
    }

    private func colour(_ value: ValueSyntax, of instruction: InstructionSyntax) -> [SemanticToken] {
        let names = value.quoting == .literalHeredoc || !isSuperset ? [] : references(in: value.text.range)
        if instruction.instruction == .arg {
            let name = Substitution.name(at: value.text.range.lowerBound, source.bytes, value.text.range)
            let rest = SemanticToken(
                range: min(name.upperBound + 1, value.text.range.upperBound)..<value.text.range.upperBound, kind: .string)
            return [SemanticToken(range: name, kind: .variable, modifiers: SemanticToken.declaration)] + spread(rest, over: names)
        }
        if instruction.instruction == .template, fileReference(instruction) == nil {
            let region = TemplateRegion(range: value.text.range, text: text(value.text.range), instruction: instruction)
            return colour(region, names: names)
        }
        return spread(SemanticToken(range: value.range, kind: kind(of: value, of: instruction)), over: names)
    }

    private func kind(of value: ValueSyntax, of instruction: InstructionSyntax) -> SemanticToken.Kind {
        switch instruction.instruction {
        case .from, .draft, .adapter: return .class
        case .renderer, .parser: return .enumMember
        case .requires: return .number
        case .parameter:
            switch instruction.argument.flatMap({ ParameterTable.named(text($0.range)) })?.type {
            case .int, .float: return .number
            case .bool: return .keyword
            default: return .string
            }
        default: return .string
        }
    }

    /// The `${NAME}` in a range.
    private func references(in range: SourceRange) -> [SemanticToken] {
        Substitution.parts(of: source.bytes, in: range).compactMap { part in
            if case .reference(let range, _) = part { SemanticToken(range: range, kind: .variable) } else { nil }
        }
    }

    /// A token with other tokens inside of it: the parts between them keep its kind.
    private func spread(_ token: SemanticToken, over inner: [SemanticToken]) -> [SemanticToken] {
        var parts: [SemanticToken] = []
        var start = token.range.lowerBound
        for other in inner where other.range.lowerBound >= start {
            parts += [SemanticToken(range: start..<other.range.lowerBound, kind: token.kind, modifiers: token.modifiers), other]
            start = other.range.upperBound
        }
        return parts + [
            SemanticToken(range: start..<max(start, token.range.upperBound), kind: token.kind, modifiers: token.modifiers)
        ]
    }

    /// The words of a template's actions; text between them is a string.
    private func colour(_ region: TemplateRegion, names: [SemanticToken]) -> [SemanticToken] {
        let start = region.range.lowerBound
        let words = TemplateWord.scan(region.text)
        var tokens = words.compactMap { word -> SemanticToken? in
            kind(of: word.kind).map {
                SemanticToken(range: start + word.range.lowerBound..<start + word.range.upperBound, kind: $0)
            }
        }
        var (position, depth) = (start, 0)
        for word in words where word.kind == .delimiter || word.kind == .comment {
            let opens = word.kind == .comment || depth == 0
            if opens {
                let gap = SemanticToken(range: position..<max(position, start + word.range.lowerBound), kind: .string)
                tokens += spread(gap, over: names.filter { gap.range.contains($0.range.lowerBound) })
            }
            if word.kind == .delimiter { depth = 1 - depth }
            position = start + word.range.upperBound
        }
        if depth == 0 {
            let gap = SemanticToken(range: position..<max(position, region.range.upperBound), kind: .string)
            tokens += spread(gap, over: names.filter { gap.range.contains($0.range.lowerBound) })
        }
        return tokens
    }

    private func kind(of word: TemplateWord.Kind) -> SemanticToken.Kind? {
        switch word {
        case .delimiter: .operator
        case .keyword, .constant: .keyword
        case .function: .function
        case .field: .property
        case .variable: .variable
        case .string: .string
        case .number: .number
        case .comment: .comment
        }
    }
}
