import Diagnostics
import ModelfileSyntax

/// Walks the instructions of a file in the superset and of everything that it includes, in order, once.
struct ProgramReader {
    /// A name's value.
    struct Value {
        var text: [UInt8]
        var definition: Origin.Definition
        var isKnown: Bool
    }

    /// A chain of included files longer than this is a mistake.
    static let depthLimit = 16
    static let fileLimit = 1000
    /// Names in names in names grow fast: no value and no file gets longer than this.
    static let byteLimit = 1 << 24

    var program: ModelfileProgram
    let arguments: [String: String]
    let isComplete: Bool
    let provider: FileProvider
    var values: [String: Value] = [:]
    /// The paths of the files being read, the main file's (empty) first.
    var open: [String] = [""]
    /// Bytes put together so far.
    var composed = 0

    init(_ program: ModelfileProgram, arguments: [String: String], isComplete: Bool, provider: FileProvider) {
        (self.program, self.arguments, self.isComplete, self.provider) = (program, arguments, isComplete, provider)
    }

    mutating func read() {
        read(program.root, file: 0)
        reportForwardTargets()
    }

    mutating func read(_ tree: ModelfileSyntaxTree, file: Int) {
        for instruction in tree.instructions {
            switch instruction.instruction {
            case .arg: define(instruction, file)
            case .include: include(instruction, file)
            case .from: addFrom(instruction, file)
            default: add(evaluated(instruction, file))
            }
        }
    }

    mutating func report(_ diagnostic: Diagnostic, in file: Int) { program.diagnostics.append((file, diagnostic)) }

    func source(_ file: Int) -> SourceText { program.files[file].source }

    /// Puts an instruction where it belongs: into the target being read, or before all of them.
    mutating func add(_ instruction: EvaluatedInstruction) {
        if program.targets.isEmpty {
            program.prologue.append(instruction)
        } else {
            program.targets[program.targets.count - 1].instructions.append(instruction)
        }
    }

    // MARK: Values

    mutating func evaluated(_ syntax: InstructionSyntax, _ file: Int) -> EvaluatedInstruction {
        let argument = syntax.argument.map { source(file).text(in: $0.range) }
        return EvaluatedInstruction(
            instruction: syntax.instruction, syntax: syntax, file: file, argument: argument,
            value: syntax.value.map { value in fileText(syntax, value, file) ?? compose(value, file) })
    }

    mutating func compose(_ value: ValueSyntax, _ file: Int) -> ComposedText {
        compose(value.text.range, file, isLiteral: value.quoting == .literalHeredoc)
    }

    /// The text at `range` with its names replaced.
    mutating func compose(_ range: SourceRange, _ file: Int, isLiteral: Bool = false) -> ComposedText {
        var text = ComposedText()
        let bytes = source(file).bytes
        let parts = isLiteral ? [.text(range)] : Substitution.parts(of: bytes, in: range)
        for part in parts {
            switch part {
            case .text(let range): text.append(bytes[range], Origin(file, range, .verbatim))
            case .escape: continue
            case .malformed(let range):
                reportMalformed(range, file)
                text.append(bytes[range], Origin(file, range, .unknown))
            case .reference(let range, let name): appendValue(of: name, at: range, file, to: &text)
            }
            guard composed + text.count <= Self.byteLimit else {
                report(
                    Diagnostic(
                        .malformedSubstitution, "the names in this text make it longer than \(Self.byteLimit) bytes", at: range),
                    in: file)
                break
            }
        }
        composed += text.count
        return text
    }

    private mutating func appendValue(of name: SourceRange, at range: SourceRange, _ file: Int, to text: inout ComposedText) {
        let word = source(file).text(in: name)
        if let value = values[word] {
            let kind: Origin.Kind = value.isKnown ? .derived : .unknown
            text.append(value.text, Origin(file, range, kind, definition: value.definition))
            return
        }
        text.append(source(file).bytes[range], Origin(file, range, .unknown))
        if let meant = SpellingSuggestion.nearest(to: word, in: values.keys.sorted()) {
            report(
                Diagnostic(
                    .undefinedName, "no ARG above defines '\(word)', did you mean '\(meant)'?", at: range,
                    fixIts: [FixIt("write '${\(meant)}'", [FixIt.Edit(name, meant)])]), in: file)
            return
        }
        report(
            Diagnostic(
                .undefinedName, "no ARG above defines '\(word)'", at: range,
                notes: [Diagnostic.Note("for the characters ${ themselves write $${")]), in: file)
    }

    private mutating func reportMalformed(_ range: SourceRange, _ file: Int) {
        let text = DisplayWidth.truncating(source(file).text(in: range), to: 40)
        report(
            Diagnostic(
                .malformedSubstitution, "'\(text)' is not ${NAME}", at: range,
                notes: [Diagnostic.Note("a default stands in the ARG line: ARG NAME=default")],
                fixIts: [.insert("$", at: range.lowerBound, "write $${ for the characters ${ themselves")]), in: file)
    }
}
