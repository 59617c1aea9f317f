// HTML and SVG as values. Every text goes through one place that escapes it: names come from files that anybody may have made.

/// A piece of a page.
struct Markup {
    private(set) var html: String

    /// - Parameter html: markup of our own, put in as it is.
    private init(html: String) { self.html = html }

    static let none = Markup(html: "")

    /// A text, with what would be markup in it escaped and control characters replaced.
    static func text(_ text: String) -> Markup { Markup(html: escaped(text)) }

    /// Style or script: constants of this module alone.
    static func raw(_ text: StaticString) -> Markup { Markup(html: "\(text)") }

    static func joined(_ parts: [Markup]) -> Markup { Markup(html: parts.map(\.html).joined()) }

    /// An element. Values of attributes are escaped; those that are nil are left out.
    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], _ children: [Markup] = []
    ) -> Markup {
        var html = "<\(name)"
        for (key, value) in attributes {
            if let value { html += " \(key)=\"\(escaped(value))\"" }
        }
        html += ">"
        guard !voidElements.contains("\(name)") else { return Markup(html: html) }
        return Markup(html: html + children.map(\.html).joined() + "</\(name)>")
    }

    static func element(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>, _ text: String) -> Markup {
        element(name, attributes, [.text(text)])
    }

    static func element(_ name: StaticString, _ text: String) -> Markup { element(name, [:], [.text(text)]) }

    private static let voidElements: Set<String> = ["meta", "br"]

    private static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value): result += "\u{FFFD}"
            // Marks that reverse the text after them could make a figure read as another one.
            case _ where (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value): result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
