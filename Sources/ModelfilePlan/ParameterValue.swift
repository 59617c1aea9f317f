public import JSONText

/// The value of a parameter.
///
/// Fractions are single-precision, as the options of Ollama are: `PARAMETER temperature 0.7` means the nearest `Float`, and is
/// printed as the shortest text that reads back as the same one, `0.7`, laid out as Go lays numbers out. So the params layer has
/// the bytes that Ollama writes.
public enum ParameterValue: Sendable, Hashable {
    case int(Int)
    case float(Float)
    case bool(Bool)
    case strings([String])

    public var type: ParameterType {
        switch self {
        case .int: .int
        case .float: .float
        case .bool: .bool
        case .strings: .strings
        }
    }

    public var json: JSONValue {
        switch self {
        case .int(let value): .number(JSONNumber(value))
        case .float(let value): .number(JSONNumber(value))
        case .bool(let value): .bool(value)
        case .strings(let values): .array(values.map { .string($0) })
        }
    }

    /// The values as a Modelfile writes them, one for each PARAMETER line.
    public var texts: [String] {
        switch self {
        case .int(let value): [JSONNumber(value).text]
        case .float(let value): [JSONNumber(value).text]
        case .bool(let value): [value ? "true" : "false"]
        case .strings(let values): values
        }
    }
}

extension ParameterValue {
    /// Reads the text of a Modelfile or of `/set parameter` as a value of `type`.
    ///
    /// Several texts make a list for a parameter that holds one; otherwise the first counts. Nil where the text is no such
    /// value. Accepted are what Go's strconv accepts for decimal numbers and for booleans (1, t, T, TRUE, true, True and their
    /// opposites); a number must be finite.
    public static func parse(_ texts: [String], as type: ParameterType) -> ParameterValue? {
        if type == .strings { return .strings(texts) }
        guard let text = texts.first else { return nil }
        switch type {
        case .int: return Int(text).map { .int($0) }
        case .float: return float(text).map { .float($0) }
        case .bool: return bool(text).map { .bool($0) }
        case .strings: return nil
        }
    }

    private static func float(_ text: String) -> Float? {
        // Swift also reads "inf", "nan" and hexadecimal; JSON has no word for the first two.
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
        return Float(text).flatMap { $0.isFinite ? $0 : nil }
    }

    private static func bool(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": true
        case "0", "f", "F", "FALSE", "false", "False": false
        default: nil
        }
    }

    /// The value from JSON, as a package's params layer holds it; nil where it has another type.
    ///
    /// Whole numbers may be written with a fraction or exponent (`1.048576e+06`), as Ollama once wrote them.
    public init?(json: JSONValue, as type: ParameterType) {
        switch (type, json) {
        case (.int, .number(let number)):
            guard let value = number.int else { return nil }
            self = .int(value)
        case (.float, .number(let number)):
            let value = Float(number.double)
            guard value.isFinite else { return nil }
            self = .float(value)
        case (.bool, .bool(let value)): self = .bool(value)
        case (.strings, .array(let values)):
            let texts = values.compactMap(\.string)
            guard texts.count == values.count else { return nil }
            self = .strings(texts)
        default: return nil
        }
    }
}
