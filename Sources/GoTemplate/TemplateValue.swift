public import JSONText

/// What a template computes with: the part of Go's values that templates meet.
public enum TemplateValue: Sendable {
    /// No value at all (Go's invalid `reflect.Value`): prints `<no value>`, and its fields are again no value.
    case absent
    /// A nil interface: what a missing key of a `map[string]any` gives. Asking it for a field is an error.
    case null
    case bool(Bool)
    case int(Int)
    case float(Double)
    /// A float64 that came from JSON and prints with the digits it was written with.
    case number(JSONNumber)
    case string(TemplateString)
    case list(TemplateList)
    indirect case map(TemplateMap)
    case record(TemplateRecord)
    case function(TemplateFunction)
}

extension TemplateValue {
    /// Text as a value: `.text(name)` where `.string` would need a `TemplateString`.
    public static func text(_ text: String) -> TemplateValue { .string(TemplateString(text)) }
}

extension TemplateValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: TemplateValue...) { self = .list(TemplateList(elements)) }
    public init(dictionaryLiteral elements: (String, TemplateValue)...) { self = .map(TemplateMap(elements)) }
}

/// How a compound value turns into text where Go's type has a `String()` method.
public enum TemplateStringer: Sendable {
    /// It has none: Go's fmt prints the elements.
    case none
    /// It prints as its JSON.
    case json
    /// It prints as its only element, or as Go prints a list: Ollama's `PropertyType`.
    case single
}

/// A Go slice.
public struct TemplateList: Sendable {
    /// A slice, so that `slice` costs nothing: templates ask for `slice $.Messages $i` once for each message.
    public let elements: ArraySlice<TemplateValue>
    /// Go's name of the type, for `%T` and for messages.
    public let typeName: String
    public let stringer: TemplateStringer
    /// A nil slice is empty, and its JSON is `null`.
    public let isNil: Bool

    public init(
        _ elements: [TemplateValue], typeName: String = "[]interface {}", stringer: TemplateStringer = .none, isNil: Bool = false
    ) {
        self.init(elements[...], typeName: typeName, stringer: stringer, isNil: isNil)
    }

    init(_ elements: ArraySlice<TemplateValue>, typeName: String, stringer: TemplateStringer, isNil: Bool) {
        self.elements = elements
        self.typeName = typeName
        self.stringer = stringer
        self.isNil = isNil
    }

    /// Some of the elements, by their places from 0.
    func slice(_ range: Range<Int>) -> TemplateList {
        let start = elements.startIndex
        return TemplateList(
            elements[(start + range.lowerBound)..<(start + range.upperBound)], typeName: typeName, stringer: stringer, isNil: isNil)
    }

    subscript(offset: Int) -> TemplateValue { elements[elements.startIndex + offset] }

    /// Whether elements are held as `any`, so that messages call them `interface {}`.
    var holdsInterfaces: Bool { typeName == "[]interface {}" }
}

/// A Go map with text keys: kept sorted, as templates and fmt see it.
public struct TemplateMap: Sendable {
    public let keys: [TemplateString]
    public let values: [TemplateValue]
    /// What a missing key gives: the zero value of the element type (`missingkey=zero`).
    public let zero: TemplateValue
    public let typeName: String
    public let stringer: TemplateStringer
    /// A nil map is empty, and its JSON is `null` (`{}` where it has a stringer, as Ollama's types say).
    public let isNil: Bool
    /// The order of the keys in the map's JSON, where that is not the sorted one.
    let jsonKeys: [TemplateString]?

    /// Where a key comes twice, the later value counts.
    public init(
        _ members: some Sequence<(String, TemplateValue)>, typeName: String = "map[string]interface {}",
        zero: TemplateValue = .null, stringer: TemplateStringer = .none, isNil: Bool = false, jsonKeys: [TemplateString]? = nil
    ) {
        var byKey: [TemplateString: TemplateValue] = [:]
        for (key, value) in members { byKey[TemplateString(key)] = value }
        let sorted = byKey.sorted { $0.key < $1.key }
        keys = sorted.map(\.key)
        values = sorted.map(\.value)
        self.zero = zero
        self.typeName = typeName
        self.stringer = stringer
        self.isNil = isNil
        self.jsonKeys = jsonKeys
    }

    public var count: Int { keys.count }

    public subscript(key: TemplateString) -> TemplateValue? {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low] == key ? values[low] : nil
    }

    var holdsInterfaces: Bool { typeName == "map[string]interface {}" || stringer == .json && zero.isNull }
}

/// A Go struct, or a pointer to one.
public struct TemplateRecord: Sendable {
    public let type: TemplateRecordType
    /// One for each field of the type, in its order.
    public let values: [TemplateValue]
    public let isPointer: Bool

    public init(_ type: TemplateRecordType, _ values: [TemplateValue], isPointer: Bool = false) {
        precondition(type.fields.count == values.count, "record of \(type.name) with \(values.count) values")
        self.type = type
        self.values = values
        self.isPointer = isPointer
    }

    public subscript(name: String) -> TemplateValue? { type.index[name].map { values[$0] } }

    var typeName: String { (isPointer ? "*" : "") + type.name }
}

/// The fields that records of one kind have.
public final class TemplateRecordType: Sendable {
    /// A field's Go name, and what encoding/json makes of it.
    public struct Field: Sendable {
        public let name: String
        public let jsonName: String
        public let omitsEmpty: Bool

        public init(_ name: String, json: String? = nil, omitsEmpty: Bool = false) {
            self.name = name
            jsonName = json ?? name
            self.omitsEmpty = omitsEmpty
        }
    }

    /// The type's name with its package: `template.templateTool`.
    public let name: String
    public let fields: [Field]
    public let stringer: TemplateStringer
    let index: [String: Int]

    public init(_ name: String, stringer: TemplateStringer = .none, fields: [Field]) {
        self.name = name
        self.fields = fields
        self.stringer = stringer
        index = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
