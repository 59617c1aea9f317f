import Diagnostics
import JSONText

/// One thing that could be written.
struct CompletionItem {
    /// CompletionItemKind of the protocol.
    enum Kind: Int {
        case function = 3
        case field = 5
        case variable = 6
        case module = 9
        case property = 10
        case value = 12
        case keyword = 14
        case file = 17
        case folder = 19
        case enumMember = 20
    }

    var label: String
    var kind: Kind
    /// Beside the label.
    var detail = ""
    /// Markdown.
    var documentation = ""
    /// What is written; nil is the label.
    var text: String?
    /// With a place for the cursor, for clients that know such; nil where there is none to choose.
    var snippet: String?
    /// What the client compares with what is there; nil is the label.
    var filter: String?

    /// - Parameters:
    ///   - order: of the items, from 0.
    ///   - range: what the text takes the place of.
    func json(order: Int, replacing range: SourceRange, _ positions: PositionMap, takesSnippets: Bool) -> JSONValue {
        let snippet = takesSnippets ? snippet : nil
        let number = String(order)
        var object: JSONObject = [
            "label": .string(label), "kind": JSONValue(kind.rawValue),
            "sortText": .string(String(repeating: "0", count: max(0, 5 - number.count)) + number),
            "insertTextFormat": JSONValue(snippet == nil ? 1 : 2),
            "textEdit": ["range": positions.json(range), "newText": .string(snippet ?? text ?? label)],
        ]
        if !detail.isEmpty { object["detail"] = .string(detail) }
        if !documentation.isEmpty { object["documentation"] = .markdown(documentation) }
        if let filter { object["filterText"] = .string(filter) }
        return .object(object)
    }
}
