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
    /// ASCII keys, each in the slot of its length and first letter.
    private var entries: [(key: String, text: JinjaString)?]
    private static let slotCount = 64

    init(_ keys: some Sequence<JinjaString>) {
        entries = Array(repeating: nil, count: Self.slotCount)
        for key in keys { keep(key, as: key.text) }
    }

    mutating func text(of key: String) -> JinjaString {
        // Texts of ASCII letters are equal to no other text of the same length, canonically or not.
        if let known = entries[Self.slot(key)], known.key == key, known.key.utf8.count == key.utf8.count { return known.text }
        let text = JinjaString(key)
        keep(text, as: key)
        return text
    }

    private mutating func keep(_ text: JinjaString, as key: String) {
        if text.isASCII { entries[Self.slot(key)] = (key, text) }
    }

    private static func slot(_ key: String) -> Int { (key.utf8.count &* 9 &+ Int(key.utf8.first ?? 0)) & (slotCount - 1) }
}
