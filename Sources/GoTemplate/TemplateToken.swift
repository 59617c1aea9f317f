/// A word of the template's text.
struct TemplateToken: Sendable {
    enum Kind: Sendable, Equatable {
        case text, leftDelimiter, rightDelimiter, space
        case leftParenthesis, rightParenthesis, pipe, assign, declare, character
        case identifier, field, variable, dot
        case boolean, number, complexNumber, characterConstant, string, rawString
        case keyword(Keyword)
        case end
        /// The lexer gave up; the message is all there is to say.
        case failure(String)
    }

    enum Keyword: String, Sendable, CaseIterable {
        case block, `break`, `continue`, define, `else`, end, `if`, `nil`, range, template, with

        static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
    }

    let kind: Kind
    /// UTF-8 offsets into the template.
    let range: Range<Int>
    let bytes: ArraySlice<UInt8>

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The token as Go's messages quote it.
    var quotedForMessage: String {
        switch kind {
        case .end: "EOF"
        case .failure(let message): message
        case .keyword, .dot: "<\(text)>"
        default:
            if bytes.count > 10 {
                GoQuote.quoted(TemplateString(GoFormat.prefix(of: Array(bytes), scalars: 10)).bytes) + "..."
            } else {
                GoQuote.quoted(Array(bytes))
            }
        }
    }
}
