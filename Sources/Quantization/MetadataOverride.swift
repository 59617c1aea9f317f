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
}
