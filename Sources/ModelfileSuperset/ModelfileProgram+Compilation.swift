import Diagnostics
import ModelfileSyntax

extension ModelfileProgram {
    /// The plain Modelfile of a target.
    ///
    /// - Parameter target: nil is the last target of the file.
    public func compile(target: String? = nil) throws(TargetError) -> CompiledModelfile {
        try check(target: target)
        return compile(target.map { name in targets.firstIndex { $0.name == name } } ?? targets.indices.last)
    }

    /// All targets, in order; at least one plain Modelfile, so that a file without FROM is looked at too.
    public func compileAll() -> [CompiledModelfile] {
        targets.isEmpty ? [compile(nil)] : targets.indices.map { compile($0) }
    }

    private func compile(_ index: Int?) -> CompiledModelfile {
        guard !isPlain else { return CompiledModelfile(tree: root, map: nil, diagnostics: [], files: files) }
        var layout = CompiledLayout(program: self)
        for instruction in index.map(flattened) ?? prologue { layout.add(instruction) }
        let source = SourceText(String(decoding: layout.bytes, as: UTF8.self), name: root.source.name)
        return CompiledModelfile(
            tree: ModelfileSyntaxTree(parsing: source, dialect: .plain), map: layout.map, diagnostics: layout.diagnostics,
            files: files)
    }

    /// The instructions of a target, those of the target that it builds on first.
    private func flattened(_ index: Int) -> [EvaluatedInstruction] {
        let target = targets[index]
        guard let parent = target.parent else { return prologue + target.instructions }
        let own = target.instructions.filter { !$0.namesTarget }
        return flattened(parent).filter { inherited in !own.contains { $0.replaces(inherited) } } + own
    }
}

extension EvaluatedInstruction {
    /// Whether this instruction, in a target that builds on another, takes the place of that one's: as if the other had been built
    /// and FROM named the package.
    fileprivate func replaces(_ inherited: EvaluatedInstruction) -> Bool {
        guard instruction == inherited.instruction else { return false }
        switch instruction {
        case .template, .system, .renderer, .parser, .requires, .draft, .message: return true
        case .parameter: return argument == inherited.argument
        case .from, .adapter, .license, .arg, .include: return false
        }
    }
}

/// Writes instructions as a plain Modelfile and remembers where each byte comes from.
private struct CompiledLayout {
    let program: ModelfileProgram
    var bytes: [UInt8] = []
    var map = SourceMap()
    var diagnostics: [(file: Int, diagnostic: Diagnostic)] = []

    init(program: ModelfileProgram) { self.program = program }

    mutating func add(_ instruction: EvaluatedInstruction) {
        addComments(above: instruction)
        guard let value = instruction.value else { return addBroken(instruction) }
        // A text of which nothing is known, such as that of a file that is not there: nothing can be said of it either.
        if instruction.instruction.takesText, value.count > 0, value.pieces.allSatisfy({ $0.origin.kind == .unknown }) { return }
        let entry = ModelfileEntry(instruction.instruction, instruction.argument, value.text)
        let printed: String
        let quoting: ValueSyntax.Quoting
        do { (printed, quoting) = try ModelfilePrinter.layOut(entry) } catch {
            let place = instruction.syntax.value?.range ?? instruction.syntax.range
            diagnostics.append((instruction.file, Diagnostic(.inexpressible, "\(error)", at: place)))
            return
        }
        let head = printed.utf8.count - value.count - 2 * quoting.rawValue.utf8.count
        addHead(instruction, length: head, text: printed)
        let quotes = Array(quoting.rawValue.utf8)
        let written = instruction.syntax.value
        let (opening, closing) = (written?.openQuote ?? written?.text, written?.closeQuote ?? written?.text)
        append(quotes, Origin(instruction.file, opening?.range ?? instruction.syntax.range, .derived))
        for piece in value.pieces { append(piece.bytes, piece.origin) }
        append(quotes, Origin(instruction.file, closing?.range ?? instruction.syntax.range, .derived))
        endLine(instruction)
    }

    /// An instruction without a value, as it stands: what is wrong with it was said of its own file.
    private mutating func addBroken(_ instruction: EvaluatedInstruction) {
        let source = program.files[instruction.file].source
        append(source.bytes[instruction.syntax.range], Origin(instruction.file, instruction.syntax.range, .unknown))
        endLine(instruction)
    }

    /// The keyword, the name or role, and the blanks behind them: the first `length` bytes of the printed line.
    private mutating func addHead(_ instruction: EvaluatedInstruction, length: Int, text: String) {
        let (syntax, head) = (instruction.syntax, Array(text.utf8.prefix(length)))
        let keyword = syntax.keyword.range
        append(head[..<keyword.count], Origin(instruction.file, keyword, .verbatim))
        var rest = head[keyword.count...]
        if let argument = syntax.argument?.range {
            append(rest.prefix(1), Origin(instruction.file, keyword.upperBound..<argument.lowerBound, .derived))
            append(rest.dropFirst().prefix(argument.count), Origin(instruction.file, argument, .verbatim))
            rest = rest.dropFirst(1 + argument.count)
        }
        let end = (syntax.argument ?? syntax.keyword).range.upperBound
        let value = syntax.value?.range.lowerBound ?? end
        append(rest, Origin(instruction.file, end..<max(end, value), value == end + rest.count ? .verbatim : .derived))
    }

    private mutating func endLine(_ instruction: EvaluatedInstruction) {
        let source = program.files[instruction.file].source
        let end = instruction.syntax.range.upperBound
        let isNewline = end < source.count && source.bytes[end] == 0x0A
        append([0x0A], Origin(instruction.file, end..<(isNewline ? end + 1 : end), isNewline ? .verbatim : .derived))
    }

    /// The comments above an instruction, which may silence rules, with an empty line before them where there is one.
    private mutating func addComments(above instruction: EvaluatedInstruction) {
        let source = program.files[instruction.file].source
        var newlines = 0
        for trivia in instruction.syntax.keyword.leadingTrivia {
            switch trivia.kind {
            case .newline: newlines += 1
            case .comment where trivia.range.lowerBound == 0 && instruction.file == 0: newlines = 0
            case .comment:
                addEmptyLine(if: newlines > 1, instruction.file, trivia.range)
                append(source.bytes[trivia.range], Origin(instruction.file, trivia.range, .verbatim))
                append([0x0A], Origin(instruction.file, trivia.range.upperBound..<trivia.range.upperBound, .derived))
                newlines = 0
            case .blanks, .invisible: continue
            }
        }
        addEmptyLine(if: newlines > 1, instruction.file, instruction.syntax.keyword.range)
    }

    private mutating func addEmptyLine(if isWanted: Bool, _ file: Int, _ place: SourceRange) {
        guard isWanted, !bytes.isEmpty, !bytes.suffix(2).elementsEqual([0x0A, 0x0A]) else { return }
        append([0x0A], Origin(file, place, .derived))
    }

    private mutating func append(_ part: some Collection<UInt8>, _ origin: Origin) {
        bytes += part
        map.append(length: part.count, origin)
    }
}
