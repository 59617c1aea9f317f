import ChatPrompt
import GoTemplate

/// One mistake of a template, seen in one or many conversations.
public struct PromptMistake: Sendable, Equatable {
    /// A stretch of a prompt with what is round it.
    public struct Excerpt: Sendable, Equatable {
        public let before: String
        public let text: String
        public let after: String
    }

    public let kind: MistakeKind
    /// What ought to be there, and what is there instead; either may be empty.
    public let expected: Excerpt
    public let found: Excerpt
    /// The bytes of the model's own template that write what ought to be there; nil where nothing does.
    public let referenceRange: Range<Int>?
    /// The bytes of the template that write what is there, or stand next to the gap.
    public let templateRange: Range<Int>?
    /// More to say than the kind tells: an error's text.
    public let note: String
    /// The conversations that show it.
    public internal(set) var cases: [String] = []
    /// How many places of the template show it.
    public internal(set) var places: Set<Range<Int>> = []

    private static let contextLength = 36

    init(_ kind: MistakeKind, _ hunk: PromptHunk, expected: PromptTrace, found: PromptTrace, note: String = "") {
        self.kind = kind
        self.note = note
        self.expected = Self.excerpt(expected, hunk.expected)
        self.found = Self.excerpt(found, hunk.found)
        referenceRange = Self.source(of: hunk.expected, in: expected)
        templateRange = Self.source(of: hunk.found, in: found)
        places = templateRange.map { [$0] } ?? []
    }

    /// Tokens for the beginning: how many ought to be there, and how many are.
    init(_ kind: MistakeKind, bos: String, counts: (Int, Int), expected: PromptTrace, found: PromptTrace) {
        self.kind = kind
        note = "the model reads \(counts.1) x \(bos) where it was trained on \(counts.0)"
        func excerpt(_ count: Int, _ trace: PromptTrace) -> Excerpt {
            let start = trace.bytes.ranges(of: Array(bos.utf8)).last { $0.lowerBound == 0 }?.upperBound ?? 0
            let after = trace.text(start..<min(trace.bytes.count, start + Self.contextLength))
            return Excerpt(before: "", text: String(repeating: bos, count: count), after: after)
        }
        self.expected = excerpt(counts.0, expected)
        self.found = excerpt(counts.1, found)
        referenceRange = expected.spans.first?.source
        templateRange = found.spans.first?.source
        places = templateRange.map { [$0] } ?? []
    }

    /// A template that fails where the model's own does not.
    init(failure: ChatPromptError) {
        kind = .templateFails
        note = failure.problem
        expected = Excerpt(before: "", text: "", after: "")
        found = expected
        referenceRange = nil
        if case .template(let error) = failure { templateRange = error.fault.range } else { templateRange = nil }
        places = templateRange.map { [$0] } ?? []
    }

    /// What wrote the bytes; for nothing at all, what wrote the byte before.
    private static func source(of range: Range<Int>, in trace: PromptTrace) -> Range<Int>? {
        guard let span = trace.span(at: range.isEmpty ? max(0, range.lowerBound - 1) : range.lowerBound) else { return nil }
        guard span.isText, span.output.count == span.source.count else { return span.source }
        // Of a long text, the part that is meant.
        let meant = range.isEmpty ? max(0, range.lowerBound - 1)..<range.lowerBound : range.clamped(to: span.output)
        let offset = span.source.lowerBound - span.output.lowerBound
        return (meant.lowerBound + offset)..<(meant.upperBound + offset)
    }

    private static func excerpt(_ trace: PromptTrace, _ range: Range<Int>) -> Excerpt {
        let bytes = trace.bytes
        var start = max(0, range.lowerBound - contextLength)
        while start < range.lowerBound, bytes[start] & 0xC0 == 0x80 { start += 1 }
        var end = min(bytes.count, range.upperBound + contextLength)
        while end > range.upperBound, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Excerpt(
            before: (start > 0 ? "…" : "") + trace.text(start..<range.lowerBound), text: trace.text(range),
            after: trace.text(range.upperBound..<end) + (end < bytes.count ? "…" : ""))
    }

    /// Whether two mistakes come from one cause: the same texts, or the same places in both templates.
    func isSameCause(as other: PromptMistake) -> Bool {
        if kind == .templateFails { return kind == other.kind && note == other.note }
        // One slip can look like different things in different conversations: before an empty content, say.
        let length = expected.text.utf8.count + found.text.utf8.count
        if (1...48).contains(length), expected.text == other.expected.text, found.text == other.found.text { return true }
        guard kind == other.kind else { return false }
        return places.overlapsAny(of: other.places) && referenceRange == other.referenceRange
            || kind == .doubledBeginning || kind == .missingBeginning
    }
}

extension Set<Range<Int>> {
    fileprivate func overlapsAny(of other: Self) -> Bool { !isDisjoint(with: other) }
}
