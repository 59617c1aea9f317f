import Automata
import JSONText

/// Keywords that combine schemas: references, `allOf` and its kin, conditions, dependencies, lists of values.
extension SchemaCompiler {
    /// The sets that a value must be in besides what its own keywords say.
    func conjuncts(_ schema: JSONObject, _ location: SchemaLocation) throws(SchemaError) -> [Shape] {
        var parts: [Shape] = []
        if let constant = schema["const"] { parts.append(try shape(of: constant)) }
        if let values = schema["enum"] {
            guard let list = values.array else { throw invalid("enum", values, "an array", location) }
            parts.append(try shape(ofOneOf: list))
        }
        if let target = try reference(schema, location) { parts.append(target) }
        for node in try list(schema, "allOf", location) { parts.append(try shape(of: node)) }
        if schema["anyOf"] != nil {
            let nodes = try list(schema, "anyOf", location)
            var either = Shape.nothing
            for choice in document.tracksEvaluation ? try evaluatedTogether(nodes, location) : nodes {
                either = union(either, try shape(of: choice))
            }
            parts.append(either)
        }
        if schema["oneOf"] != nil { parts.append(try exactlyOne(of: try list(schema, "oneOf", location), location)) }
        if let denied = child(location, "not") { parts.append(try shape(of: not(denied))) }
        if let condition = child(location, "if") {
            let then = all([condition, child(location, "then") ?? .anything])
            let otherwise = all([not(condition), child(location, "else") ?? .anything])
            parts.append(union(try shape(of: then), try shape(of: otherwise)))
        }
        parts += try dependencies(schema, location)
        return parts
    }

    private func list(_ schema: JSONObject, _ keyword: String, _ location: SchemaLocation) throws(SchemaError) -> [SchemaNode] {
        guard let value = schema[keyword] else { return [] }
        guard let items = value.array else { throw invalid(keyword, value, "an array of schemas", location) }
        return items.indices.compactMap { document.child(location, keyword, String($0)).map(place) }
    }

    func reference(_ schema: JSONObject, _ location: SchemaLocation) throws(SchemaError) -> Shape? {
        guard let reference = schema["$ref"] ?? schema["$dynamicRef"] ?? schema["$recursiveRef"] else { return nil }
        guard let text = reference.string else { throw invalid("$ref", reference, "a string", location) }
        if schema["$ref"] == nil, !document.isStatic(dynamicReference: text) {
            throw unsupported("$dynamicRef", "what it refers to depends on the way that led here", location)
        }
        return try shape(of: place(try document.target(of: text, from: location)))
    }

    /// Values in one of the sets and in no other. Alternatives that overlap are kept apart by denying the others.
    private func exactlyOne(of nodes: [SchemaNode], _ location: SchemaLocation) throws(SchemaError) -> Shape {
        var result = Shape.nothing
        for (index, node) in nodes.enumerated() {
            var parts = [node]
            for (other, rival) in nodes.enumerated() where other != index {
                if try !isUnsatisfiable(all([node, rival])) { parts.append(not(rival)) }
            }
            do {
                result = union(result, try shape(of: all(parts)))
            } catch {
                guard options.isLenient else { throw error }
                warnings.append(
                    .init(
                        path: document[location].path, keyword: "oneOf", why: "its alternatives overlap; any of them is let through"
                    ))
                result = union(result, try shape(of: node))
            }
        }
        return result
    }

    // MARK: - Dependencies

    private func dependencies(_ schema: JSONObject, _ location: SchemaLocation) throws(SchemaError) -> [Shape] {
        var parts: [Shape] = []
        for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
            guard let value = schema[keyword] else { continue }
            if keyword == "dependencies" && !document.draft.hasDependencies { continue }
            guard let members = value.object else { throw invalid(keyword, value, "an object", location) }
            for (key, member) in members {
                let name = PropertyName(key)
                if let names = member.array {
                    parts.append(presence(of: name, requiring: names.compactMap(\.string).map(PropertyName.init)))
                } else if let place = document.child(location, keyword, key) {
                    let with = try intersection(objectsOnly(presence: name), try shape(of: self.place(place)))
                    parts.append(union(absence(of: name), with))
                }
            }
        }
        return parts
    }

    /// Whatever is no object, and objects without the property.
    private func absence(of name: PropertyName) -> Shape {
        var shape = everything
        var object = anyObject
        object.set(name, .nothing)
        shape.objects = [object]
        return shape
    }

    private func presence(of name: PropertyName, requiring names: [PropertyName]) -> Shape {
        var object = anyObject
        for each in [name] + names {
            object.set(each, .anything)
            object.required.insert(each)
        }
        var shape = absence(of: name)
        shape.objects.append(object)
        return shape
    }

    private func objectsOnly(presence name: PropertyName) -> Shape {
        var object = anyObject
        object.set(name, .anything)
        object.required.insert(name)
        var shape = Shape.nothing
        shape.objects = [object]
        return shape
    }

    // MARK: - What is not read

    /// Keywords that the specification does not know are annotations, as it says, and are listed.
    func listUnknownKeywords(_ schema: JSONObject, _ location: SchemaLocation) {
        for name in schema.keys where SchemaKeyword.byName[name] == nil {
            warnings.append(.init(path: document[location].path, keyword: name, why: "the specification does not know it"))
        }
    }
}
