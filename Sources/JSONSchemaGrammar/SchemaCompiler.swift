import Automata
import JSONText

/// Turns a schema document into sets of values, lazily: a set's `Shape` is worked out when it is first asked for.
///
/// Sets are written as boolean combinations of places in the document and of literal values. Children of a shape are such
/// combinations again, so `allOf`, `not` and recursion need no special machinery: the conjunction of two recursive schemas is
/// found again when it recurs.
final class SchemaCompiler {
    enum Kind: Hashable {
        case anything
        case nothing
        case place(SchemaLocation)
        case literal(JSONValue)
        case all([SchemaNode])
        case any([SchemaNode])
        case not(SchemaNode)
    }

    let document: SchemaDocument
    let options: SchemaOptions
    let table: LanguageTable
    /// What `isLenient` let pass.
    var warnings: [SchemaWarning] = []

    private(set) var kinds: [Kind] = [.anything, .nothing]
    private var nodes: [Kind: SchemaNode] = [.anything: .anything, .nothing: .nothing]
    private var shapes: [SchemaNode: Shape] = [:]
    private var inProgress: Set<SchemaNode> = []
    private var satisfiability: [SchemaNode: Bool] = [:]

    /// Alternatives of one type in one set; more would make every step of decoding slow.
    static let maximumAlternatives = 256
    private static let maximumNodes = 50_000

    init(document: SchemaDocument, options: SchemaOptions, table: LanguageTable) {
        self.document = document
        self.options = options
        self.table = table
    }

    func kind(of node: SchemaNode) -> Kind { kinds[Int(node.index)] }

    func node(_ kind: Kind) -> SchemaNode {
        if let known = nodes[kind] { return known }
        let node = SchemaNode(index: Int32(kinds.count))
        kinds.append(kind)
        nodes[kind] = node
        return node
    }

    func place(_ location: SchemaLocation) -> SchemaNode {
        switch document[location].value {
        case .bool(true): .anything
        case .bool(false): .nothing
        case .object(let object) where object.isEmpty: .anything
        default: node(.place(location))
        }
    }

    func all(_ parts: [SchemaNode]) -> SchemaNode {
        var members: Set<SchemaNode> = []
        for part in parts {
            switch kind(of: part) {
            case .anything: continue
            case .nothing: return .nothing
            case .all(let inner): members.formUnion(inner)
            default: members.insert(part)
            }
        }
        if members.contains(where: { part in if case .not(let inner) = kind(of: part) { members.contains(inner) } else { false } })
        {
            return .nothing
        }
        return joined(members, empty: .anything) { .all($0) }
    }

    func any(_ parts: [SchemaNode]) -> SchemaNode {
        var members: Set<SchemaNode> = []
        for part in parts {
            switch kind(of: part) {
            case .anything: return .anything
            case .nothing: continue
            case .any(let inner): members.formUnion(inner)
            default: members.insert(part)
            }
        }
        return joined(members, empty: .nothing) { .any($0) }
    }

    func not(_ part: SchemaNode) -> SchemaNode {
        switch kind(of: part) {
        case .anything: .nothing
        case .nothing: .anything
        case .not(let inner): inner
        default: node(.not(part))
        }
    }

    private func joined(_ members: Set<SchemaNode>, empty: SchemaNode, _ make: ([SchemaNode]) -> Kind) -> SchemaNode {
        if members.isEmpty { return empty }
        if members.count == 1, let only = members.first { return only }
        return node(make(members.sorted { $0.index < $1.index }))
    }

    // MARK: - Shapes

    func shape(of node: SchemaNode) throws(SchemaError) -> Shape {
        if let known = shapes[node] { return known }
        guard inProgress.insert(node).inserted else {
            throw .invalid(
                keyword: "$ref", found: "a reference that leads back to itself", wanted: "a schema", path: path(of: node))
        }
        defer { inProgress.remove(node) }
        let shape = try makeShape(node)
        guard kinds.count < SchemaCompiler.maximumNodes, !table.isExhausted else {
            throw .tooComplex(what: "the schema's parts combine in too many ways", path: path(of: node))
        }
        guard shape.arrays.count <= SchemaCompiler.maximumAlternatives, shape.objects.count <= SchemaCompiler.maximumAlternatives
        else {
            throw .tooComplex(what: "more than \(SchemaCompiler.maximumAlternatives) alternatives", path: path(of: node))
        }
        shapes[node] = shape
        return shape
    }

    private func makeShape(_ node: SchemaNode) throws(SchemaError) -> Shape {
        switch kind(of: node) {
        case .anything: return everything
        case .nothing: return .nothing
        case .place(let location): return try shape(at: location)
        case .literal(let value): return try shape(of: value)
        case .all(let parts):
            var result = everything
            for part in parts { result = try intersection(result, try shape(of: part)) }
            return result
        case .any(let parts):
            var result = Shape.nothing
            for part in parts { result = union(result, try shape(of: part)) }
            return result
        case .not(let inner): return try complement(try shape(of: inner), path: path(of: inner))
        }
    }

    /// Where in the document a set comes from, for messages.
    func path(of node: SchemaNode) -> String {
        switch kind(of: node) {
        case .anything, .nothing, .literal: "#"
        case .place(let location): document[location].path
        case .all(let parts), .any(let parts): parts.first.map { path(of: $0) } ?? "#"
        case .not(let inner): path(of: inner)
        }
    }

    // MARK: - Emptiness

    /// How far into a value emptiness is looked for; deeper down a set is taken to have members.
    private static let lookahead = 12

    /// Whether no value is in the set.
    func isUnsatisfiable(_ node: SchemaNode, depth: Int = 0) throws(SchemaError) -> Bool {
        if let known = satisfiability[node] { return !known }
        if node == .anything { return false }
        guard depth < SchemaCompiler.lookahead, !inProgress.contains(node) else { return false }
        let result = try isEmpty(try shape(of: node), depth: depth)
        if depth == 0 || result { satisfiability[node] = !result }
        return result
    }

    private func isEmpty(_ shape: Shape, depth: Int) throws(SchemaError) -> Bool {
        guard !shape.allowsNull, !shape.allowsTrue, !shape.allowsFalse else { return false }
        guard table.isEmpty(shape.numbers), table.isEmpty(shape.strings) else { return false }
        for array in shape.arrays where try !isUnsatisfiable(array, depth: depth) { return false }
        for object in shape.objects where try !isUnsatisfiable(object, depth: depth) { return false }
        return true
    }

    func isUnsatisfiable(_ array: ArrayShape, depth: Int = 0) throws(SchemaError) -> Bool {
        if let maximum = array.maximum, maximum < array.minimum { return true }
        for index in 0..<min(array.minimum, array.prefix.count + 1)
        where try isUnsatisfiable(array.node(at: index), depth: depth + 1) {
            return true
        }
        for contained in array.contains where contained.minimum > 0 {
            if let maximum = array.maximum, maximum < contained.minimum { return true }
            if try isUnsatisfiable(contained.node, depth: depth + 1) { return true }
        }
        return false
    }

    func isUnsatisfiable(_ object: ObjectShape, depth: Int = 0) throws(SchemaError) -> Bool {
        if let maximum = object.maximum, maximum < max(object.minimum, object.required.count) { return true }
        for name in object.required where try isUnsatisfiable(object.names[name] ?? .nothing, depth: depth + 1) { return true }
        for each in object.some where try !isPossible(each, in: object, depth: depth) { return true }
        if object.minimum > object.required.count, object.classes.allSatisfy({ $0.node == .nothing }) {
            let usable = object.names.values.count { $0 != .nothing }
            return usable < object.minimum
        }
        return false
    }

    /// Whether some property of an object can have a key and a value of these.
    private func isPossible(_ some: ObjectShape.KeyClass, in object: ObjectShape, depth: Int) throws(SchemaError) -> Bool {
        if object.maximum == 0 { return false }
        for (name, node) in object.names where table.accepts(encoded(name), in: some.keys) {
            if try !isUnsatisfiable(all([node, some.node]), depth: depth + 1) { return true }
        }
        for each in object.classes where !table.isEmpty(table.jsonStrings(in: each.keys, and: some.keys)) {
            if try !isUnsatisfiable(all([each.node, some.node]), depth: depth + 1) { return true }
        }
        return false
    }
}
