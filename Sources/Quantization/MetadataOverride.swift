public import GGUF

/// A metadata pair that takes the place of a model's own: llama-quantize's `--override-kv KEY=TYPE:VALUE`.
public struct MetadataOverride: Sendable, Equatable {
    public var key: String
    public var value: GGUFValue

    public init(key: String, value: GGUFValue) { (self.key, self.value) = (key, value) }

    /// Reads `KEY=TYPE:VALUE`, where the type is int, float, bool or str.
    ///
    /// As in llama-quantize an int is written as uint32 without its sign, a float as float32, and a str has at most 127 bytes.
    /// - Throws: `invalidOverride`.
    public init(parsing text: String) throws(QuantizationError) {
        func refused(_ problem: String) -> QuantizationError { .invalidOverride(text: text, problem: problem) }
        guard let equals = text.firstIndex(of: "="), let colon = text[equals...].firstIndex(of: ":") else {
            throw refused("wanted KEY=TYPE:VALUE")
        }
        key = String(text[..<equals])
        guard (1..<128).contains(key.utf8.count) else { throw refused("a key has 1 to 127 bytes") }
        let value = String(text[text.index(after: colon)...])
        switch text[text.index(after: equals)..<colon] {
        case "int":
            guard let number = Int64(value) else { throw refused("'\(value)' is not an integer") }
            self.value = .uint32(UInt32(truncatingIfNeeded: number.magnitude))
        case "float":
            guard let number = Double(value) else { throw refused("'\(value)' is not a number") }
            self.value = .float32(Float(number))
        case "bool":
            guard let flag = Bool(value) else { throw refused("'\(value)' is neither true nor false") }
            self.value = .bool(flag)
        case "str":
            guard value.utf8.count <= 127 else { throw refused("a string has at most 127 bytes") }
            self.value = .string(value)
        case let type: throw refused("the type '\(type)' is none of int, float, bool, str")
        }
        // A file's alignment is how it is laid out, not what somebody says of it.
        guard key != GGUFKey.alignment else { throw refused("the alignment cannot be overridden") }
    }

    /// The pair as `init(parsing:)` reads it.
    public var text: String {
        switch value {
        case .bool(let flag): "\(key)=bool:\(flag)"
        case .float32(let number): "\(key)=float:\(number)"
        case .string(let text): "\(key)=str:\(text)"
        default: "\(key)=int:\(value.int ?? 0)"
        }
    }
}

extension GGUFMetadata {
    /// What the model is taken to be when types are chosen. As in llama.cpp, an override of another kind than the model's own value is
    /// written and not believed.
    ///
    /// - Throws: `QuantizationError.invalidMetadata` for another architecture whose metadata the model lacks.
    func believing(_ overrides: [MetadataOverride]) throws(QuantizationError) -> GGUFMetadata {
        var result = self
        for override in overrides where self[override.key].map({ $0.isSameKind(as: override.value) }) ?? true {
            result[override.key] = override.value
        }
        if let changed = result.architecture, changed != architecture, result.int(GGUFKey.blockCount(changed)) == nil {
            throw .invalidMetadata("the model has no '\(GGUFKey.blockCount(changed))', so it cannot be taken for '\(changed)'")
        }
        return result
    }
}

extension GGUFValue {
    private enum Kind { case integer, float, bool, string, array }

    private var overrideKind: Kind {
        switch self {
        case .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: .integer
        case .float32, .float64: .float
        case .bool: .bool
        case .string: .string
        case .array: .array
        }
    }

    fileprivate func isSameKind(as other: GGUFValue) -> Bool { overrideKind == other.overrideKind }
}
