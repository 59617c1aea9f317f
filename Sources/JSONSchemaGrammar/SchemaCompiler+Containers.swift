import Automata
import JSONText

/// Keywords of objects and arrays.
extension SchemaCompiler {
    func array(_ schema: JSONObject, _ location: SchemaLocation) throws(SchemaError) -> ArrayShape {
        var shape = ArrayShape(
            minimum: try count(schema, "minItems", location) ?? 0, maximum: try count(schema, "maxItems", location),
            isUnique: schema["uniqueItems"]?.bool ?? false)
        if let prefix = schema["prefixItems"], document.draft.hasPrefixItems {
            shape.prefix = try nodes(of: prefix, "prefixItems", location)
            shape.rest = child(location, "items") ?? .anything
        } else if let items = schema["items"], items.array != nil {
            guard document.draft.hasItemsArray else { throw invalid("items", items, "a schema", location) }
            shape.prefix = try nodes(of: items, "items", location)
            shape.rest = child(location, "additionalItems") ?? .anything
        } else {
            shape.rest = child(location, "items") ?? .anything
        }
        if let contained = child(location, "contains") {
            let minimum = try count(schema, "minContains", location) ?? 1
            let maximum = try count(schema, "maxContains", location)
            if minimum > 0 || maximum != nil || document.tracksEvaluation {
                shape.contains = [.init(node: contained, minimum: minimum, maximum: maximum)]
            }
        }
        if document.tracksEvaluation {
            let rest =
                shape.prefix.isEmpty || document.draft.hasPrefixItems && schema["prefixItems"] != nil ? "items" : "additionalItems"
            shape.evaluated = schema[rest] == nil ? shape.prefix.count : nil
        }
        if shape.rest == .nothing { shape.maximum = min(shape.maximum ?? .max, shape.prefix.count) }
        if shape.isUnique, (shape.maximum ?? .max) <= 1 { shape.isUnique = false }
        return shape
    }

    private func nodes(of value: JSONValue, _ keyword: String, _ location: SchemaLocation) throws(SchemaError) -> [SchemaNode] {
        guard let items = value.array else { throw invalid(keyword, value, "an array of schemas", location) }
        return items.indices.compactMap { document.child(location, keyword, String($0)).map(place) }
    }

    /// The schema under a keyword.
    func child(_ location: SchemaLocation, _ keyword: String) -> SchemaNode? { document.child(location, keyword).map(place) }

    // MARK: - Objects

    /// The alternatives of an object: one, unless properties depend on others.
    func objects(_ schema: JSONObject, _ location: SchemaLocation) throws(SchemaError) -> [ObjectShape] {
        var shape = ObjectShape(
            classes: try classes(schema, location), minimum: try count(schema, "minProperties", location) ?? 0,
            maximum: try count(schema, "maxProperties", location))
        if let properties = schema["properties"] {
            guard let members = properties.object else { throw invalid("properties", properties, "an object", location) }
            for key in members.keys {
                guard let value = document.child(location, "properties", key) else { continue }
                shape.set(
                    PropertyName(key), all([place(value)] + (try patternNodes(schema, matching: PropertyName(key), location))))
            }
        }
        if let required = schema["required"], required.bool == nil {
            guard let names = required.array else { throw invalid("required", required, "an array of names", location) }
            for name in names.compactMap(\.string).map(PropertyName.init) {
                shape.required.insert(name)
                if shape.names[name] == nil { shape.set(name, node(of: name, in: shape)) }
            }
        }
        if document.tracksEvaluation {
            let named = (schema["properties"]?.object?.keys ?? []).map { everyEncoding(of: $0) }
            let patterned = try patterns(schema, location).map(\.keys)
            shape.evaluated = schema["additionalProperties"] == nil ? table.union(named + patterned) : anyString
        }
        if let names = child(location, "propertyNames") { try restrict(&shape, toNamesIn: names) }
        return [shape]
    }

    /// Properties that no name is given for: by the patterns that their keys match, else `additionalProperties`.
    private func classes(_ schema: JSONObject, _ location: SchemaLocation) throws(SchemaError) -> [ObjectShape.KeyClass] {
        var classes: [(keys: Language, nodes: [SchemaNode])] = [(anyString, [])]
        for pattern in try patterns(schema, location) {
            classes = classes.flatMap { each -> [(keys: Language, nodes: [SchemaNode])] in
                let parts = [
                    (table.jsonStrings(in: each.keys, and: pattern.keys), each.nodes + [pattern.node]),
                    (table.difference(each.keys, pattern.keys), each.nodes),
                ]
                return parts.filter { !table.isEmpty($0.0) }
            }
            guard classes.count <= SchemaCompiler.maximumAlternatives else {
                throw .tooComplex(what: "patternProperties overlap in too many ways", path: document[location].path)
            }
        }
        let additional = child(location, "additionalProperties") ?? .anything
        return merged(classes.map { .init(keys: $0.keys, node: $0.nodes.isEmpty ? additional : all($0.nodes)) })
    }

    private func patterns(
        _ schema: JSONObject, _ location: SchemaLocation
    ) throws(SchemaError) -> [(keys: Language, node: SchemaNode)] {
        guard let value = schema["patternProperties"] else { return [] }
        guard let members = value.object else { throw invalid("patternProperties", value, "an object", location) }
        var result: [(keys: Language, node: SchemaNode)] = []
        for expression in members.keys {
            guard let child = document.child(location, "patternProperties", expression) else { continue }
            result.append((try language(ofPattern: expression, keyword: "patternProperties", location), place(child)))
        }
        return result
    }

    private func patternNodes(
        _ schema: JSONObject, matching name: PropertyName, _ location: SchemaLocation
    ) throws(SchemaError) -> [SchemaNode] {
        let text = encoded(name)
        return try patterns(schema, location).filter { table.accepts(text, in: $0.keys) }.map(\.node)
    }

    /// Keys outside the strings of `names` may not be.
    private func restrict(_ shape: inout ObjectShape, toNamesIn names: SchemaNode) throws(SchemaError) {
        let allowed = try self.shape(of: names).strings
        for name in shape.order where !table.accepts(encoded(name), in: allowed) { shape.set(name, .nothing) }
        shape.classes = merged(
            shape.classes.flatMap { each -> [ObjectShape.KeyClass] in
                [
                    .init(keys: table.jsonStrings(in: each.keys, and: allowed), node: each.node),
                    .init(keys: table.difference(each.keys, allowed), node: .nothing),
                ].filter { !table.isEmpty($0.keys) }
            })
    }
}
