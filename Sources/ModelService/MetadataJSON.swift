public import GGUF
public import JSONText

/// Metadata values as JSON; arrays are null unless asked for, since vocabularies are long.
public enum MetadataJSON {
    public static func of(_ value: GGUFValue, arrays: Bool) -> JSONValue {
        switch value {
        case .string(let string): return .string(string.text)
        case .bool(let flag): return .bool(flag)
        case .float32(let number): return .number(JSONNumber(number))
        case .float64(let number): return .number(JSONNumber(number))
        case .uint64(let number): return .number(JSONNumber(number))
        case .array(let array): return arrays ? .array(elements(array)) : .null
        default: return value.int.map { .number(JSONNumber($0)) } ?? .null
        }
    }

    private static func elements(_ array: GGUFArray) -> [JSONValue] {
        switch array {
        case .string(let strings): strings.map { .string($0.text) }
        case .bool(let flags): flags.map { .bool($0) }
        case .float64(let numbers): numbers.map { .number(JSONNumber($0)) }
        case .uint64(let numbers): numbers.map { .number(JSONNumber($0)) }
        default: array.ints?.map { .number(JSONNumber($0)) } ?? array.floats?.map { .number(JSONNumber($0)) } ?? []
        }
    }
}

extension GGUFFile {
    /// The metadata that is shown, by ascending key, with the number of parameters: not the name, and not the template, which has a
    /// flag of its own.
    public var publicMetadata: [(key: String, value: GGUFValue)] {
        let shown = metadata.entries.filter { ![GGUFKey.name, GGUFKey.chatTemplate, GGUFKey.parameterCount].contains($0.key) }
        let count = (key: GGUFKey.parameterCount, value: GGUFValue.uint64(UInt64(parameterCount)))
        return (shown.map { ($0.key, $0.value) } + [count]).sorted { $0.key < $1.key }
    }
}
