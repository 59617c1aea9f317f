import Diagnostics
import ModelfileSyntax

/// Turns the instructions of a tree into a plan, and says what in them has no meaning.
struct PlanBuilder {
    private let source: SourceText
    private(set) var plan = BuildPlan()
    private(set) var diagnostics: [Diagnostic] = []
    /// Where each instruction that holds one value was last written.
    private var places: [Instruction: SourceRange] = [:]

    init(_ source: SourceText) { self.source = source }

    mutating func add(_ instruction: InstructionSyntax) {
        guard let value = instruction.value else { return }
        switch instruction.instruction {
        case .from: append(\.sources, instruction, value)
        case .adapter: append(\.adapters, instruction, value)
        case .draft: append(\.drafts, instruction, value)
        case .template: plan.template = text(instruction, value)
        case .system: plan.system = text(instruction, value)
        case .license: plan.licenses.append(Written(value.content(in: source), at: value.range))
        case .renderer: plan.renderer = word(instruction, value) ?? plan.renderer
        case .parser: plan.parser = word(instruction, value) ?? plan.parser
        case .requires: addRequires(instruction, value)
        case .message: addMessage(instruction, value)
        case .parameter: addParameter(instruction, value)
        // Of the superset, which is compiled away before there is a plan.
        case .arg, .include: break
        }
    }

    /// Checks what can be seen only when all instructions are there.
    mutating func finish(hasFrom: Bool) {
        if !hasFrom { diagnostics.append(Diagnostic(.missingFrom, "no FROM line", at: 0..<0)) }
        for draft in plan.drafts {
            guard let base = plan.sources.first(where: { $0.value == draft.value }) else { continue }
            diagnostics.append(
                Diagnostic(
                    .draftIsBase, "DRAFT must not be the model that FROM names: '\(draft.value)'", at: draft.range,
                    notes: [Diagnostic.Note("the model is named here", at: base.range)]))
        }
    }

    // MARK: Values

    private mutating func append(
        _ list: WritableKeyPath<BuildPlan, [Written<String>]>, _ instruction: InstructionSyntax, _ value: ValueSyntax
    ) {
        if let text = visibleText(instruction, value) { plan[keyPath: list].append(text) }
    }

    private mutating func text(_ instruction: InstructionSyntax, _ value: ValueSyntax) -> Written<String> {
        warnOfReplacement(instruction)
        return Written(value.content(in: source), at: value.range)
    }

    private mutating func word(_ instruction: InstructionSyntax, _ value: ValueSyntax) -> Written<String>? {
        warnOfReplacement(instruction)
        return visibleText(instruction, value)
    }

    private mutating func addRequires(_ instruction: InstructionSyntax, _ value: ValueSyntax) {
        guard let text = word(instruction, value) else { return }
        if let version = VersionText.parse(text.value) {
            plan.requires = Written(version, at: text.range)
        } else {
            diagnostics.append(
                Diagnostic(.invalidVersion, "'\(text.value)' is not a semantic version such as 0.14.0", at: text.range))
        }
    }

    private mutating func addMessage(_ instruction: InstructionSyntax, _ value: ValueSyntax) {
        guard let argument = instruction.argument else { return }
        let word = source.text(in: argument.range)
        if let role = BuildPlan.Message.Role(rawValue: word) {
            let message = BuildPlan.Message(role: role, content: value.content(in: source))
            plan.messages.append(Written(message, at: instruction.range))
            return
        }
        var diagnostic = Diagnostic(
            .unknownRole, "message role must be one of 'system', 'user' or 'assistant', not '\(word)'", at: argument.range)
        if let meant = Self.role(meantBy: word) { diagnostic.fixIts = [.replace(argument.range, with: meant.rawValue)] }
        diagnostics.append(diagnostic)
    }

    private static func role(meantBy word: String) -> BuildPlan.Message.Role? {
        switch word.lowercased() {
        case "human": return .user
        case "ai", "bot", "model", "gpt": return .assistant
        case let lowered:
            let roles = BuildPlan.Message.Role.allCases.map(\.rawValue)
            return SpellingSuggestion.nearest(to: lowered, in: roles).flatMap(BuildPlan.Message.Role.init)
        }
    }

    /// The value of an instruction that names something, without invisible characters at its ends; nil where none is left.
    private mutating func visibleText(_ instruction: InstructionSyntax, _ value: ValueSyntax) -> Written<String>? {
        let text = visible(value, of: instruction.instruction.keyword)
        guard text.value.isEmpty else { return text }
        diagnostics.append(Diagnostic(.missingValue, "\(instruction.instruction.keyword) has no value", at: instruction.range))
        return nil
    }

    private mutating func visible(_ value: ValueSyntax, of owner: String) -> Written<String> {
        let content = value.content(in: source)
        let start = value.text.range.lowerBound
        let (leading, trailing) = InvisibleCharacters.ends(of: content)
        for end in [leading, trailing] where !end.isEmpty {
            let range = start + end.lowerBound..<start + end.upperBound
            let scalars = source.text(in: range).unicodeScalars
            guard let scalar = scalars.first(where: InvisibleCharacters.contains) else { continue }
            diagnostics.append(
                Diagnostic(
                    .invisibleCharacter, "invisible character \(VisibleText.name(of: scalar)) around the value of \(owner)",
                    at: range, fixIts: [.delete(range, "delete it")]))
        }
        let range = start + leading.upperBound..<start + max(leading.upperBound, trailing.lowerBound)
        return Written(source.text(in: range), at: range)
    }

    private mutating func warnOfReplacement(_ instruction: InstructionSyntax) {
        let former = places.updateValue(instruction.range, forKey: instruction.instruction)
        if let former { warnOfReplacement(instruction.instruction.keyword, at: former, by: instruction.range) }
    }

    private mutating func warnOfReplacement(_ name: String, at former: SourceRange, by latter: SourceRange) {
        diagnostics.append(
            Diagnostic(
                .replacedValue, "\(name) is given again below, so this value has no effect", at: former,
                notes: [Diagnostic.Note("the value that counts", at: latter)]))
    }
}

// MARK: Parameters

extension PlanBuilder {
    private mutating func addParameter(_ instruction: InstructionSyntax, _ value: ValueSyntax) {
        guard let argument = instruction.argument else { return }
        let name = source.text(in: argument.range)
        // A stop text may well begin or end with characters that show nothing; a number may not.
        let takesText = ParameterTable.named(name)?.type == .strings
        let text = takesText ? Written(value.content(in: source), at: value.range) : visible(value, of: name)
        do {
            if let former = try plan.parameters.add(name, text.value, at: instruction.range) {
                warnOfReplacement(name, at: former, by: instruction.range)
            }
        } catch {
            report(error, instruction, argument.range, text)
        }
    }

    private mutating func report(
        _ error: ParameterError, _ instruction: InstructionSyntax, _ nameRange: SourceRange, _ text: Written<String>
    ) {
        switch error {
        case .unknown(let name): diagnostics.append(unknown(name, instruction, at: nameRange))
        case .deprecated(let name):
            diagnostics.append(
                Diagnostic(
                    .deprecatedParameter, "parameter '\(name)' is deprecated and has no effect", at: nameRange,
                    fixIts: [instruction.deletion(in: source)]))
        case .invalidValue(let name, let value, let wanted):
            diagnostics.append(invalid(value, of: name, wanted: wanted, at: text.range))
        }
    }

    private func unknown(_ name: String, _ instruction: InstructionSyntax, at range: SourceRange) -> Diagnostic {
        if let meant = ParameterTable.suggestion(for: name) {
            return Diagnostic(
                .unknownParameter, "unknown parameter '\(name)', did you mean '\(meant)'?", at: range,
                fixIts: [.replace(range, with: meant)])
        }
        var diagnostic = Diagnostic(.unknownParameter, "unknown parameter '\(name)'", at: range)
        if ParameterTable.removed.contains(name) {
            diagnostic.notes = [Diagnostic.Note("it was an option of older runners and no longer exists")]
            diagnostic.fixIts = [instruction.deletion(in: source)]
        } else if name == "grammar" || name == "format" {
            diagnostic.notes = [Diagnostic.Note("what form an answer has is said when it is asked for: quern run --format")]
        }
        return diagnostic
    }

    private func invalid(_ value: String, of name: String, wanted: ParameterType, at range: SourceRange) -> Diagnostic {
        if let comment = comment(behind: value, wanted: wanted) {
            let place = range.lowerBound + comment.lowerBound..<range.upperBound
            let mark = range.lowerBound + comment.upperBound
            return Diagnostic(
                .invalidParameterValue, "a comment behind the value of parameter '\(name)' is taken for part of the value",
                at: mark..<range.upperBound, fixIts: [.delete(place, "delete the comment, or move it to a line of its own")])
        }
        let shown = DisplayWidth.truncating(value, to: 40)
        var diagnostic = Diagnostic(
            .invalidParameterValue, "parameter '\(name)' wants \(wanted.wanted), not '\(shown)'", at: range)
        if let meant = Self.number(meantBy: value, wanted: wanted) { diagnostic.fixIts = [.replace(range, with: meant)] }
        return diagnostic
    }

    /// The number behind other ways to write one.
    private static func number(meantBy value: String, wanted: ParameterType) -> String? {
        switch wanted {
        case .int:
            // Ollama's `show --modelfile` once wrote 1048576 as 1.048576e+06.
            if let whole = Double(value).flatMap(Int.init(exactly:)) { return String(whole) }
            let digits = value.filter { $0 != "," && $0 != "_" && $0 != "'" }
            // A context window of 4k is one of 4096.
            if digits.lowercased().hasSuffix("k"), let thousands = Int(digits.dropLast()), (1...1 << 20).contains(thousands) {
                return String(thousands * 1024)
            }
            return digits == value ? nil : Int(digits).map(String.init)
        case .float:
            let pointed = value.replacing(",", with: ".")
            return pointed != value && ParameterValue.parse([pointed], as: .float) != nil ? pointed : nil
        case .bool:
            switch value.lowercased() {
            case "yes", "on": return "true"
            case "no", "off": return "false"
            default: return nil
            }
        case .strings: return nil
        }
    }

    /// Where `value` is a good value with a comment behind it: the offsets of the blanks between the two.
    private func comment(behind value: String, wanted: ParameterType) -> Range<Int>? {
        guard let mark = value.utf8.firstIndex(of: 0x23) else { return nil }
        var end = mark
        while end > value.startIndex, " \t".utf8.contains(value.utf8[value.utf8.index(before: end)]) {
            end = value.utf8.index(before: end)
        }
        guard ParameterValue.parse([String(value[..<end])], as: wanted) != nil else { return nil }
        let offset = value.utf8.distance(from: value.startIndex, to: end)
        return offset..<value.utf8.distance(from: value.startIndex, to: mark)
    }
}
