/// One word of a template.
struct JinjaToken {
    enum Kind: Equatable {
        /// Text between tags, after trimming.
        case data(JinjaString)
        case outputBegin, outputEnd, blockBegin, blockEnd
        case name(String)
        case string(JinjaString)
        case integer(Int)
        /// An integer that needs more than 64 bits, by its digits.
        case wideInteger(JinjaString)
        case float(Double)
        case symbol(JinjaSymbol)
        case end
    }

    let kind: Kind
    let range: Range<Int>

    /// What messages call it.
    var description: String {
        switch kind {
        case .data: "text"
        case .outputBegin: "begin of print statement"
        case .outputEnd: "end of print statement"
        case .blockBegin: "begin of statement block"
        case .blockEnd: "end of statement block"
        case .name(let name): name
        case .string: "string"
        case .integer, .wideInteger: "integer"
        case .float: "float"
        case .symbol(let symbol): symbol.rawValue
        case .end: "end of template"
        }
    }
}

/// Operators and brackets, the longer before those that begin them.
enum JinjaSymbol: String, CaseIterable {
    case floorDivide = "//"
    case power = "**"
    case equal = "=="
    case notEqual = "!="
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case add = "+"
    case subtract = "-"
    case divide = "/"
    case multiply = "*"
    case modulo = "%"
    case tilde = "~"
    case openBracket = "["
    case closeBracket = "]"
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBrace = "{"
    case closeBrace = "}"
    case greater = ">"
    case less = "<"
    case assign = "="
    case dot = "."
    case colon = ":"
    case pipe = "|"
    case comma = ","
    case semicolon = ";"
}
