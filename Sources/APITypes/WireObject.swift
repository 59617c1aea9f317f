public import JSONText

/// A JSON object in the making: members in the order of Go's struct, with its rules for what is left out when empty.
public struct WireObject: Sendable {
    public private(set) var members = JSONObject()

    public init() {}

    public var json: JSONValue { .object(members) }

    public mutating func put(_ key: String, _ value: JSONValue) { members[key] = value }
    public mutating func put(_ key: String, _ text: String) { members[key] = .string(text) }
    public mutating func put(_ key: String, _ number: Int) { members[key] = .number(JSONNumber(number)) }
    public mutating func put(_ key: String, _ flag: Bool) { members[key] = .bool(flag) }

    /// `omitempty`: nothing for an empty text, zero, an empty list.
    public mutating func putUnlessEmpty(_ key: String, _ text: String) { if !text.isEmpty { put(key, text) } }
    public mutating func putUnlessEmpty(_ key: String, _ number: Int) { if number != 0 { put(key, number) } }
    public mutating func putUnlessEmpty(_ key: String, _ list: [JSONValue]) { if !list.isEmpty { put(key, .array(list)) } }
    public mutating func putUnlessEmpty(_ key: String, _ duration: Duration) { putUnlessEmpty(key, duration.nanoseconds) }
    public mutating func putUnlessNil(_ key: String, _ value: JSONValue?) { if let value { put(key, value) } }
}

extension Duration {
    /// As Go's durations travel: whole nanoseconds.
    public var nanoseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : Int(clamping: product + attoseconds / 1_000_000_000)
    }
}

extension [String] {
    public var json: JSONValue { .array(map { .string($0) }) }
}
