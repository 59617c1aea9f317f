/// Puts chunks of bytes together to text: characters that are cut between chunks are held back until they are whole.
///
/// ```swift
/// var decoder = UTF8StreamDecoder()
/// for id in ids { print(decoder.append(tokenizer.bytes(of: id)), terminator: "") }
/// print(decoder.finish())
/// ```
public struct UTF8StreamDecoder: Sendable {
    private var held: [UInt8] = []

    public init() {}

    /// Whether bytes are held back.
    public var isHolding: Bool { !held.isEmpty }

    /// The text that is complete with these bytes. Bytes that no further ones could make a character of become U+FFFD.
    public mutating func append(_ bytes: some Sequence<UInt8>) -> String {
        held.append(contentsOf: bytes)
        let whole = held.count - Self.unfinished(held.span)
        defer { held.removeFirst(whole) }
        return String(decoding: held[..<whole], as: UTF8.self)
    }

    /// The rest: what is held back can become no character any more.
    public mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// How many bytes at the end begin a character without ending it.
    private static func unfinished(_ bytes: borrowing Span<UInt8>) -> Int {
        for length in 1..<4 where length <= bytes.count {
            let first = bytes[bytes.count - length]
            if first & 0xC0 == 0x80 { continue }
            let whole = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1
            guard length < whole else { return 0 }
            return length == 1 || mayFollow(first, bytes[bytes.count - length + 1]) ? length : 0
        }
        return 0
    }

    /// Whether `second` may come after `first` (Unicode standard, table 3-7).
    private static func mayFollow(_ first: UInt8, _ second: UInt8) -> Bool {
        switch first {
        case 0xE0: second >= 0xA0
        case 0xED: second < 0xA0
        case 0xF0: second >= 0x90
        case 0xF4: second < 0x90
        default: true
        }
    }
}
