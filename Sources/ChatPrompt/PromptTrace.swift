/// A prompt and where in its template each of its bytes comes from.
public struct PromptTrace: Sendable, Equatable {
    /// A stretch of the prompt and the node of the template that wrote it.
    public struct Span: Sendable, Equatable {
        /// Byte offsets into the prompt.
        public let output: Range<Int>
        /// Byte offsets into the template.
        public let source: Range<Int>
        /// Text of the template itself, not a value that it asked for.
        public let isText: Bool

        public init(output: Range<Int>, source: Range<Int>, isText: Bool) {
            (self.output, self.source, self.isText) = (output, source, isText)
        }
    }

    public private(set) var bytes: [UInt8] = []
    /// In the prompt's order, without gaps.
    public private(set) var spans: [Span] = []

    public init() {}

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Adds what another run of a template wrote; its spans count from the beginning of that run.
    public mutating func append(_ more: [UInt8], _ spans: [Span]) {
        let start = bytes.count
        bytes += more
        self.spans += spans.map {
            Span(
                output: (start + $0.output.lowerBound)..<(start + $0.output.upperBound), source: $0.source, isText: $0.isText)
        }
    }

    /// The span that holds a byte; of the end of the prompt, the last one.
    public func span(at offset: Int) -> Span? {
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].output.upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low < spans.count ? spans[low] : spans.last
    }

    /// The offset in the template that a byte of the prompt comes from; where a value was written, the beginning of what asked
    /// for it.
    public func sourceOffset(at offset: Int) -> Int? {
        guard let span = span(at: offset) else { return nil }
        guard span.isText, span.output.count == span.source.count else { return span.source.lowerBound }
        return span.source.lowerBound + min(max(0, offset - span.output.lowerBound), span.source.count)
    }

    /// The prompt cut off at a byte offset.
    public func prefix(_ count: Int) -> PromptTrace {
        var cut = PromptTrace()
        cut.bytes = Array(bytes.prefix(count))
        for span in spans where span.output.lowerBound < count {
            let output = span.output.clamped(to: 0..<count)
            let isWhole = output == span.output || span.output.count != span.source.count
            let source = isWhole ? span.source : span.source.lowerBound..<(span.source.lowerBound + output.count)
            cut.spans.append(Span(output: output, source: source, isText: span.isText))
        }
        return cut
    }
}
