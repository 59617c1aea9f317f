/// Tells thinking from answer in a reply that comes piece by piece.
///
/// The tags may be cut anywhere between two pieces; the parts given back add up to the same texts however the reply was cut. White
/// space in front of the opening tag and after either tag is dropped. A reply that does not begin with the opening tag is all
/// answer.
public struct ThinkingParser: Sendable {
    /// What a piece of reply brought.
    public struct Part: Sendable, Equatable {
        public var thinking = ""
        public var content = ""

        package init(thinking: String = "", content: String = "") {
            self.thinking = thinking
            self.content = content
        }
    }

    private enum State {
        case beforeOpening
        case afterOpening
        case thinking
        case afterClosing
        case answer
    }

    private let tags: ThinkingTags
    private var state: State
    /// What may yet turn out to be a tag.
    private var held = ""

    /// - Parameter startsInside: the prompt ends with the opening tag, so the reply goes on behind it.
    public init(tags: ThinkingTags, startsInside: Bool = false) {
        self.tags = tags
        state = startsInside ? .afterOpening : .beforeOpening
    }

    /// Whether a prompt leaves the model inside its thinking.
    public static func isInside(prompt: String, tags: ThinkingTags) -> Bool {
        prompt.trimmingBlanks.utf8.reversed().starts(with: tags.opening.utf8.reversed())
    }

    public mutating func consume(_ piece: String) -> Part {
        held += piece
        var part = Part()
        while advance(&part) {}
        return part
    }

    /// What was held back when the reply ended: an unfinished tag was none.
    public mutating func finish() -> Part {
        defer { held = "" }
        switch state {
        case .beforeOpening, .answer: return Part(content: held)
        case .thinking: return Part(thinking: held)
        case .afterOpening, .afterClosing: return Part()
        }
    }

    /// Takes what is certain from `held`; true when the rest is worth another look.
    private mutating func advance(_ part: inout Part) -> Bool {
        switch state {
        case .beforeOpening: return lookForOpening()
        case .afterOpening: return dropBlanks(then: .thinking)
        case .thinking: return takeThinking(&part)
        case .afterClosing: return dropBlanks(then: .answer)
        case .answer:
            part.content += held
            held = ""
            return false
        }
    }

    private mutating func lookForOpening() -> Bool {
        let trimmed = held.trimmingLeadingBlanks
        if trimmed.utf8.starts(with: tags.opening.utf8) {
            held = String(Substring(trimmed.utf8.dropFirst(tags.opening.utf8.count)))
            state = .afterOpening
            return true
        }
        if tags.opening.utf8.starts(with: trimmed.utf8) { return false }
        state = .answer
        return true
    }

    private mutating func dropBlanks(then next: State) -> Bool {
        held = held.trimmingLeadingBlanks
        if held.isEmpty { return false }
        state = next
        return true
    }

    private mutating func takeThinking(_ part: inout Part) -> Bool {
        let bytes = Array(held.utf8)
        let closing = Array(tags.closing.utf8)
        if let place = bytes.firstOffset(of: closing) {
            part.thinking += String(decoding: bytes[..<place], as: UTF8.self)
            held = String(decoding: bytes[(place + closing.count)...], as: UTF8.self)
            state = .afterClosing
            return true
        }
        let kept = bytes.lengthOfSuffix(beginning: closing)
        part.thinking += String(decoding: bytes.dropLast(kept), as: UTF8.self)
        held = String(decoding: bytes.suffix(kept), as: UTF8.self)
        return false
    }
}

extension [UInt8] {
    /// Where `pattern` first begins at or after `start`.
    func firstOffset(of pattern: [UInt8], from start: Int = 0) -> Int? {
        guard let first = pattern.first else { return start }
        var offset = start
        while offset + pattern.count <= count {
            if self[offset] == first, self[offset..<(offset + pattern.count)].elementsEqual(pattern) { return offset }
            offset += 1
        }
        return nil
    }

    /// The length of the longest end of the bytes that a complete `tag` could still grow from.
    func lengthOfSuffix(beginning tag: [UInt8]) -> Int {
        var length = Swift.min(count, tag.count - 1)
        while length > 0, !suffix(length).elementsEqual(tag.prefix(length)) { length -= 1 }
        return length
    }
}
