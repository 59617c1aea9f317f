/// The key-value pairs of a GGUF file, in their order.
public struct GGUFMetadata: Sendable, Equatable {
    public private(set) var entries: [Entry] = []
    private var positions: [String: Int] = [:]

    public struct Entry: Sendable, Equatable {
        public let key: String
        public fileprivate(set) var value: GGUFValue
    }

    public init() {}

    public var count: Int { entries.count }
    public var keys: [String] { entries.map(\.key) }

    /// The value of `key`. Setting a new key appends it; setting nil removes it.
    public subscript(key: String) -> GGUFValue? {
        get { positions[key].map { entries[$0].value } }
        set {
            switch (positions[key], newValue) {
            case (let position?, let value?): entries[position].value = value
            case (nil, let value?):
                positions[key] = entries.count
                entries.append(Entry(key: key, value: value))
            case (let position?, nil):
                entries.remove(at: position)
                positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
            case (nil, nil): break
            }
        }
    }

    /// Sets `key` and moves it to the end, as llama.cpp's writers do.
    public mutating func append(_ key: String, _ value: GGUFValue) {
        self[key] = nil
        self[key] = value
    }

    /// Sets every pair of `other`, replacing values of keys that are there.
    public mutating func merge(_ other: GGUFMetadata) {
        for entry in other.entries { self[entry.key] = entry.value }
    }
}

// Lenient reads: nil when the key is missing or has a value of another kind.
extension GGUFMetadata {
    public var architecture: String? { string(GGUFKey.architecture) }

    public func string(_ key: String) -> String? {
        if case .string(let string)? = self[key] { string.text } else { nil }
    }

    public func int(_ key: String) -> Int? { self[key]?.int }
    public func double(_ key: String) -> Double? { self[key]?.double }

    public func bool(_ key: String) -> Bool? {
        if case .bool(let value)? = self[key] { value } else { nil }
    }

    public func array(_ key: String) -> GGUFArray? {
        if case .array(let array)? = self[key] { array } else { nil }
    }

    public func strings(_ key: String) -> GGUFStrings? {
        if case .string(let strings)? = array(key) { strings } else { nil }
    }

    public func ints(_ key: String) -> [Int]? { array(key)?.ints }
    public func floats(_ key: String) -> [Float]? { array(key)?.floats }
}

// Strict reads: an error says which key is missing or what it is instead.
extension GGUFMetadata {
    public func requiredString(_ key: String) throws(GGUFError) -> String { try required(key, "a string", string(key)) }
    public func requiredInt(_ key: String) throws(GGUFError) -> Int { try required(key, "an integer", int(key)) }
    public func requiredDouble(_ key: String) throws(GGUFError) -> Double { try required(key, "a number", double(key)) }

    /// A value that may be missing, but must be an integer where it is there.
    public func optionalInt(_ key: String) throws(GGUFError) -> Int? {
        self[key] == nil ? nil : try requiredInt(key)
    }

    /// A value that may be missing, but must be a number where it is there.
    public func optionalDouble(_ key: String) throws(GGUFError) -> Double? {
        self[key] == nil ? nil : try requiredDouble(key)
    }

    private func required<Value>(_ key: String, _ wanted: String, _ value: Value?) throws(GGUFError) -> Value {
        if let value { return value }
        guard let found = self[key] else { throw .missingKey(key) }
        throw .wrongType(key: key, found: found.kind, wanted: wanted)
    }
}
