/// Remembers which node of a template wrote which bytes of its output.
///
/// What a macro or a set block wrote is text like any other once it is made; where such a text is written as a whole, its own spans
/// are put in its place, so that a template that is all macros still points into them.
struct JinjaTrace {
    var spans: [JinjaSpan] = []
    private var captures: [JinjaString: [JinjaSpan]] = [:]

    mutating func note(_ output: Range<Int>, _ source: Range<Int>, isText: Bool) {
        if output.isEmpty { return }
        spans.append(JinjaSpan(output: output, source: source, isText: isText))
    }

    mutating func note(_ output: Range<Int>, _ source: Range<Int>, value: JinjaValue) {
        guard case .string(let text) = value, let inner = captures[text] else { return note(output, source, isText: false) }
        for span in inner {
            let start = output.lowerBound + span.output.lowerBound
            spans.append(JinjaSpan(output: start..<(start + span.output.count), source: span.source, isText: span.isText))
        }
    }

    /// Keeps what the captured text was made of and goes on with the spans outside.
    mutating func endCapture(of text: JinjaString, outerSpans: [JinjaSpan]) {
        if !text.isEmpty { captures[text] = spans }
        spans = outerSpans
    }
}

/// A stretch of output and the node that wrote it. Spans follow one another without gaps.
public struct JinjaSpan: Sendable, Equatable {
    /// Byte offsets into the output.
    public let output: Range<Int>
    /// Byte offsets into the template.
    public let source: Range<Int>
    /// Text of the template itself, not a value of an expression.
    public let isText: Bool
}
