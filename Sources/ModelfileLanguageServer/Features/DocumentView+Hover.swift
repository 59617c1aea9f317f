import ChatPrompt
import Diagnostics
import GoTemplate
import JSONText
import Linting
import ModelfilePlan
import ModelfileSuperset
import ModelfileSyntax

/// What is told about the thing under the pointer.
extension DocumentView {
    func hover(at offset: Int) -> JSONValue {
        guard let (text, range) = explanation(at: offset) else { return .null }
        return ["contents": .markdown(text), "range": positions.json(range)]
    }

    private func explanation(at offset: Int) -> (text: String, range: SourceRange)? {
        if let name = name(at: offset) { return (explanation(of: name), name.range) }
        if let region = template(at: offset) { return explanation(of: region, at: offset) }
        guard let instruction = instruction(at: offset) else { return nil }
        if instruction.keyword.range.contains(offset) || instruction.keyword.range.upperBound == offset {
            return (Self.guide(instruction.instruction) + renderedTemplate(instruction), instruction.keyword.range)
        }
        if let base = base(at: offset) { return source(named: text(base)).map { ($0, base) } }
        if let file = namedFiles.first(where: { $0.range.lowerBound <= offset && offset <= $0.range.upperBound }) {
            return ("`\(file.path)`" + renderedTemplate(instruction), file.range)
        }
        switch instruction.instruction {
        case .parameter: return instruction.argument.flatMap { parameter(text($0.range)) }.map { ($0, instruction.range) }
        case .adapter, .draft:
            return instruction.value.flatMap { value in source(named: text(value.text.range)).map { ($0, value.range) } }
        default: return nil
        }
    }

    static func guide(_ instruction: Instruction) -> String {
        """
        **\(instruction.keyword)**: \(instruction.summary)

        ```modelfile
        \(instruction.example)
        ```
        """
    }

    /// What a parameter does, for hovers and completion.
    func parameter(_ name: String) -> String? {
        if ParameterTable.deprecated.contains(name) { return "**\(name)** is a parameter of older runners: it has no effect" }
        if ParameterTable.removed.contains(name) { return "**\(name)** no longer exists" }
        guard let parameter = ParameterTable.named(name) else {
            return ParameterTable.suggestion(for: name).map { "no parameter is called '\(name)', did you mean '\($0)'?" }
        }
        return "**\(name)**: \(parameter.summary)\n\n" + Self.typeAndDefault(parameter)
    }

    static func typeAndDefault(_ parameter: ParameterDescription) -> String {
        let wanted = parameter.type.wanted
        return parameter.defaultText.isEmpty ? wanted : "\(wanted), default \(parameter.defaultText)"
    }

    private func explanation(of name: NameOccurrence) -> String {
        for tree in trees {
            for instruction in tree.instructions where instruction.instruction == .arg {
                guard let value = instruction.value?.text.range else { continue }
                let defined = Substitution.name(at: value.lowerBound, tree.source.bytes, value)
                guard tree.source.text(in: defined) == name.name else { continue }
                let rest = tree.source.text(in: min(defined.upperBound + 1, value.upperBound)..<value.upperBound)
                let line = tree.source.line(at: defined.lowerBound)
                let place = "\(FileLocation.name(ofPath: tree.source.name)), line \(line)"
                return rest.isEmpty
                    ? "**\(name.name)** has no default: whoever builds gives it with `--arg \(name.name)=…` (\(place))"
                    : "**\(name.name)** is `\(rest)` unless whoever builds says otherwise (\(place))"
            }
        }
        return "no ARG defines **\(name.name)**"
    }

    // MARK: Sources

    /// What the text behind FROM, ADAPTER or DRAFT turned out to be.
    private func source(named text: String) -> String? {
        if program.targetNames.contains(text) { return "the target **\(text)** of this file" }
        switch whole.facts[text] {
        case .path(let traits): return "`\(text)`: a file or folder\(Self.description(traits))"
        case .stored(let traits): return "`\(text)`: an installed model\(Self.description(traits))"
        case .absent(let path, _): return "`\(path)`: there is no such file"
        case .remote: return "`\(text)`: a model that is not installed and would be downloaded"
        case nil: return nil
        }
    }

    private static func description(_ traits: ModelTraits) -> String {
        var lines: [String] = []
        if let architecture = traits.architecture { lines.append("architecture \(architecture)") }
        if let context = traits.trainedContext { lines.append("trained on \(context) tokens at once") }
        if let layers = traits.layerCount { lines.append("\(layers) layers") }
        if !traits.stops.isEmpty { lines.append("stops at \(traits.stops.map { "`\($0)`" }.joined(separator: ", "))") }
        return lines.isEmpty ? "" : "\n\n" + lines.map { "- \($0)" }.joined(separator: "\n")
    }

    // MARK: Templates

    private func explanation(of region: TemplateRegion, at offset: Int) -> (text: String, range: SourceRange) {
        let start = region.range.lowerBound
        let inner = offset - start
        let word = TemplateWord.scan(region.text).last { $0.range.lowerBound <= inner && inner < $0.range.upperBound }
        let rendered = rendering(of: region)
        guard let word else { return (rendered, region.range) }
        let range = start + word.range.lowerBound..<start + word.range.upperBound
        let name = text(range)
        guard let summary = TemplateVocabulary.summary(of: name) else { return (rendered, region.range) }
        return ("**\(name)**: \(summary)\n\n\(rendered)", range)
    }

    private func renderedTemplate(_ instruction: InstructionSyntax) -> String {
        guard instruction.instruction == .template, let value = instruction.value else { return "" }
        let region = TemplateRegion(range: value.text.range, text: text(value.text.range), instruction: instruction)
        return "\n\n" + rendering(of: region)
    }

    /// The prompt of a sample conversation, in Markdown.
    private func rendering(of region: TemplateRegion) -> String {
        let entries = compiledEntries(for: region)
        let text = entries.last { $0.instruction == .template && region.instruction != nil }?.value ?? region.text
        let result = TemplateSample.render(text, TemplateSample.messages(for: entries), today: environment.today)
        switch result {
        case .success(let prompt): return "What the model reads, for a sample conversation:\n\n" + Self.fenced(prompt)
        case .failure(let error): return "The template does not run: \(error)"
        }
    }

    /// The plain instructions of the target that a template stands in.
    private func compiledEntries(for region: TemplateRegion) -> [ModelfileEntry] {
        guard isSuperset || file != 0 else {
            // Of several templates that at hand is meant, not the one that counts.
            return tree.entries.filter { $0.instruction != .template }
                + (region.instruction.flatMap { $0.entry(in: source) }.map { [$0] } ?? [])
        }
        let compiled = program.compileAll()
        guard let instruction = region.instruction, file == 0 else { return compiled.last?.tree.entries ?? [] }
        let index = program.targets.lastIndex { $0.site.file == 0 && $0.site.range.lowerBound <= instruction.range.lowerBound }
        return (index.flatMap { compiled.indices.contains($0) ? compiled[$0] : nil } ?? compiled.last)?.tree.entries ?? []
    }

    /// A block of Markdown that the text cannot end.
    private static func fenced(_ text: String) -> String {
        var fence = "```"
        while text.contains(fence) { fence += "`" }
        return "\(fence)text\n\(text)\n\(fence)"
    }
}
