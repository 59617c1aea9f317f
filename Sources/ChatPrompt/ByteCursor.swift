/// A place in bytes, moved forward by what is read.
struct ByteCursor {
    let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8], at offset: Int = 0) { (self.bytes, self.offset) = (bytes, offset) }

    var isAtEnd: Bool { offset >= bytes.count }
    var next: UInt8? { isAtEnd ? nil : bytes[offset] }

    mutating func skipBlanks() {
        while let next, next.isBlank { offset += 1 }
    }

    mutating func advance() { offset = min(offset + 1, bytes.count) }
    mutating func move(to offset: Int) { self.offset = min(max(offset, 0), bytes.count) }

    func looksAt(_ text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

    /// Moves behind `text` where it is next.
    mutating func take(_ text: String) -> Bool {
        guard looksAt(text) else { return false }
        offset += text.utf8.count
        return true
    }

    func place(of text: String) -> Int? { bytes.firstOffset(of: Array(text.utf8), from: offset) }

    /// The bytes up to `text`, and moves behind it; nil where it does not come, and stays.
    mutating func take(through text: String) -> [UInt8]? {
        guard let place = place(of: text) else { return nil }
        defer { offset = place + text.utf8.count }
        return Array(bytes[offset..<place])
    }

    mutating func take(while condition: (UInt8) -> Bool) -> [UInt8] {
        let start = offset
        while let next, condition(next) { offset += 1 }
        return Array(bytes[start..<offset])
    }

    mutating func rest() -> [UInt8] {
        defer { offset = bytes.count }
        return Array(bytes[offset...])
    }
}

extension UInt8 {
    /// White space as JSON counts it.
    var isBlank: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }

    /// A letter, a digit, or one of `_`, `.` and `-`: what names of tools are made of. Anything beyond ASCII counts too.
    var isNamePart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), 0x80...:
            true
        default: false
        }
    }
}

extension Collection<UInt8> {
    var text: String { String(decoding: self, as: UTF8.self) }
}

extension [UInt8] {
    /// How many blanks the bytes end with.
    var trailingBlankCount: Int { reversed().prefix { $0.isBlank }.count }
    var leadingBlankCount: Int { prefix { $0.isBlank }.count }
    var isAllBlank: Bool { allSatisfy(\.isBlank) }
}
