import JSONText

/// config.json, or an object inside it, read with suspicion: a value of the wrong kind or size is an error that names it.
///
/// A null counts as missing, since transformers writes nulls for what is not set.
public struct CheckpointConfig: Sendable {
    private let members: JSONObject
    /// What the object is called in errors.
    let file: String
    private let prefix: String

    /// Widths of layers, heads, contexts: larger than any model's, small enough that products of two do not overflow.
    static let widths = 1...(1 << 30)
    static let layers = 1...(1 << 14)

    init(_ members: JSONObject, file: String, prefix: String = "") {
        (self.members, self.file, self.prefix) = (members, file, prefix)
    }

    func value(_ key: String) -> JSONValue? {
        guard let value = members[key], !value.isNull else { return Optional.none }
        return value
    }

    /// Whether the key is there and says null, which some settings are switched off by.
    func isNull(_ key: String) -> Bool { members[key]?.isNull ?? false }

    func has(_ key: String) -> Bool { value(key) != nil }

    func int(_ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) throws(ConversionError) -> Int {
        guard let value = try optionalInt(key, in: range) ?? fallback else {
            throw error(key, found: "missing", wanted: Self.wanted(range))
        }
        return value
    }

    func optionalInt(_ key: String, in range: ClosedRange<Int>) throws(ConversionError) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw error(key, found: Self.found(value), wanted: Self.wanted(range))
        }
        return number
    }

    /// A finite number above zero.
    func optionalPositive(_ key: String) throws(ConversionError) -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = value.double, number > 0, number.isFinite, Float(number).isFinite else {
            throw error(key, found: Self.found(value), wanted: "a number above zero")
        }
        return number
    }

    func positive(_ key: String) throws(ConversionError) -> Double {
        guard let number = try optionalPositive(key) else { throw error(key, found: "missing", wanted: "a number above zero") }
        return number
    }

    func optionalBool(_ key: String) throws(ConversionError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else { throw error(key, found: Self.found(value), wanted: "true or false") }
        return flag
    }

    func optionalString(_ key: String) throws(ConversionError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw error(key, found: Self.found(value), wanted: "a string") }
        return text
    }

    func optionalStrings(_ key: String) throws(ConversionError) -> [String]? {
        guard let value = value(key) else { return nil }
        let texts = value.array?.compactMap(\.string)
        guard let texts, texts.count == value.array?.count else {
            throw error(key, found: Self.found(value), wanted: "an array of strings")
        }
        return texts
    }

    /// Finite numbers above zero.
    func positives(_ key: String) throws(ConversionError) -> [Double] {
        let numbers = value(key)?.array?.compactMap(\.double) ?? []
        guard !numbers.isEmpty, numbers.count == value(key)?.array?.count,
            numbers.allSatisfy({ $0 > 0 && $0.isFinite && Float($0).isFinite })
        else { throw error(key, found: value(key).map(Self.found) ?? "missing", wanted: "an array of numbers above zero") }
        return numbers
    }

    /// Whole numbers; none where the key is missing.
    func ints(_ key: String, in range: ClosedRange<Int>) throws(ConversionError) -> [Int] {
        guard let value = value(key) else { return [] }
        let numbers = value.array?.compactMap(\.int) ?? []
        guard numbers.count == value.array?.count, numbers.allSatisfy(range.contains) else {
            throw error(key, found: Self.found(value), wanted: "an array of whole numbers")
        }
        return numbers
    }

    /// The object at `key`, to be read the same way.
    func optionalObject(_ key: String) throws(ConversionError) -> CheckpointConfig? {
        guard let value = value(key) else { return nil }
        guard let object = value.object else { throw error(key, found: Self.found(value), wanted: "an object") }
        return CheckpointConfig(object, file: file, prefix: "\(prefix)\(key).")
    }

    func error(_ key: String, found: String, wanted: String) -> ConversionError {
        .value(file: file, key: prefix + key, found: found, wanted: wanted)
    }

    /// The value as it is written, where that is short enough to be shown.
    static func found(_ value: JSONValue) -> String {
        let text = value.text()
        return text.count <= 40 ? text : value.kind
    }

    private static func wanted(_ range: ClosedRange<Int>) -> String {
        "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
}
