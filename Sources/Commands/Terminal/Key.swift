/// A key as the line editor knows it.
package enum Key: Equatable {
    case text(String)
    case enter, newline, tab, backspace, delete
    case left, right, up, down, home, end
    case wordLeft, wordRight
    case control(Character)
    /// A whole pasted text, line breaks and all.
    case paste(String)
    case endOfInput
}

/// Turns the bytes of a terminal into keys. Pure: bytes in, keys out, whatever is incomplete stays for the next call.
package struct KeyDecoder {
    private var pending: [UInt8] = []
    private var isPasting = false

    package init() {}

    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    /// Keys of the escape sequences that terminals send (xterm and its kin).
    private static let sequences: [String: Key] = [
        "[A": .up, "[B": .down, "[C": .right, "[D": .left, "[H": .home, "[F": .end, "OH": .home, "OF": .end,
        "OA": .up, "OB": .down, "OC": .right, "OD": .left, "[1~": .home, "[4~": .end, "[7~": .home, "[8~": .end,
        "[3~": .delete, "[1;5C": .wordRight, "[1;5D": .wordLeft, "[1;3C": .wordRight, "[1;3D": .wordLeft, "b": .wordLeft,
        "f": .wordRight,
    ]

    package mutating func decode(_ bytes: [UInt8]) -> [Key] {
        pending += bytes
        var keys: [Key] = []
        while let key = next() { if let key { keys.append(key) } }
        return keys
    }

    /// The next key; `.some(nil)` for bytes that mean nothing, nil when more bytes are needed.
    private mutating func next() -> Key?? {
        if isPasting { return nextPasted() }
        guard let first = pending.first else { return nil }
        switch first {
        case 0x1B: return nextSequence()
        case 0x0D: return take(1, .enter)
        case 0x0A: return take(1, .newline)
        case 0x09: return take(1, .tab)
        case 0x7F, 0x08: return take(1, .backspace)
        case 0..<0x20: return take(1, .control(Character(Unicode.Scalar(first + 0x60))))
        default: return nextText()
        }
    }

    private mutating func take(_ count: Int, _ key: Key?) -> Key?? {
        pending.removeFirst(count)
        return .some(key)
    }

    private mutating func nextText() -> Key?? {
        // As many whole UTF-8 sequences as are there; the rest waits.
        var end = 0
        while end < pending.count, pending[end] >= 0x20, pending[end] != 0x7F {
            let byte = pending[end]
            let length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            guard end + length <= pending.count else { break }
            end += length
        }
        guard end > 0 else { return nil }
        return take(end, .text(String(decoding: pending.prefix(end), as: UTF8.self)))
    }

    private mutating func nextSequence() -> Key?? {
        guard pending.count > 1 else { return nil }
        let body = pending.dropFirst()
        if body.first != UInt8(ascii: "["), body.first != UInt8(ascii: "O") {
            return take(2, Self.sequences[String(decoding: body.prefix(1), as: UTF8.self)])
        }
        guard let end = body.dropFirst().firstIndex(where: { (0x40...0x7E).contains($0) }) else {
            return pending.count > 16 ? take(pending.count, nil) : nil
        }
        let text = String(decoding: body[...end], as: UTF8.self)
        pending.removeFirst(end - pending.startIndex + 1)
        if text == "[200~" {
            isPasting = true
            return .some(nil)
        }
        return .some(Self.sequences[text])
    }

    private mutating func nextPasted() -> Key?? {
        guard let end = pending.firstRange(of: Self.pasteEnd) else { return nil }
        let text = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
        pending.removeSubrange(..<end.upperBound)
        isPasting = false
        return .some(.paste(text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")))
    }
}
