internal import JSONText

/// Data from outside as a template's values.
extension JinjaValue {
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .number(let number): self = Self.number(number.text)
        case .string(let text): self = .text(text)
        case .array(let elements): self = .list(elements.map { JinjaValue($0) })
        case .object(let object): self = .dict(JinjaDict(object))
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
    convenience init(_ object: JSONObject) {
        var texts: [JinjaString] = []
        var values: [JinjaValue] = []
        texts.reserveCapacity(object.count)
        values.reserveCapacity(object.count)
        for (key, value) in object {
            texts.append(JinjaString(key))
            values.append(JinjaValue(value))
        }
        self.init(texts: texts, values: values)
    }
}
