import Automata

/// Which kinds of text a lexeme takes whatever their characters: what makes the masks of strings and patterns cheap.
final class PlainText {
    private let automaton: ByteAutomaton
    private let characters = ByteAutomaton()
    private let start: ByteAutomaton.State
    /// The state after one plain character, whichever it is; nil where it depends or where none is taken.
    private var successors: [ByteAutomaton.State: ByteAutomaton.State?] = [:]

    /// Letters, digits and the signs that names and words are made of.
    static let wordBytes = ByteSet(Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-".utf8))

    init(automaton: ByteAutomaton) {
        self.automaton = automaton
        let plain = ScalarSet.controls.union(ScalarSet("\"", "\\")).inverted
        start = characters.state(for: characters.table.language(.characters(plain)))
    }

    /// Whether a text is whole characters, none of them a quotation mark, backslash or control character.
    static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else { return false }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue: continue
            case .emptyInput: return true
            case .error: return false
            }
        }
    }

    /// Whether plain text of any length stays inside the lexeme, with no end on the way.
    func staysInPlainText(_ state: ByteAutomaton.State) -> Bool {
        guard staysInWords(state), let next = afterCharacter(state), !automaton.traits(next).contains(.mayEnd) else { return false }
        return afterCharacter(next) == next
    }

    /// The same for words.
    func staysInWords(_ state: ByteAutomaton.State) -> Bool {
        guard let next = afterWordByte(state), !automaton.traits(next).contains(.mayEnd) else { return false }
        return afterWordByte(next) == next
    }

    private func afterWordByte(_ state: ByteAutomaton.State) -> ByteAutomaton.State? {
        let next = automaton.next(state, UInt8(ascii: "a"))
        guard next != ByteAutomaton.dead else { return nil }
        for byte in UInt8(0x20)...0x7A where Self.wordBytes.contains(byte) && automaton.next(state, byte) != next { return nil }
        return next
    }

    private func afterCharacter(_ state: ByteAutomaton.State) -> ByteAutomaton.State? {
        if let known = successors[state] { return known }
        let made = follow(state)
        successors[state] = made
        return made
    }

    private func follow(_ first: ByteAutomaton.State) -> ByteAutomaton.State? {
        var result: ByteAutomaton.State?
        var pairs: [(ByteAutomaton.State, ByteAutomaton.State)] = [(first, start)]
        var seen: Set<Int64> = []
        while let (state, character) = pairs.popLast() {
            for byte in UInt8(0x20)...0xF4 {
                let inCharacter = characters.next(character, byte)
                guard inCharacter != ByteAutomaton.dead else { continue }
                let next = automaton.next(state, byte)
                if next == ByteAutomaton.dead { return nil }
                if characters.traits(inCharacter).contains(.isFinal) {
                    guard result == nil || result == next else { return nil }
                    result = next
                } else if automaton.traits(next).contains(.mayEnd) {
                    return nil
                } else if seen.insert(Int64(next) << 32 | Int64(inCharacter)).inserted {
                    pairs.append((next, inCharacter))
                }
            }
        }
        return result
    }
}
