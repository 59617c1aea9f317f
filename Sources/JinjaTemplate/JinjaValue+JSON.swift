internal import JSONText

/// Data from outside as a template's values.
extension JinjaValue {
    init(_ json: JSONValue, _ keys: inout JinjaKeyTable) {
        switch json {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .number(let number): self = Self.number(number.text)
        case .string(let text): self = .text(text)
        case .array(let elements):
            var values: [JinjaValue] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(JinjaValue(element, &keys)) }
            self = .list(values)
        case .object(let object): self = .dict(JinjaDict(object, &keys))
        }
    }

    /// Without point and exponent an integer, as Python's json reads it.
    private static func number(_ text: String) -> JinjaValue {
        if let int = Int(text) { return .int(int) }
        let isInteger = text.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") }
        return isInteger ? .wide(JinjaString(text)) : .float(Double(text) ?? .nan)
    }
}

extension JinjaDict {
    convenience init(_ object: JSONObject, _ keys: inout JinjaKeyTable) {
        var texts: [JinjaString] = []
        var values: [JinjaValue] = []
        texts.reserveCapacity(object.count)
        values.reserveCapacity(object.count)
        for (key, value) in object {
            texts.append(keys.text(of: key))
            values.append(JinjaValue(value, &keys))
        }
        self.init(texts: texts, values: values)
    }
}

/// Keys of dicts that come again and again share their bytes: with one another, and with the names that the template asks for, so that
/// comparing them is comparing two addresses.
struct JinjaKeyTable: Sendable {
    private var entries: [JinjaString?]
    private static let slotCount = 64

    init(_ keys: some Sequence<JinjaString>) {
        entries = Array(repeating: nil, count: Self.slotCount)
        for key in keys { entries[Self.slot(key.bytes)] = key }
    }

    mutating func text(of key: String) -> JinjaString {
        let slot = Self.slot(key.utf8)
        if let known = entries[slot], known.bytes.count == key.utf8.count, known.bytes.elementsEqual(key.utf8) { return known }
        let text = JinjaString(key)
        entries[slot] = text
        return text
    }

    private static func slot(_ bytes: some BidirectionalCollection<UInt8>) -> Int {
        guard let first = bytes.first, let last = bytes.last else { return 0 }
        return (bytes.count &* 7 &+ Int(first) &* 5 &+ Int(last)) % slotCount
    }
}
