import Automata

/// A set of JSON values that a schema stands for, by index in its `SchemaCompiler`. Sets are compared by how they are made.
struct SchemaNode: Hashable, Sendable {
    var index: Int32

    static let anything = SchemaNode(index: 0)
    static let nothing = SchemaNode(index: 1)
}

/// A set of JSON values, type by type: what is allowed is the union of the parts.
struct Shape {
    var allowsNull: Bool
    var allowsTrue: Bool
    var allowsFalse: Bool
    /// Texts of numbers.
    var numbers: Language
    /// What may stand between a string's quotes.
    var strings: Language
    var arrays: [ArrayShape]
    var objects: [ObjectShape]

    static let nothing = Shape(
        allowsNull: false, allowsTrue: false, allowsFalse: false, numbers: .nothing, strings: .nothing, arrays: [], objects: [])
}

/// Arrays of so many items, each of its own set.
struct ArrayShape: Hashable {
    var prefix: [SchemaNode] = []
    /// Items after the prefix.
    var rest = SchemaNode.anything
    var minimum = 0
    var maximum: Int?
    var contains: [Contained] = []
    var isUnique = false
    /// How many first items have been looked at by a schema, for `unevaluatedItems`; nil is all.
    var evaluated: Int? = 0

    /// So many items are in `node`.
    struct Contained: Hashable {
        var node: SchemaNode
        var minimum: Int
        var maximum: Int?
    }

    func node(at index: Int) -> SchemaNode { index < prefix.count ? prefix[index] : rest }
}

/// A property's name by its UTF-8 bytes: Swift's strings take names for equal that differ in how they are composed.
struct PropertyName: Hashable {
    var bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Objects whose named properties, and properties of other names by class, have values of given sets.
struct ObjectShape: Hashable {
    var names: [PropertyName: SchemaNode] = [:]
    /// The names as the schema lists them.
    var order: [PropertyName] = []
    /// Disjoint languages of key texts (between the quotes) that together hold every key; a name of `names` goes before.
    var classes: [KeyClass]
    var required: Set<PropertyName> = []
    var minimum = 0
    var maximum: Int?
    /// For each of these at least one property has a key of the class and a value of its set.
    var some: [KeyClass] = []
    /// Keys whose values have been looked at by a schema, for `unevaluatedProperties`.
    var evaluated = Language.nothing

    struct KeyClass: Hashable {
        var keys: Language
        var node: SchemaNode
    }

    mutating func set(_ name: PropertyName, _ node: SchemaNode) {
        if names.updateValue(node, forKey: name) == nil { order.append(name) }
    }
}
