/// Values as people type them, and the names of their types.
extension GGUFValue {
    /// The types that a single value can have, by the names that people give them.
    private static let typeNames: [String: GGUFValueType] = [
        "u8": .uint8, "i8": .int8, "u16": .uint16, "i16": .int16, "u32": .uint32, "i32": .int32, "u64": .uint64, "i64": .int64,
        "f32": .float32, "f64": .float64, "bool": .bool, "str": .string, "string": .string, "uint8": .uint8, "int8": .int8,
        "uint16": .uint16, "int16": .int16, "uint32": .uint32, "int32": .int32, "uint64": .uint64, "int64": .int64,
        "float32": .float32, "float64": .float64, "int": .uint32, "float": .float32,
    ]

    /// Names of types for a message.
    public static let typeList = "u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, bool, str"

    public static func isTypeName(_ name: String) -> Bool { type(named: name) != nil }

    static func type(named name: String) -> GGUFValueType? { typeNames[name.lowercased()] }

    /// Reads `text` as a value of the type of that name; nil where it is none, or the name is unknown.
    public init?(_ text: String, typeNamed name: String) {
        guard let type = Self.type(named: name) else { return nil }
        self.init(text, type: type)
    }

    /// Reads `text` as a value of the type that `other` has; nil where it is none, and for arrays.
    public init?(_ text: String, like other: GGUFValue) { self.init(text, type: other.type) }

    /// Reads `text` as what it looks like: a boolean, an integer, a number, or else a string.
    public init(guessing text: String) {
        let value =
            GGUFValue(text, type: .bool) ?? GGUFValue(text, type: .uint32) ?? GGUFValue(text, type: .int64)
            ?? (text.contains(where: \.isNumber) ? GGUFValue(text, type: .float32) : nil)
        self = value ?? .string(text)
    }

    private init?(_ text: String, type: GGUFValueType) {
        let value: GGUFValue? =
            switch type {
            case .uint8: UInt8(text).map { .uint8($0) }
            case .int8: Int8(text).map { .int8($0) }
            case .uint16: UInt16(text).map { .uint16($0) }
            case .int16: Int16(text).map { .int16($0) }
            case .uint32: UInt32(text).map { .uint32($0) }
            case .int32: Int32(text).map { .int32($0) }
            case .uint64: UInt64(text).map { .uint64($0) }
            case .int64: Int64(text).map { .int64($0) }
            case .float32: Float(text).map { .float32($0) }
            case .float64: Double(text).map { .float64($0) }
            case .bool: Bool(text).map { .bool($0) }
            case .string: .string(text)
            case .array: nil
            }
        guard let value else { return nil }
        self = value
    }

    /// The type's name in dumps: `uint32`, `[string]`.
    public var typeName: String { if case .array(let array) = self { "[\(array.type)]" } else { "\(type)" } }
}

extension GGUFArray {
    /// The name of the elements' type.
    public var typeName: String { "\(type)" }

    /// The first `count` elements.
    public func prefix(_ count: Int) -> GGUFArray {
        switch self {
        case .uint8(let elements): .uint8(Array(elements.prefix(count)))
        case .int8(let elements): .int8(Array(elements.prefix(count)))
        case .uint16(let elements): .uint16(Array(elements.prefix(count)))
        case .int16(let elements): .int16(Array(elements.prefix(count)))
        case .uint32(let elements): .uint32(Array(elements.prefix(count)))
        case .int32(let elements): .int32(Array(elements.prefix(count)))
        case .float32(let elements): .float32(Array(elements.prefix(count)))
        case .bool(let elements): .bool(Array(elements.prefix(count)))
        case .string(let elements): .string(GGUFStrings(elements.prefix(count).map(\.bytes)))
        case .uint64(let elements): .uint64(Array(elements.prefix(count)))
        case .int64(let elements): .int64(Array(elements.prefix(count)))
        case .float64(let elements): .float64(Array(elements.prefix(count)))
        }
    }

    /// Reads each text as a value of the type of that name; nil where one is none, or the name is unknown.
    public init?(_ texts: [String], typeNamed name: String) {
        guard let type = GGUFValue.type(named: name) else { return nil }
        let array: GGUFArray? =
            switch type {
            case .uint8: Self.all(texts) { UInt8($0) }.map { .uint8($0) }
            case .int8: Self.all(texts) { Int8($0) }.map { .int8($0) }
            case .uint16: Self.all(texts) { UInt16($0) }.map { .uint16($0) }
            case .int16: Self.all(texts) { Int16($0) }.map { .int16($0) }
            case .uint32: Self.all(texts) { UInt32($0) }.map { .uint32($0) }
            case .int32: Self.all(texts) { Int32($0) }.map { .int32($0) }
            case .uint64: Self.all(texts) { UInt64($0) }.map { .uint64($0) }
            case .int64: Self.all(texts) { Int64($0) }.map { .int64($0) }
            case .float32: Self.all(texts) { Float($0) }.map { .float32($0) }
            case .float64: Self.all(texts) { Double($0) }.map { .float64($0) }
            case .bool: Self.all(texts) { Bool($0) }.map { .bool($0) }
            case .string: .string(GGUFStrings(texts))
            case .array: nil
            }
        guard let array else { return nil }
        self = array
    }

    private static func all<Element>(_ texts: [String], _ read: (String) -> Element?) -> [Element]? {
        let elements = texts.compactMap(read)
        return elements.count == texts.count ? elements : nil
    }
}
