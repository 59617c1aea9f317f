/// A metadata value, by its exact type: what is read is written back byte for byte.
public enum GGUFValue: Sendable, Equatable {
    case uint8(UInt8)
    case int8(Int8)
    case uint16(UInt16)
    case int16(Int16)
    case uint32(UInt32)
    case int32(Int32)
    case float32(Float)
    case bool(Bool)
    case string(GGUFString)
    case array(GGUFArray)
    case uint64(UInt64)
    case int64(Int64)
    case float64(Double)

    public static func string(_ text: String) -> GGUFValue { .string(GGUFString(text)) }
    public static func strings(_ texts: [String]) -> GGUFValue { .array(.string(GGUFStrings(texts))) }
}

/// The elements of an array value. GGUF allows arrays of arrays; nobody writes them, and they are refused.
public enum GGUFArray: Sendable, Equatable {
    case uint8([UInt8])
    case int8([Int8])
    case uint16([UInt16])
    case int16([Int16])
    case uint32([UInt32])
    case int32([Int32])
    case float32([Float])
    case bool([Bool])
    case string(GGUFStrings)
    case uint64([UInt64])
    case int64([Int64])
    case float64([Double])

    public var count: Int {
        switch self {
        case .uint8(let elements): elements.count
        case .int8(let elements): elements.count
        case .uint16(let elements): elements.count
        case .int16(let elements): elements.count
        case .uint32(let elements): elements.count
        case .int32(let elements): elements.count
        case .float32(let elements): elements.count
        case .bool(let elements): elements.count
        case .string(let elements): elements.count
        case .uint64(let elements): elements.count
        case .int64(let elements): elements.count
        case .float64(let elements): elements.count
        }
    }
}

/// The numbers that stand for value types in a file (GGUF specification, `gguf_metadata_value_type`).
enum GGUFValueType: UInt32 {
    case uint8 = 0
    case int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64
}

extension GGUFValue {
    var type: GGUFValueType {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .float32: .float32
        case .bool: .bool
        case .string: .string
        case .array: .array
        case .uint64: .uint64
        case .int64: .int64
        case .float64: .float64
        }
    }

    /// What the value is, for error messages and dumps: "a uint32", "an array of 5 strings".
    public var kind: String {
        switch self {
        case .array(let array): "an array of \(array.count) \(array.type)s"
        case .uint8, .uint16, .uint32, .uint64: "a \(type)"
        case .int8, .int16, .int32, .int64: "an \(type)"
        default: "a \(type)"
        }
    }

    /// The value as an integer, from whichever integer type it has, where it fits.
    public var int: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(value)
        default: nil
        }
    }

    /// The value as a number, from any numeric type.
    public var double: Double? {
        switch self {
        case .float32(let value): Double(value)
        case .float64(let value): value
        default: int.map(Double.init)
        }
    }
}

extension GGUFArray {
    var type: GGUFValueType {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .float32: .float32
        case .bool: .bool
        case .string: .string
        case .uint64: .uint64
        case .int64: .int64
        case .float64: .float64
        }
    }

    /// The elements as integers, from whichever integer type they have; nil when one does not fit or they are none.
    public var ints: [Int]? {
        switch self {
        case .uint8(let elements): elements.map(Int.init)
        case .int8(let elements): elements.map(Int.init)
        case .uint16(let elements): elements.map(Int.init)
        case .int16(let elements): elements.map(Int.init)
        case .uint32(let elements): elements.map(Int.init)
        case .int32(let elements): elements.map(Int.init)
        case .uint64(let elements): elements.allSatisfy { $0 <= Int.max } ? elements.map { Int($0) } : nil
        case .int64(let elements): elements.map(Int.init)
        default: nil
        }
    }

    public var floats: [Float]? {
        switch self {
        case .float32(let elements): elements
        case .float64(let elements): elements.map(Float.init)
        default: nil
        }
    }
}
