/// A word of a template's text, for whoever colours or completes templates rather than running them.
public struct TemplateWord: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// `{{` or `}}`, trim markers left out.
        case delimiter
        /// `if`, `range`, `end` and the like; `opensBlock` for those that want an `end`.
        case keyword(opensBlock: Bool, closesBlock: Bool)
        /// A name without a dot: a function.
        case function
        /// `.Name`, its dot included.
        case field
        /// `$name`, its dollar sign included.
        case variable
        case string
        case number
        /// `true`, `false`.
        case constant
        /// `{{/* … */}}`
        case comment
    }

    public let kind: Kind
    /// UTF-8 offsets into the template.
    public let range: Range<Int>

    /// The words of `source` in order; text outside of actions, operators and punctuation are left out. Where the template is no
    /// template any more, the words end.
    public static func scan(_ source: String) -> [TemplateWord] {
        let bytes = Array(source.utf8)
        var lexer = TemplateLexer(bytes)
        var words: [TemplateWord] = []
        var position = 0
        while true {
            let token = lexer.next()
            if let comment = comment(in: position..<max(position, token.range.lowerBound), of: bytes) { words.append(comment) }
            position = max(position, token.range.upperBound)
            switch token.kind {
            case .end, .failure: return words
            default: if let kind = kind(of: token) { words.append(TemplateWord(kind: kind, range: token.range)) }
            }
        }
    }

    private static func kind(of token: TemplateToken) -> Kind? {
        switch token.kind {
        case .leftDelimiter, .rightDelimiter: .delimiter
        case .identifier: .function
        case .field: .field
        case .variable: .variable
        case .boolean: .constant
        case .number, .complexNumber: .number
        case .characterConstant, .string, .rawString: .string
        case .keyword(let word):
            .keyword(opensBlock: [.if, .range, .with, .define, .block].contains(word), closesBlock: word == .end)
        default: nil
        }
    }

    /// Comments leave no token behind, only a gap.
    private static func comment(in gap: Range<Int>, of bytes: [UInt8]) -> TemplateWord? {
        let text = bytes[gap]
        guard let start = text.indices.first(where: { bytes[$0] != 0x20 && !(0x09...0x0D).contains(bytes[$0]) }),
            bytes[start...].starts(with: "{{".utf8), text[start...].prefix(8).contains(0x2A)
        else { return nil }
        let end = (text.lastIndex(of: 0x7D) ?? gap.upperBound - 1) + 1
        return TemplateWord(kind: .comment, range: start..<end)
    }
}
