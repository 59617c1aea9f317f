/// A model of Ollama's Modelfile reader: the state machine of the reference, character by character, with its oddities.
///
/// Tests compare Quern's parser with it. It works on text, so decoding is not its business.
struct OllamaReader {
    struct Command: Equatable, CustomStringConvertible {
        var name: String
        var arguments: String
        var description: String { "\(name): \(arguments.debugDescription)" }
    }

    enum Failure: Error { case invalidCommand, invalidRole, unexpectedEnd, missingFrom }

    private enum State { case between, name, value, parameter, message, comment }

    private static let instructions: Set<String> = [
        "from", "license", "template", "system", "adapter", "draft", "renderer", "parser", "parameter", "message", "requires",
    ]

    private var state = State.between
    private var buffer: [Unicode.Scalar] = []
    private var name = ""
    private var role = ""
    private var commands: [Command] = []

    static func read(_ text: String) throws -> [Command] {
        var reader = OllamaReader()
        for scalar in text.unicodeScalars { try reader.take(scalar) }
        try reader.finish()
        guard reader.commands.contains(where: { $0.name == "model" }) else { throw Failure.missingFrom }
        return reader.commands
    }

    private mutating func take(_ scalar: Unicode.Scalar) throws {
        let (target, kept) = try step(scalar)
        var next = target
        if next != state {
            switch state {
            case .name: next = try endOfName(next)
            case .parameter: name = text
            case .message:
                role = text
                guard ["system", "user", "assistant"].contains(role) else { throw Failure.invalidRole }
            case .value:
                guard !isSpace(scalar), let value = unquoted() else {
                    buffer.append(scalar)
                    return
                }
                emit(value)
            case .between, .comment: break
            }
            buffer = []
            state = next
        }
        if let kept, isPrintable(kept) { buffer.append(kept) }
    }

    /// The next state, and the scalar if it may go to the buffer.
    private func step(_ scalar: Unicode.Scalar) throws -> (State, Unicode.Scalar?) {
        switch state {
        case .between:
            if scalar == "#" { return (.comment, nil) }
            return isSpace(scalar) || isNewline(scalar) ? (.between, nil) : (.name, scalar)
        case .name:
            if isLetter(scalar) { return (.name, scalar) }
            if isSpace(scalar) { return (.value, nil) }
            throw Failure.invalidCommand
        case .value: return isSpace(scalar) || isNewline(scalar) ? (.between, scalar) : (.value, scalar)
        case .parameter, .message:
            let isDigit = scalar.value >= 0x30 && scalar.value <= 0x39
            if isLetter(scalar) || state == .parameter && (isDigit || scalar == "_") { return (state, scalar) }
            if isSpace(scalar) { return (.value, nil) }
            throw Failure.unexpectedEnd
        case .comment: return isNewline(scalar) ? (.between, nil) : (.comment, scalar)
        }
    }

    private mutating func endOfName(_ next: State) throws -> State {
        let word = text.lowercased()
        guard Self.instructions.contains(word) else { throw Failure.invalidCommand }
        name = word == "from" ? "model" : word
        return word == "parameter" ? .parameter : word == "message" ? .message : next
    }

    private mutating func finish() throws {
        switch state {
        case .between, .comment: return
        case .value:
            guard let value = unquoted() else { throw Failure.unexpectedEnd }
            emit(value)
        case .name, .parameter, .message: throw Failure.unexpectedEnd
        }
    }

    private mutating func emit(_ value: String) {
        commands.append(Command(name: name, arguments: role.isEmpty ? value : role + ": " + value))
        role = ""
    }

    private var text: String {
        var text = ""
        text.unicodeScalars.append(contentsOf: buffer)
        return text
    }

    private func unquoted() -> String? {
        let trimmed = buffer.drop { $0.properties.isWhitespace }.reversed().drop { $0.properties.isWhitespace }.reversed()
        var scalars = Array(trimmed)
        for quote in [3, 1] where scalars.prefix(quote).elementsEqual(repeatElement("\"", count: quote)) {
            guard scalars.count >= 2 * quote, scalars.suffix(quote).allSatisfy({ $0 == "\"" }) else { return nil }
            scalars = Array(scalars.dropFirst(quote).dropLast(quote))
            break
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }

    private func isNewline(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }
    private func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
    private func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCII && scalar.properties.isAlphabetic }

    /// Go's strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == " " { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate, .unassigned, .spaceSeparator, .lineSeparator, .paragraphSeparator:
            return false
        default: return true
        }
    }

    private func isPrintable(_ scalar: Unicode.Scalar) -> Bool { Self.isPrintable(scalar) }
}
