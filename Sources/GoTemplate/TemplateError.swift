/// What can be wrong with a template or with running it, in the words of Go's text/template.
public enum TemplateError: Error, Equatable, Sendable {
    /// The text is not a template; found before anything runs.
    case syntax(TemplateFault)
    /// The template asked for something its data cannot give.
    case execution(TemplateFault)
    /// The template asked for more steps, output or depth than it was given.
    case limit(TemplateFault)

    public var fault: TemplateFault {
        switch self {
        case .syntax(let fault), .execution(let fault), .limit(let fault): fault
        }
    }
}

/// One complaint and the place in the template that it is about.
public struct TemplateFault: Equatable, Sendable {
    /// The complaint alone: `undefined variable "$x"`.
    public let problem: String
    /// The whole line as Go prints it: `template: NAME:3: undefined variable "$x"`.
    public let text: String
    /// UTF-8 offsets into the template's text.
    public let range: Range<Int>
    /// Line of `range`'s start, from 1.
    public let line: Int
    /// Column of `range`'s start in Unicode scalars, from 1. (Go's own text counts bytes from 0.)
    public let column: Int
    /// Of a block that is never closed: the action that opens it.
    public let opener: Range<Int>?

    init(problem: String, text: String, range: Range<Int>, opener: Range<Int>? = nil, source: TemplateSource) {
        self.opener = opener
        self.problem = problem
        self.text = text
        self.range = range
        line = source.line(of: range.lowerBound)
        column = source.scalarColumn(of: range.lowerBound)
    }
}

extension TemplateError: CustomStringConvertible {
    public var description: String { fault.text }
}

/// The bytes of a template with its name; answers where an offset lies.
struct TemplateSource: Sendable {
    let name: String
    let bytes: [UInt8]

    /// Line of an offset, from 1.
    func line(of offset: Int) -> Int {
        var line = 1
        for byte in bytes[..<min(offset, bytes.count)] where byte == UInt8(ascii: "\n") { line += 1 }
        return line
    }

    /// Bytes between the start of the line and the offset: Go's column, which starts at 0.
    func byteColumn(of offset: Int) -> Int {
        let before = bytes[..<min(offset, bytes.count)]
        guard let newline = before.lastIndex(of: UInt8(ascii: "\n")) else { return before.count }
        return before.count - newline - 1
    }

    /// Unicode scalars between the start of the line and the offset, plus one.
    func scalarColumn(of offset: Int) -> Int {
        let start = min(offset, bytes.count)
        let line = bytes[(start - byteColumn(of: start))..<start]
        return 1 + line.count { $0 & 0xC0 != 0x80 }
    }
}
