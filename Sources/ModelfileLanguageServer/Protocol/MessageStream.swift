/// Cuts a stream of bytes into messages: header fields, an empty line, then as many bytes as `Content-Length` says.
///
/// Source: Language Server Protocol 3.17, "Base Protocol". What is no message is skipped and told, so that one broken message does
/// not end the conversation; only a header without end does, since nobody knows where the next one begins.
public struct MessageStream: Sendable {
    public enum Event: Sendable, Equatable {
        case message([UInt8])
        /// Something that is no message was skipped.
        case fault(String)
        /// Nothing behind this can be understood.
        case lost(String)
    }

    /// The most bytes of a message's header fields.
    public static let headerLimit = 4096
    /// The most bytes of a message: more than any Modelfile with all its licences has.
    public static let contentLimit = 1 << 26

    private enum State {
        case header
        case content(count: Int)
        /// Inside a message that is too long.
        case skipping(count: Int)
        case lost
    }

    private var state = State.header
    private var buffer: [UInt8] = []
    /// Where in the buffer reading goes on.
    private var position = 0

    public init() {}

    public mutating func append(_ bytes: [UInt8]) {
        buffer.removeFirst(position)
        position = 0
        buffer += bytes
    }

    /// What comes next; nil until more bytes are there.
    public mutating func next() -> Event? {
        while true {
            switch state {
            case .header:
                guard let event = readHeader() else { continue }
                return event.value
            case .content(let count):
                guard buffer.count - position >= count else { return nil }
                state = .header
                position += count
                return .message(Array(buffer[position - count..<position]))
            case .skipping(let count):
                let skipped = min(count, buffer.count - position)
                position += skipped
                state = skipped == count ? .header : .skipping(count: count - skipped)
                guard skipped == count else { return nil }
            case .lost: return nil
            }
        }
    }

    /// What `readHeader` has to tell; nil in it means that bytes are missing.
    private struct Outcome { var value: Event? }

    /// Reads header fields up to their empty line; nil where all is well and the content follows.
    private mutating func readHeader() -> Outcome? {
        guard let end = headerEnd() else {
            guard buffer.count - position > Self.headerLimit else { return Outcome(value: nil) }
            state = .lost
            return Outcome(value: .lost("a header longer than \(Self.headerLimit) bytes"))
        }
        let header = buffer[position..<end]
        position = end
        guard let length = Self.contentLength(header) else {
            return Outcome(value: .fault("a header without a Content-Length"))
        }
        guard length <= Self.contentLimit else {
            state = .skipping(count: length)
            return Outcome(value: .fault("a message of \(length) bytes, at most \(Self.contentLimit) are read"))
        }
        state = .content(count: length)
        return nil
    }

    /// Behind the empty line that ends the header.
    private func headerEnd() -> Int? {
        var lineStart = position
        for index in buffer[position...].prefix(Self.headerLimit + 2).indices where buffer[index] == 0x0A {
            let isEmpty = index == lineStart || index == lineStart + 1 && buffer[lineStart] == 0x0D
            if isEmpty { return index + 1 }
            lineStart = index + 1
        }
        return nil
    }

    private static func contentLength(_ header: ArraySlice<UInt8>) -> Int? {
        for line in String(decoding: header, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            let digits = parts[1].filter { $0 != " " && $0 != "\t" }
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int(digits)
        }
        return nil
    }

    /// A message with its header.
    public static func framed(_ content: [UInt8]) -> [UInt8] { Array("Content-Length: \(content.count)\r\n\r\n".utf8) + content }
}
