import ModelfileLanguageServer
import Testing

/// Messages out of bytes, whatever the bytes.
@Suite struct MessageStreamTests {
    private func events(_ text: String, pieces: Int = .max) -> [MessageStream.Event] {
        var stream = MessageStream()
        var events: [MessageStream.Event] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            stream.append(Array(rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
            while let event = stream.next() { events.append(event) }
        }
        return events
    }

    private func message(_ text: String) -> MessageStream.Event { .message(Array(text.utf8)) }

    @Test(arguments: [1, 2, 7, .max]) func `messages arrive in pieces of any size`(size: Int) {
        let text = "Content-Length: 2\r\n\r\n{}Content-Type: x\r\ncontent-length:3\r\n\r\n[1]Content-Length: 0\r\n\r\n"
        #expect(events(text, pieces: size) == [message("{}"), message("[1]"), message("")])
    }

    @Test func `lengths count bytes`() {
        #expect(events("Content-Length: 4\r\n\r\n\u{1F600}Content-Length: 1\r\n\r\na") == [message("\u{1F600}"), message("a")])
    }

    @Test(arguments: ["Content-Length: -1", "Content-Length: x", "Content-Length:", "Length: 3", "Content-Length: 1e3"])
    func `a header without a length is skipped`(header: String) {
        let found = events("\(header)\r\n\r\nContent-Length: 1\r\n\r\na")
        #expect(found == [.fault("a header without a Content-Length"), message("a")])
    }

    @Test func `numbers that fit nowhere are no length`() {
        let found = events("Content-Length: 99999999999999999999999\r\n\r\nContent-Length: 1\r\n\r\na")
        #expect(found == [.fault("a header without a Content-Length"), message("a")])
    }

    @Test func `a message that is too long is skipped without being kept`() {
        let long = MessageStream.contentLimit + 1
        var stream = MessageStream()
        stream.append(Array("Content-Length: \(long)\r\n\r\n".utf8))
        #expect(stream.next() == .fault("a message of \(long) bytes, at most \(MessageStream.contentLimit) are read"))
        let piece = [UInt8](repeating: 0x20, count: 1 << 20)
        for _ in 0..<MessageStream.contentLimit >> 20 {
            stream.append(piece)
            #expect(stream.next() == nil)
        }
        stream.append([0x20] + Array("Content-Length: 1\r\n\r\na".utf8))
        #expect(stream.next() == message("a"))
    }

    @Test func `a header without end ends everything`() {
        let found = events(
            String(repeating: "a", count: MessageStream.headerLimit + 3) + "\r\n\r\nContent-Length: 1\r\n\r\na", pieces: 64)
        #expect(found == [.lost("a header longer than \(MessageStream.headerLimit) bytes")])
    }
}
