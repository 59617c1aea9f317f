/// A reader of replies that keeps what it cannot yet be sure of: pieces go into a buffer, and what is certain is taken out of it.
protocol BufferedReplyReader: Sendable {
    typealias Event = ReplyParser.Event

    /// Bytes of the reply that have not been taken.
    var buffer: [UInt8] { get set }

    /// Takes what is certain from the buffer; true when the rest is worth another look. Nothing comes after it where `isLast`.
    mutating func advance(_ events: inout [Event], isLast: Bool) -> Bool
}

extension BufferedReplyReader {
    mutating func consume(_ piece: String) -> [Event] {
        buffer += piece.utf8
        var events: [Event] = []
        while advance(&events, isLast: false) {}
        return events
    }

    mutating func finish() -> [Event] {
        var events: [Event] = []
        while advance(&events, isLast: true) {}
        buffer = []
        return events
    }
}
