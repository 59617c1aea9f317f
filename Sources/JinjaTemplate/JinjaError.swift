/// What can be wrong with a template or with running it. Every case points into the template.
public enum JinjaError: Error, Equatable, Sendable {
    /// The text is not a template; found before anything runs.
    case syntax(JinjaFault)
    /// The template asked for something its data cannot give; the problem is told in Python's words.
    case execution(JinjaFault)
    /// The template called `raise_exception`: it refuses this conversation.
    case raised(JinjaFault)
    /// The template asked for more work, output or depth than it was given.
    case limit(JinjaFault)

    public var fault: JinjaFault {
        switch self {
        case .syntax(let fault), .execution(let fault), .raised(let fault), .limit(let fault): fault
        }
    }
}

extension JinjaError: CustomStringConvertible {
    public var description: String { fault.text }
}

/// One complaint and the place in the template that it is about.
public struct JinjaFault: Equatable, Sendable {
    /// The complaint alone: `'x' is undefined`.
    public let problem: String
    /// The template's name.
    public let name: String
    /// UTF-8 offsets into the template's text.
    public let range: Range<Int>
    /// Line of `range`'s start, from 1. CR, LF and CRLF end lines.
    public let line: Int
    /// Column of `range`'s start in Unicode scalars, from 1.
    public let column: Int

    init(problem: String, name: String, range: Range<Int>, source: [UInt8]) {
        (self.problem, self.name, self.range) = (problem, name, range)
        var line = 1
        var lineStart = 0
        let end = min(range.lowerBound, source.count)
        for offset in 0..<end where source[offset].isNewline {
            let isFirstOfPair = source[offset] == UInt8(ascii: "\r") && offset + 1 < source.count && source[offset + 1] == 10
            if isFirstOfPair { continue }
            line += 1
            lineStart = offset + 1
        }
        self.line = line
        column = 1 + source[lineStart..<end].count { $0 & 0xC0 != 0x80 }
    }

    /// `chat_template:3:14: 'x' is undefined`
    public var text: String { "\(name):\(line):\(column): \(problem)" }
}

/// A complaint on its way to whoever knows where the template stands.
struct JinjaProblem: Error {
    enum Kind { case syntax, execution, raised, limit }

    let kind: Kind
    let text: String
    var range: Range<Int>?

    init(_ text: String, kind: Kind = .execution, range: Range<Int>? = nil) {
        (self.text, self.kind, self.range) = (text, kind, range)
    }

    static func limit(_ text: String) -> JinjaProblem { JinjaProblem(text, kind: .limit) }

    func error(at position: Range<Int>, name: String, source: [UInt8]) -> JinjaError {
        let fault = JinjaFault(problem: text, name: name, range: range ?? position, source: source)
        switch kind {
        case .syntax: return .syntax(fault)
        case .execution: return .execution(fault)
        case .raised: return .raised(fault)
        case .limit: return .limit(fault)
        }
    }
}

extension UInt8 {
    var isNewline: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
}
