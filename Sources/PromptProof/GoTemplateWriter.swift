/// Puts a Go template together so that literal text stays as it is and actions stand on lines of their own where that changes nothing.
struct GoTemplateWriter {
    private(set) var text = ""
    /// Whether the last thing written was an action: white space behind it may be eaten by the next one.
    private var endsInAction = true

    /// Text of the template itself.
    mutating func literal(_ literal: String) {
        if literal.isEmpty { return }
        var escaped = literal.replacing("{{", with: "{{ \"{{\" }}")
        // A brace in front of an action would be read as part of it.
        if escaped.last == "{" { escaped = String(escaped.dropLast()) + "{{ \"{\" }}" }
        text += escaped
        endsInAction = escaped.hasSuffix("}}")
    }

    /// What is a template itself.
    mutating func raw(_ source: String) {
        text += source
        endsInAction = source.hasSuffix("}}")
    }

    /// A value: `{{ .Content }}`
    mutating func value(_ expression: String) {
        text += "{{ \(expression) }}"
        endsInAction = true
    }

    /// `if`, `range`, `end` and the like: on a new line with `{{-`, which eats the line break before it and nothing else.
    mutating func control(_ statement: String) {
        let isSafe = endsInAction || text.unicodeScalars.last.map { !$0.properties.isWhitespace } ?? true
        if !isSafe {
            text += "{{ \(statement) }}"
        } else {
            text += (text.isEmpty ? "" : "\n") + "{{- \(statement) }}"
        }
        endsInAction = true
    }

    /// `if condition … end`; nothing where there is nothing to write.
    mutating func when(_ condition: String, _ literal: String, otherwise: String = "") {
        if literal == otherwise { return self.literal(literal) }
        if literal.isEmpty { return when("not (\(condition))", otherwise) }
        control("if \(condition)")
        self.literal(literal)
        if !otherwise.isEmpty {
            control("else")
            self.literal(otherwise)
        }
        control("end")
    }
}
