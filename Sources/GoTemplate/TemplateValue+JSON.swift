public import JSONText

/// The way into templates from JSON, and out again through encoding/json's rules.
extension TemplateValue {
    /// What Go's `json.Unmarshal` into an `any` gives: objects become maps, numbers float64.
    public init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .text(value)
        case .array(let elements): self = .list(TemplateList(elements.map { TemplateValue($0) }))
        case .object(let members): self = .map(TemplateMap(members.map { ($0.key, TemplateValue($0.value)) }))
        }
    }

    /// The value as encoding/json sees it: maps sorted, structs in field order, nil slices and maps null.
    var json: JSONValue {
        switch self {
        case .absent, .null, .function: .null
        case .bool(let value): .bool(value)
        case .int(let value): .number(JSONNumber(value))
        case .float(let value): .number(JSONNumber(value))
        case .number(let value): .number(value)
        case .string(let value): .string(value.text)
        case .list(let list): Self.json(of: list)
        case .map(let map): Self.json(of: map)
        case .record(let record): Self.json(of: record)
        }
    }

    private static func json(of list: TemplateList) -> JSONValue {
        if list.isNil { return .null }
        if list.stringer == .single, list.elements.count == 1 { return list[0].json }
        return .array(list.elements.map(\.json))
    }

    private static func json(of map: TemplateMap) -> JSONValue {
        if map.isNil { return .null }
        var object = JSONObject()
        for key in map.jsonKeys ?? map.keys { object[key.text] = map[key]?.json ?? .null }
        return .object(object)
    }

    private static func json(of record: TemplateRecord) -> JSONValue {
        var object = JSONObject()
        for (field, value) in zip(record.type.fields, record.values) where !(field.omitsEmpty && value.isEmptyForJSON) {
            object[field.jsonName] = value.json
        }
        return .object(object)
    }

    /// What Ollama's `json` function and its types' `String()` print: compact, with `<`, `>` and `&` escaped.
    var goJSON: [UInt8] {
        if case .map(let map) = self, map.isNil, map.stringer == .json { return Array("{}".utf8) }
        return json.bytes(.go)
    }
}
