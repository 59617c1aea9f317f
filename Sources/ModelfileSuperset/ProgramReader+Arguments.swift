import Diagnostics
import ModelfileSyntax

/// ARG lines.
extension ProgramReader {
    /// `ARG NAME` or `ARG NAME=default`. A value from outside wins; in a fragment, so does one that the including file gave.
    mutating func define(_ syntax: InstructionSyntax, _ file: Int) {
        guard let value = syntax.value else { return }
        let source = source(file)
        let whole = value.text.range
        let name = Substitution.name(at: whole.lowerBound, source.bytes, whole)
        let isNamed = !name.isEmpty && (name.upperBound == whole.upperBound || source.bytes[name.upperBound] == 0x3D)
        guard value.quoting == .bare, isNamed else {
            reportMalformed(syntax, value, name, file)
            return
        }
        let word = source.text(in: name)
        if let former = values[word] {
            if former.definition.file == file, name.upperBound < whole.upperBound || former.isKnown {
                report(
                    Diagnostic(
                        .invalidArgument, "'\(word)' has its value already", at: name,
                        notes: [note("given here", former.definition.range, former.definition.file, from: file)]), in: file)
            }
            if former.isKnown || name.upperBound == whole.upperBound { return }
        }
        let definition = Origin.Definition(name: word, file: file, range: name, isGivenOutside: arguments[word] != nil)
        program.names.append(definition)
        if let given = arguments[word] {
            values[word] = Value(text: Array(given.utf8), definition: definition, isKnown: true)
        } else if name.upperBound < whole.upperBound {
            let text = compose(unquoted(name.upperBound + 1..<whole.upperBound, source), file)
            let isKnown = text.pieces.allSatisfy { $0.origin.kind != .unknown }
            values[word] = Value(text: text.pieces.flatMap(\.bytes), definition: definition, isKnown: isKnown)
        } else {
            values[word] = Value(text: Array("${\(word)}".utf8), definition: definition, isKnown: false)
            if isComplete { reportMissing(word, name, file) }
        }
    }

    private mutating func reportMissing(_ word: String, _ name: SourceRange, _ file: Int) {
        report(
            Diagnostic(
                .missingArgument, "ARG \(word) has no value", at: name,
                notes: [Diagnostic.Note("give it with --arg \(word)=…, or a default here: ARG \(word)=…")]), in: file)
    }

    private mutating func reportMalformed(_ syntax: InstructionSyntax, _ value: ValueSyntax, _ name: SourceRange, _ file: Int) {
        let (source, whole) = (source(file), value.text.range)
        var diagnostic = Diagnostic(.invalidArgument, "ARG wants NAME or NAME=default", at: value.range)
        // NAME default, as Dockerfile's ENV has it.
        let gap = source.bytes[name.upperBound..<whole.upperBound].prefix { $0 == 0x20 || $0 == 0x09 }
        if value.quoting == .bare, !name.isEmpty, !gap.isEmpty {
            let isSign = gap.endIndex < whole.upperBound && source.bytes[gap.endIndex] == 0x3D
            var end = gap.endIndex + (isSign ? 1 : 0)
            while isSign, end < whole.upperBound, source.bytes[end] == 0x20 || source.bytes[end] == 0x09 { end += 1 }
            diagnostic.fixIts = [.replace(name.upperBound..<end, with: "=")]
        }
        report(diagnostic, in: file)
        // What uses the name needs no complaint of its own.
        let word = source.text(in: name)
        guard !name.isEmpty, values[word] == nil else { return }
        let definition = Origin.Definition(name: word, file: file, range: name, isGivenOutside: false)
        values[word] = Value(text: Array("${\(word)}".utf8), definition: definition, isKnown: false)
    }

    /// A default without the double quotes round it.
    private func unquoted(_ range: SourceRange, _ source: SourceText) -> SourceRange {
        let bytes = source.bytes[range]
        guard bytes.count >= 2, bytes.first == 0x22, bytes.last == 0x22 else { return range }
        return range.lowerBound + 1..<range.upperBound - 1
    }

    func note(_ message: String, _ range: SourceRange, _ file: Int, from here: Int) -> Diagnostic.Note {
        Diagnostic.Note(message, at: range, in: file == here ? nil : source(file))
    }
}
