/// A JSON object whose members keep the order they were written in.
///
/// Two objects are equal when they have equal members, in whatever order. Keys are told apart by their bytes: a vocabulary has
/// entries that Swift's strings take for equal because they differ only in how they are composed.
public struct JSONObject: Sendable {
    private var entries: [(key: String, value: JSONValue)] = []
    /// Where each key lies in `entries`; kept only once there are too many to look through.
    private var positions: [ExactText: Int] = [:]

    private static let indexedFrom = 12

    public init() {}

    /// Where a key comes twice, the later value counts, in the earlier one's place.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        entries.reserveCapacity(members.underestimatedCount)
        for (key, value) in members { self[key] = value }
    }

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }
    public var keys: [String] { entries.map(\.key) }
    public var values: [JSONValue] { entries.map(\.value) }

    /// The value of `key`. Setting a new key appends it; setting nil removes it.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { entries[$0].value } }
        set {
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            if let position = position(of: key) { entries[position].value = newValue } else { append(key, newValue) }
        }
    }

    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let position = position(of: key) else { return nil }
        let removed = entries.remove(at: position).value
        rebuildPositions()
        return removed
    }

    /// The same members by ascending key, compared byte by byte.
    public func sorted() -> JSONObject {
        var copy = self
        copy.entries.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        copy.rebuildPositions()
        return copy
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        entries.append((key, value))
        if entries.count == Self.indexedFrom {
            rebuildPositions()
        } else if entries.count > Self.indexedFrom {
            positions[ExactText(text: key)] = entries.count - 1
        }
    }

    private func position(of key: String) -> Int? {
        entries.count < Self.indexedFrom
            ? entries.firstIndex { $0.key.utf8.count == key.utf8.count && $0.key.utf8.elementsEqual(key.utf8) }
            : positions[ExactText(text: key)]
    }

    private mutating func rebuildPositions() {
        positions.removeAll(keepingCapacity: true)
        guard entries.count >= Self.indexedFrom else { return }
        for (position, entry) in entries.enumerated() { positions[ExactText(text: entry.key)] = position }
    }
}

/// Text that is equal to other text only when it has the same bytes.
private struct ExactText: Hashable, Sendable {
    let text: String

    static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xFF))
    }
}

extension JSONObject: Sequence {
    public func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> { entries.makeIterator() }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        // Order must not matter, so the members' own hashes are added up.
        var sum = 0
        for entry in entries { sum &+= entry.key.hashValue ^ (entry.value.hashValue &* 31) }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
