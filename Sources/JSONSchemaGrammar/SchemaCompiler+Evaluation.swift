import Automata
import JSONText

/// `unevaluatedProperties` and `unevaluatedItems`: what no other schema at this place has looked at.
///
/// Shapes know what has been looked at as they are joined: an intersection what either part has, an alternative its own.
extension SchemaCompiler {
    /// Alternatives of `anyOf` whose combinations are told apart.
    private static let maximumTogether = 6

    /// The alternatives and all they can be together: a value that fits several has been looked at by all of them.
    func evaluatedTogether(_ nodes: [SchemaNode], _ location: SchemaLocation) throws(SchemaError) -> [SchemaNode] {
        guard nodes.count <= Self.maximumTogether else {
            let why = "more than \(Self.maximumTogether) alternatives beside unevaluatedProperties or unevaluatedItems"
            throw unsupported("anyOf", why, location)
        }
        var result: [SchemaNode] = []
        for choice in 1..<(1 << nodes.count) {
            let node = all(nodes.indices.filter { choice >> $0 & 1 == 1 }.map { nodes[$0] })
            if try !isUnsatisfiable(node) { result.append(node) }
        }
        return result
    }

    func withoutUnevaluated(
        _ shape: Shape, _ schema: JSONObject, _ location: SchemaLocation
    ) throws(SchemaError) -> Shape {
        var shape = shape
        if let rest = child(location, "unevaluatedProperties") {
            shape.objects = shape.objects.map { restricted($0, to: rest) }
        }
        if let rest = child(location, "unevaluatedItems") {
            guard shape.arrays.allSatisfy(\.contains.isEmpty) || rest == .anything else {
                throw unsupported("unevaluatedItems", "'contains' looks at items wherever they stand", location)
            }
            shape.arrays = shape.arrays.map { restricted($0, to: rest) }
        }
        return shape
    }

    private func restricted(_ object: ObjectShape, to rest: SchemaNode) -> ObjectShape {
        var result = object
        for name in object.order where !table.accepts(encoded(name), in: object.evaluated) {
            result.set(name, all([object.names[name] ?? .anything, rest]))
        }
        let others = table.difference(anyString, object.evaluated)
        result.classes = merged(
            object.classes.flatMap { each -> [ObjectShape.KeyClass] in
                [
                    .init(keys: table.jsonStrings(in: each.keys, and: object.evaluated), node: each.node),
                    .init(
                        keys: object.evaluated == .nothing ? each.keys : table.jsonStrings(in: each.keys, and: others),
                        node: all([each.node, rest])),
                ].filter { !table.isEmpty($0.keys) }
            })
        result.evaluated = anyString
        return result
    }

    private func restricted(_ array: ArrayShape, to rest: SchemaNode) -> ArrayShape {
        guard let evaluated = array.evaluated else { return array }
        var result = array
        let length = max(array.prefix.count, evaluated)
        result.prefix = (0..<length).map { $0 < evaluated ? array.node(at: $0) : all([array.node(at: $0), rest]) }
        result.rest = all([array.rest, rest])
        result.evaluated = nil
        if result.rest == .nothing { result.maximum = min(result.maximum ?? .max, result.prefix.count) }
        return result
    }
}
