import Diagnostics
import JSONText
import Linting
import ModelfilePlan
import ModelfileSuperset
import ModelfileSyntax

/// What could be written at a place. Where that is depends on the line up to the place, which need not be an instruction yet, and
/// on whether the place is inside of a text.
extension DocumentView {
    func completions(at offset: Int) -> JSONValue {
        let (items, range) = choices(at: offset)
        return .array(
            items.enumerated().map { order, item in
                item.json(order: order, replacing: range, positions, takesSnippets: server.takesSnippets)
            })
    }

    private func choices(at offset: Int) -> (items: [CompletionItem], range: SourceRange) {
        guard document.kind == .modelfile || document.kind == .template else { return ([], offset..<offset) }
        if isSuperset, let range = openName(at: offset) { return (nameChoices, range) }
        if let region = template(at: offset), document.kind == .template || isInside(offset) || region.range.lowerBound <= offset {
            return templateChoices(in: region, at: offset)
        }
        guard document.kind == .modelfile, !isInside(offset) else { return ([], offset..<offset) }
        return choices(in: LineStart(source, offset), at: offset)
    }

    /// Whether a place is inside of a text in quotes.
    private func isInside(_ offset: Int) -> Bool {
        guard let value = instruction(at: offset)?.value, value.quoting != .bare, let open = value.openQuote else { return false }
        return open.range.upperBound <= offset && offset <= value.text.range.upperBound
    }

    private func choices(in line: LineStart, at offset: Int) -> (items: [CompletionItem], range: SourceRange) {
        let word = line.word
        if line.isComment { return (commentChoices(line), line.content) }
        guard let first = line.words.first else { return (instructionChoices, word) }
        let keyword = source.text(in: first)
        guard let instruction = Instruction(keyword: keyword, in: tree.dialect) else { return ([], word) }
        switch (instruction, line.words.count) {
        case (.parameter, 1): return (parameterChoices, word)
        case (.parameter, 2): return (valueChoices(source.text(in: line.words[1])), word)
        case (.message, 1):
            let roles = BuildPlan.Message.Role.allCases.map {
                CompletionItem(label: $0.rawValue, kind: .enumMember, text: $0.rawValue + " ")
            }
            return (roles, word)
        case (.from, 1): return (targetChoices + fileChoices(line.rest, weights: true) + modelChoices, line.rest)
        case (.adapter, 1), (.draft, 1):
            return (fileChoices(line.rest, weights: true) + (instruction == .draft ? modelChoices : []), line.rest)
        case (.include, 1): return (fileChoices(line.rest, weights: false), line.rest)
        case (.template, 1), (.system, 1), (.license, 1):
            guard isSuperset, source.bytes[line.rest].first == 0x40 else { return ([], word) }
            let path = line.rest.lowerBound + 1..<line.rest.upperBound
            return (fileChoices(path, weights: false), path)
        default: return ([], word)
        }
    }

    // MARK: Words

    private var instructionChoices: [CompletionItem] {
        let hasFrom = tree.instructions.contains { $0.instruction == .from }
        let instructions = tree.dialect.instructions.sorted { hasFrom && $0 != .from && $1 == .from }
        return instructions.map { instruction in
            CompletionItem(
                label: instruction.keyword, kind: .keyword, detail: instruction.summary,
                documentation: "```modelfile\n\(instruction.example)\n```", text: instruction.keyword + " ",
                snippet: instruction.takesText && instruction != .message ? "\(instruction.keyword) \"\"\"$0\"\"\"" : nil)
        }
    }

    private var parameterChoices: [CompletionItem] {
        ParameterTable.all.map { parameter in
            CompletionItem(
                label: parameter.name, kind: .property, detail: Self.typeAndDefault(parameter), documentation: parameter.summary,
                text: parameter.name + " ")
        }
    }

    private func valueChoices(_ name: String) -> [CompletionItem] {
        guard let parameter = ParameterTable.named(name) else { return [] }
        switch parameter.type {
        case .bool: return ["true", "false"].map { CompletionItem(label: $0, kind: .value) }
        case .strings: return markers.map { CompletionItem(label: $0, kind: .value, detail: "in the template", text: "\"\($0)\"") }
        case .int, .float:
            guard parameter.defaultText != "auto" else { return [] }
            return [CompletionItem(label: parameter.defaultText, kind: .value, detail: "the default")]
        }
    }

    /// What looks like a special token in the templates, such as `<|im_end|>`: generation often stops at one.
    private var markers: [String] {
        var found: [String] = []
        for template in templates {
            for match in template.text.matches(of: /<\|[A-Za-z0-9_]+\|>|<\/?[a-z_]+>|\[\/?[A-Z_]+\]/) {
                let text = String(match.output)
                if !found.contains(text) { found.append(text) }
            }
        }
        return found
    }

    private func commentChoices(_ line: LineStart) -> [CompletionItem] {
        let text = source.text(in: line.content)
        if text.hasPrefix("# quern: ignore ") {
            return DiagnosticRule.table.map {
                CompletionItem(
                    label: $0.id, kind: .enumMember, detail: $0.title, text: text.prefix { $0 != "Q" } + $0.id,
                    filter: text.prefix { $0 != "Q" } + $0.id)
            }
        }
        let isFirst = source.line(at: line.content.lowerBound) == 1
        return (isFirst ? [ModelfileDialect.syntaxLine] : []).map {
            CompletionItem(label: $0, kind: .keyword, detail: "Quern's superset of the Modelfile")
        }
            + [CompletionItem(label: "# quern: ignore ", kind: .keyword, detail: "silences rules in the instruction below")]
    }

    // MARK: Names of the superset

    /// The part of a name that stands behind `${` before a place.
    private func openName(at offset: Int) -> SourceRange? {
        var start = offset
        while start > 0, LineStart.isNameByte(source.bytes[start - 1]) { start -= 1 }
        guard start >= 2, source.bytes[start - 2..<start].elementsEqual("${".utf8) else { return nil }
        return start..<offset
    }

    private var nameChoices: [CompletionItem] {
        var seen: Set<String> = []
        return trees.flatMap { Self.names(in: $0) }.filter { $0.isDefinition && seen.insert($0.name).inserted }.map {
            CompletionItem(label: $0.name, kind: .variable)
        }
    }

    private var targetChoices: [CompletionItem] {
        program.targetNames.map { CompletionItem(label: $0, kind: .module, detail: "a target of this file") }
    }

    // MARK: Models and files

    private var modelChoices: [CompletionItem] {
        environment.models().map { CompletionItem(label: $0, kind: .module, detail: "an installed model") }
    }

    private static let weightSuffixes = [".gguf", ".safetensors", ".bin"]

    /// The files that a path can go on with.
    ///
    /// - Parameter weights: files of weights rather than texts.
    private func fileChoices(_ range: SourceRange, weights: Bool) -> [CompletionItem] {
        guard let folder = document.folder else { return [] }
        let written = text(range)
        let slash = written.lastIndex(of: "/").map(written.index(after:)) ?? written.startIndex
        let (start, name) = (String(written[..<slash]), written[slash...])
        let entries = environment.entries(FileLocation.join(folder, start))
        return entries.compactMap { entry in
            guard !entry.name.hasPrefix(".") || name.hasPrefix("."), !entry.name.contains("\n") else { return nil }
            let isWeights = Self.weightSuffixes.contains { entry.name.lowercased().hasSuffix($0) }
            guard entry.isFolder || isWeights == weights else { return nil }
            // Without a slash a name could be a model's.
            let path = (start.isEmpty && weights ? "./" : start) + entry.name + (entry.isFolder ? "/" : "")
            return CompletionItem(
                label: entry.name + (entry.isFolder ? "/" : ""), kind: entry.isFolder ? .folder : .file, text: path,
                filter: start + entry.name)
        }
    }
}

/// The line of a place, up to it.
private struct LineStart {
    /// Without blanks in front.
    let content: SourceRange
    /// The words before the one that is being written.
    let words: [SourceRange]
    /// The word that is being written, maybe empty.
    let word: SourceRange
    /// Behind the first word, blanks aside.
    let rest: SourceRange
    let isComment: Bool

    init(_ source: SourceText, _ offset: Int) {
        var start = source.lineStarts[source.line(at: offset) - 1]
        func isBlank(_ place: Int) -> Bool { source.bytes[place] == 0x20 || source.bytes[place] == 0x09 }
        while start < offset, isBlank(start) { start += 1 }
        content = start..<offset
        isComment = start < offset && source.bytes[start] == 0x23
        var (words, position): ([SourceRange], Int) = ([], start)
        while let end = (position..<offset).first(where: isBlank) {
            words.append(position..<end)
            position = (end..<offset).first { !isBlank($0) } ?? offset
        }
        self.words = words
        word = position..<offset
        let first = words.first?.upperBound ?? offset
        rest = ((first..<offset).first { !isBlank($0) } ?? offset)..<offset
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF) || (0x30...0x39).contains(byte) || byte == 0x5F
    }
}
