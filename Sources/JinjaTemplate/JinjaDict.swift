/// A Python dict: members in the order they were given, keys of any hashable kind. It never changes.
final class JinjaDict {
    let values: [JinjaValue]
    let depth: Int
    let weight: Int
    /// What reading all keys costs.
    let keyWeight: Int
    /// The keys where all are texts, as nearly always.
    let texts: [JinjaString]
    /// The keys where some are no texts.
    private let others: [JinjaValue]?
    /// Where each key lies; kept only once there are too many to look through.
    private let positions: [JinjaKey: Int]?

    private static let indexedFrom = 10

    /// For keys that differ.
    init(texts: [JinjaString], values: [JinjaValue]) {
        (self.texts, self.values, others) = (texts, values, nil)
        keyWeight = texts.reduce(0) { $0 + ($1.bytes.count >> 6) }
        var (depth, weight) = (0, 1 + texts.count + keyWeight)
        for value in values {
            depth = max(depth, value.depth)
            weight = weight.addingCapped(value.weight)
        }
        (self.depth, self.weight) = (depth + 1, weight)
        positions = texts.count < Self.indexedFrom ? nil : Self.positions(texts.map { .string($0) })
    }

    /// For keys that are known to be hashable and to differ.
    convenience init(keys: [JinjaValue], values: [JinjaValue]) {
        var texts: [JinjaString] = []
        texts.reserveCapacity(keys.count)
        for key in keys {
            guard case .string(let text) = key else {
                self.init(mixed: keys, values: values)
                return
            }
            texts.append(text)
        }
        self.init(texts: texts, values: values)
    }

    private init(mixed keys: [JinjaValue], values: [JinjaValue]) {
        (texts, self.values, others) = ([], values, keys)
        keyWeight = keys.reduce(0) { $0.addingCapped($1.weight) }
        var (depth, weight) = (0, 1)
        for value in keys + values {
            depth = max(depth, value.depth)
            weight = weight.addingCapped(value.weight)
        }
        (self.depth, self.weight) = (depth + 1, weight)
        positions = keys.count < Self.indexedFrom ? nil : Self.positions(keys)
    }

    private static func positions(_ keys: [JinjaValue]) -> [JinjaKey: Int] {
        var positions: [JinjaKey: Int] = [:]
        for (position, key) in keys.enumerated() { if let key = JinjaKey(key) { positions[key] = position } }
        return positions
    }

    var keys: [JinjaValue] { others ?? texts.map { .string($0) } }

    var count: Int { values.count }

    /// A key that comes twice keeps its first place and takes its last value.
    static func merging(_ members: some Sequence<(JinjaValue, JinjaValue)>) throws(JinjaProblem) -> JinjaDict {
        var keys: [JinjaValue] = []
        var values: [JinjaValue] = []
        var positions: [JinjaKey: Int] = [:]
        for (key, value) in members {
            let hashable = try JinjaKey.of(key)
            if let position = positions[hashable] {
                values[position] = value
            } else {
                positions[hashable] = keys.count
                keys.append(key)
                values.append(value)
            }
        }
        return JinjaDict(keys: keys, values: values)
    }

    subscript(text: JinjaString) -> JinjaValue? {
        if let positions { return positions[.string(text)].map { values[$0] } }
        for position in texts.indices where texts[position].bytes == text.bytes { return values[position] }
        return others == nil ? nil : self[.string(text)]
    }

    subscript(key: JinjaKey) -> JinjaValue? {
        if let positions { return positions[key].map { values[$0] } }
        if case .string(let text) = key, others == nil { return self[text] }
        return keys.firstIndex { JinjaKey($0) == key }.map { values[$0] }
    }

    var items: Zip2Sequence<[JinjaValue], [JinjaValue]> { zip(keys, values) }
}

/// A value as the key of a dict: numbers of equal size are one key, whatever their type.
enum JinjaKey: Hashable {
    case none
    case int(Int)
    case float(Double)
    case string(JinjaString)
    case tuple([JinjaKey])
    case undefined
    case object(ObjectIdentifier)

    /// nil where Python says "unhashable".
    init?(_ value: JinjaValue) {
        switch value {
        case .none: self = .none
        case .bool(let value): self = .int(value ? 1 : 0)
        case .int(let value): self = .int(value)
        case .float(let value): self = Int(exactly: value).map { .int($0) } ?? .float(value)
        case .string(let value), .wide(let value): self = .string(value)
        case .tuple(let list):
            var keys: [JinjaKey] = []
            for element in list.elements {
                guard let key = JinjaKey(element) else { return nil }
                keys.append(key)
            }
            self = .tuple(keys)
        case .undefined, .missing: self = .undefined
        case .list, .dict, .view, .namespace: return nil
        case .range(let range): self = .tuple([.int(range.start), .int(range.step), .int(range.count)])
        case .iterator(let object): self = .object(ObjectIdentifier(object))
        case .macro(let object): self = .object(ObjectIdentifier(object))
        case .method(let object): self = .object(ObjectIdentifier(object))
        case .loop(let object): self = .object(ObjectIdentifier(object))
        case .cycler(let object): self = .object(ObjectIdentifier(object))
        case .joiner(let object): self = .object(ObjectIdentifier(object))
        case .function(let function): self = .string(JinjaString("\u{0}function " + function.rawValue))
        }
    }

    static func of(_ value: JinjaValue) throws(JinjaProblem) -> JinjaKey {
        guard let key = JinjaKey(value) else { throw JinjaProblem("unhashable type: '\(value.typeName)'") }
        return key
    }
}
