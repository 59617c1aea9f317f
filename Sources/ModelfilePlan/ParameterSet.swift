public import Diagnostics
public import JSONText

/// The parameters of a model by name, each known to the table and of the table's type.
public struct ParameterSet: Sendable, Hashable {
    private var values: [String: Written<ParameterValue>] = [:]

    public init() {}

    public var isEmpty: Bool { values.isEmpty }
    /// The names in ascending order.
    public var names: [String] { values.keys.sorted() }

    public subscript(name: String) -> ParameterValue? { values[name]?.value }

    /// Where the parameter was last written.
    public func range(of name: String) -> SourceRange? { values[name]?.range }

    /// Sets a parameter from its text. A list grows; anything else is replaced, and the replaced value's place returned.
    @discardableResult
    public mutating func add(
        _ name: String, _ text: String, at range: SourceRange = 0..<0
    ) throws(ParameterError) -> SourceRange? {
        let value = try ParameterTable.value(for: name, [text])
        // Taken out, so that the list grows in place.
        let former = values.removeValue(forKey: name)
        if case .strings(let texts) = value, case .strings(var all) = former?.value {
            all += texts
            values[name] = Written(.strings(all), at: range)
            return nil
        }
        values[name] = Written(value, at: range)
        return former?.range
    }

    /// Sets a parameter; nil removes it. A value of another type than the table's is an error.
    public mutating func set(_ name: String, _ value: ParameterValue?) throws(ParameterError) {
        guard let parameter = ParameterTable.named(name) else { throw .unknown(name: name) }
        if let value, value.type != parameter.type {
            throw .invalidValue(name: name, text: value.texts.joined(separator: " "), wanted: parameter.type)
        }
        values[name] = value.map { Written($0) }
    }

    /// An object with the names in ascending order, as the params layer has them.
    public var json: JSONObject {
        JSONObject(names.compactMap { name in self[name].map { (name, $0.json) } })
    }
}

extension ParameterSet: Codable {
    /// A name is the key of its value.
    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for name in names {
            switch self[name] {
            case .int(let value): try container.encode(value, forKey: Name(name))
            case .float(let value): try container.encode(value, forKey: Name(name))
            case .bool(let value): try container.encode(value, forKey: Name(name))
            case .strings(let value): try container.encode(value, forKey: Name(name))
            case nil: continue
            }
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for key in container.allKeys {
            let name = key.stringValue
            guard let parameter = ParameterTable.named(name) else { throw ParameterError.unknown(name: name) }
            let value: ParameterValue =
                switch parameter.type {
                case .int: .int(try container.decode(Int.self, forKey: key))
                case .float: .float(try container.decode(Float.self, forKey: key))
                case .bool: .bool(try container.decode(Bool.self, forKey: key))
                case .strings: .strings(try container.decode([String].self, forKey: key))
                }
            try set(name, value)
        }
    }
}
