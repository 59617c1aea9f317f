import Diagnostics
import JSONText

/// What the client counts characters in.
enum PositionEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16 = "utf-16"
    case utf32 = "utf-32"

    /// The first of the client's wishes that we know; without one the protocol means UTF-16.
    static func chosen(from offered: JSONValue?) -> PositionEncoding {
        offered?.array?.lazy.compactMap { $0.string.flatMap(PositionEncoding.init) }.first ?? .utf16
    }

    /// Units of the character that begins with `byte`.
    fileprivate func width(ofLead byte: UInt8) -> Int {
        switch self {
        case .utf8: byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        case .utf16: byte >= 0xF0 ? 2 : 1
        case .utf32: 1
        }
    }
}

/// Offsets of a text as places of the protocol, and back: line and character from 0.
struct PositionMap {
    let source: SourceText
    let encoding: PositionEncoding

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    func place(at offset: Int) -> (line: Int, character: Int) {
        let line = source.line(at: offset)
        let start = source.lineStarts[line - 1]
        let end = min(max(offset, start), source.count)
        let characters = source.bytes[start..<end].reduce(0) { $0 + (Self.isContinuation($1) ? 0 : encoding.width(ofLead: $1)) }
        return (line - 1, characters)
    }

    func json(at offset: Int) -> JSONValue {
        let (line, character) = place(at: offset)
        return ["line": .number(JSONNumber(line)), "character": .number(JSONNumber(character))]
    }

    func json(_ range: SourceRange) -> JSONValue {
        ["start": json(at: range.lowerBound), "end": json(at: range.upperBound)]
    }

    /// The offset of a place; places past a line's end mean its end, places past the text mean its end. A place inside a
    /// character is the next one's.
    func offset(of position: JSONValue?) throws(ServerError) -> Int {
        guard let line = position?["line"]?.int, let character = position?["character"]?.int, line >= 0, character >= 0 else {
            throw .invalidParameters("a position has a line and a character, whole numbers from 0")
        }
        guard line < source.lineCount else { return source.count }
        let range = source.range(ofLine: line + 1)
        var units = 0
        for offset in range where !Self.isContinuation(source.bytes[offset]) {
            if units >= character { return offset }
            units += encoding.width(ofLead: source.bytes[offset])
        }
        return range.upperBound
    }

    func range(of json: JSONValue?) throws(ServerError) -> SourceRange {
        let (start, end) = (try offset(of: json?["start"]), try offset(of: json?["end"]))
        return min(start, end)..<max(start, end)
    }
}
