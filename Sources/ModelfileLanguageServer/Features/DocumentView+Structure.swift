import Diagnostics
import GoTemplate
import JSONText
import ModelTesting
import ModelfileSuperset
import ModelfileSyntax

/// What an editor shows of a text's structure: symbols, foldings, links.
extension DocumentView {
    // MARK: Symbols

    /// The instructions; in the superset those of a target inside of it.
    var symbols: JSONValue {
        if document.kind == .tests {
            return .array(
                own.tests.map { symbol($0.name, "", kind: 12, source.range(ofLine: $0.line), source.range(ofLine: $0.line), []) })
        }
        let starts = targetStarts
        guard !starts.isEmpty else { return .array(tree.instructions.map(symbol)) }
        var groups: [[InstructionSyntax]] = [[]]
        for instruction in tree.instructions {
            if starts.contains(instruction.keyword.range.lowerBound) { groups.append([]) }
            groups[groups.count - 1].append(instruction)
        }
        let targets = groups.dropFirst().compactMap { group -> JSONValue? in
            guard let first = group.first, let last = group.last, let value = first.value else { return nil }
            return symbol(
                text(value.text.range), "target", kind: 2, first.range.lowerBound..<last.range.upperBound, first.range,
                group.map(symbol))
        }
        return .array(groups[0].map(symbol) + targets)
    }

    /// Where the FROM lines of targets with a name begin in this document.
    private var targetStarts: Set<Int> {
        guard program.targetNames.count > 0 else { return [] }
        let sites = program.targets.filter { $0.site.file == file }.map(\.site.range.lowerBound)
        return Set(sites.compactMap { instruction(at: $0)?.keyword.range.lowerBound })
    }

    private func symbol(_ instruction: InstructionSyntax) -> JSONValue {
        var name = instruction.instruction.keyword
        if let argument = instruction.argument { name += " " + text(argument.range) }
        let value = instruction.value.map { text($0.text.range) } ?? ""
        let firstLine = value.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return symbol(
            name, DisplayWidth.truncating(firstLine, to: 60), kind: Self.symbolKind(instruction.instruction), instruction.range,
            instruction.keyword.range, [])
    }

    private func symbol(
        _ name: String, _ detail: String, kind: Int, _ range: SourceRange, _ selection: SourceRange, _ children: [JSONValue]
    ) -> JSONValue {
        var object: JSONObject = [
            "name": .string(name), "detail": .string(detail), "kind": JSONValue(kind), "range": positions.json(range),
            "selectionRange": positions.json(selection),
        ]
        if !children.isEmpty { object["children"] = .array(children) }
        return .object(object)
    }

    /// SymbolKind of the protocol.
    private static func symbolKind(_ instruction: Instruction) -> Int {
        switch instruction {
        case .from, .adapter, .draft: 4
        case .parameter: 7
        case .template, .renderer, .parser: 12
        case .arg: 13
        case .include: 1
        case .system, .message, .license, .requires: 15
        }
    }

    // MARK: Foldings

    var foldings: JSONValue {
        guard document.kind == .modelfile || document.kind == .template else { return [] }
        var found: [JSONValue] = []
        func fold(_ range: SourceRange, _ kind: String? = nil, keepsLastLine: Bool = false) {
            let first = positions.place(at: range.lowerBound).line
            let last = positions.place(at: range.upperBound).line - (keepsLastLine ? 1 : 0)
            guard last > first else { return }
            var object: JSONObject = ["startLine": JSONValue(first), "endLine": JSONValue(last)]
            if let kind { object["kind"] = .string(kind) }
            found.append(.object(object))
        }
        for instruction in tree.instructions { fold(instruction.range) }
        for comments in commentRuns { fold(comments, "comment") }
        for block in templateBlocks { fold(block, keepsLastLine: true) }
        return .array(found)
    }

    /// Comments on lines that follow each other.
    private var commentRuns: [SourceRange] {
        var runs: [SourceRange] = []
        for token in tree.tokens {
            for trivia in token.leadingTrivia where trivia.kind == .comment {
                let line = source.line(at: trivia.range.lowerBound)
                if let last = runs.last, source.line(at: last.upperBound) + 1 == line {
                    runs[runs.count - 1] = last.lowerBound..<trivia.range.upperBound
                } else {
                    runs.append(trivia.range)
                }
            }
        }
        return runs
    }

    /// From `{{ range … }}` and the like to its `{{ end }}`.
    private var templateBlocks: [SourceRange] {
        templates.flatMap { region -> [SourceRange] in
            var (open, blocks): ([Int], [SourceRange]) = ([], [])
            var previous: TemplateWord?
            for word in TemplateWord.scan(region.text) {
                if case .keyword(let opens, let closes) = word.kind {
                    // `else if` opens nothing of its own.
                    var followsElse = false
                    if let previous, case .keyword(false, false) = previous.kind { followsElse = true }
                    if opens, !followsElse { open.append(word.range.lowerBound) }
                    if closes, let start = open.popLast() {
                        blocks.append(region.range.lowerBound + start..<region.range.lowerBound + word.range.upperBound)
                    }
                }
                previous = word
            }
            return blocks
        }
    }

    // MARK: Links

    var links: JSONValue {
        .array(
            namedFiles.map { named in
                [
                    "range": positions.json(named.range), "target": .string(server.uri(ofPath: named.path)),
                ]
            })
    }
}
