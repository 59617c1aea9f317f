import Diagnostics

/// A name with placeholders in braces: `{stem}-{type}.gguf`.
struct NameTemplate: Equatable {
    /// A placeholder that nothing stands for, or a brace that is never closed.
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    /// What each placeholder stands for, as the documentation says it.
    static let placeholders = ["stem", "type", "type-lower"]

    let text: String

    init(_ text: String) throws(Invalid) {
        self.text = text
        _ = try Self.expand(text) { placeholder throws(Invalid) in
            guard Self.placeholders.contains(placeholder) else {
                let nearest = SpellingSuggestion.nearest(to: placeholder, in: Self.placeholders)
                throw Invalid(
                    description: "unknown placeholder '{\(placeholder)}', "
                        + (nearest.map { "did you mean '{\($0)}'?" }
                            ?? "wanted \(PlanReader.list(Self.placeholders.map { "{\($0)}" }))"))
            }
            return ""
        }
    }

    /// The name for an input and a type.
    func name(stem: String, type: String) -> String {
        let values = ["stem": stem, "type": type, "type-lower": type.lowercased()]
        return (try? Self.expand(text) { (placeholder) throws(Invalid) in values[placeholder] ?? "" }) ?? text
    }

    private static func expand(_ text: String, _ value: (String) throws(Invalid) -> String) throws(Invalid) -> String {
        var (result, rest) = ("", text[...])
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw Invalid(description: "'\(text)' opens a brace and never closes it")
            }
            result += rest[..<open]
            result += try value(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
