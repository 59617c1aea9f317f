import Automata

/// Union, intersection and complement of shapes.
extension SchemaCompiler {
    /// Texts between a JSON string's quotes.
    var anyString: Language { table.jsonString }
    var numberLanguages: NumberLanguages { NumberLanguages(table: table) }

    var anyArray: ArrayShape { ArrayShape() }
    var anyObject: ObjectShape { ObjectShape(classes: [.init(keys: anyString, node: .anything)]) }

    var everything: Shape {
        Shape(
            allowsNull: true, allowsTrue: true, allowsFalse: true, numbers: numberLanguages.any, strings: anyString,
            arrays: [anyArray], objects: [anyObject])
    }

    func union(_ a: Shape, _ b: Shape) -> Shape {
        Shape(
            allowsNull: a.allowsNull || b.allowsNull, allowsTrue: a.allowsTrue || b.allowsTrue,
            allowsFalse: a.allowsFalse || b.allowsFalse, numbers: table.union([a.numbers, b.numbers]),
            strings: table.union([a.strings, b.strings]), arrays: a.arrays + b.arrays.filter { !a.arrays.contains($0) },
            objects: a.objects + b.objects.filter { !a.objects.contains($0) })
    }

    func intersection(_ a: Shape, _ b: Shape) throws(SchemaError) -> Shape {
        var result = Shape(
            allowsNull: a.allowsNull && b.allowsNull, allowsTrue: a.allowsTrue && b.allowsTrue,
            allowsFalse: a.allowsFalse && b.allowsFalse, numbers: numberLanguages.intersection(a.numbers, b.numbers),
            strings: table.jsonStrings(in: a.strings, and: b.strings), arrays: [], objects: [])
        for left in a.arrays {
            for right in b.arrays {
                let both = intersection(left, right)
                if !result.arrays.contains(both), try !isUnsatisfiable(both, depth: 8) { result.arrays.append(both) }
            }
        }
        for left in a.objects {
            for right in b.objects {
                let both = intersection(left, right)
                if !result.objects.contains(both), try !isUnsatisfiable(both, depth: 8) { result.objects.append(both) }
            }
        }
        return result
    }

    private func intersection(_ a: ArrayShape, _ b: ArrayShape) -> ArrayShape {
        if a == anyArray { return b }
        if b == anyArray { return a }
        let length = max(a.prefix.count, b.prefix.count)
        return ArrayShape(
            prefix: (0..<length).map { all([a.node(at: $0), b.node(at: $0)]) }, rest: all([a.rest, b.rest]),
            minimum: max(a.minimum, b.minimum), maximum: lesser(a.maximum, b.maximum),
            contains: a.contains + b.contains.filter { !a.contains.contains($0) }, isUnique: a.isUnique || b.isUnique,
            evaluated: a.evaluated.flatMap { mine in b.evaluated.map { max(mine, $0) } })
    }

    private func intersection(_ a: ObjectShape, _ b: ObjectShape) -> ObjectShape {
        if a == anyObject { return b }
        if b == anyObject { return a }
        var result = ObjectShape(
            classes: [], required: a.required.union(b.required), minimum: max(a.minimum, b.minimum),
            maximum: lesser(a.maximum, b.maximum))
        for name in a.order + b.order where result.names[name] == nil {
            result.set(name, all([node(of: name, in: a), node(of: name, in: b)]))
        }
        for left in a.classes {
            for right in b.classes {
                let keys = table.jsonStrings(in: left.keys, and: right.keys)
                guard !table.isEmpty(keys) else { continue }
                result.classes.append(.init(keys: keys, node: all([left.node, right.node])))
            }
        }
        result.classes = merged(result.classes)
        result.some = a.some + b.some.filter { !a.some.contains($0) }
        result.evaluated = table.union([a.evaluated, b.evaluated])
        return result
    }

    /// Classes of the same values are one class.
    func merged(_ classes: [ObjectShape.KeyClass]) -> [ObjectShape.KeyClass] {
        var order: [SchemaNode] = []
        var keys: [SchemaNode: [Language]] = [:]
        for each in classes {
            if keys[each.node] == nil { order.append(each.node) }
            keys[each.node, default: []].append(each.keys)
        }
        return order.map { .init(keys: table.union(keys[$0] ?? []), node: $0) }
    }

    /// The set that the value of a property must be in.
    func node(of name: PropertyName, in object: ObjectShape) -> SchemaNode {
        if let own = object.names[name] { return own }
        let text = encoded(name)
        return object.classes.first { table.accepts(text, in: $0.keys) }?.node ?? .nothing
    }

    private func lesser(_ a: Int?, _ b: Int?) -> Int? {
        guard let a, let b else { return a ?? b }
        return min(a, b)
    }

    // MARK: - Complement

    func complement(_ shape: Shape, path: String) throws(SchemaError) -> Shape {
        var result = Shape(
            allowsNull: !shape.allowsNull, allowsTrue: !shape.allowsTrue, allowsFalse: !shape.allowsFalse,
            numbers: table.difference(numberLanguages.any, shape.numbers), strings: table.difference(anyString, shape.strings),
            arrays: [anyArray], objects: [anyObject])
        for array in shape.arrays {
            var next: [ArrayShape] = []
            for outside in try complement(array, path: path) {
                for kept in result.arrays {
                    let both = intersection(kept, outside)
                    if !next.contains(both), try !isUnsatisfiable(both, depth: 8) { next.append(both) }
                }
            }
            result.arrays = next
            try checkAlternatives(next.count, path: path)
        }
        for object in shape.objects {
            var next: [ObjectShape] = []
            for outside in try complement(object, path: path) {
                for kept in result.objects {
                    let both = intersection(kept, outside)
                    if !next.contains(both), try !isUnsatisfiable(both, depth: 8) { next.append(both) }
                }
            }
            result.objects = next
            try checkAlternatives(next.count, path: path)
        }
        return result
    }

    private func checkAlternatives(_ count: Int, path: String) throws(SchemaError) {
        guard count <= SchemaCompiler.maximumAlternatives else {
            throw .tooComplex(
                what: "what is not in the schema has more than \(SchemaCompiler.maximumAlternatives) forms", path: path)
        }
    }

    /// Arrays that are not of the shape: each alternative breaks one of its conditions.
    private func complement(_ array: ArrayShape, path: String) throws(SchemaError) -> [ArrayShape] {
        var result: [ArrayShape] = []
        if array.minimum > 0 { result.append(ArrayShape(maximum: array.minimum - 1)) }
        if let maximum = array.maximum { result.append(ArrayShape(minimum: maximum + 1)) }
        for (index, node) in array.prefix.enumerated() where node != .anything {
            let before = [SchemaNode](repeating: .anything, count: index)
            result.append(ArrayShape(prefix: before + [not(node)], minimum: index + 1))
        }
        if array.rest != .anything {
            if array.rest == .nothing {
                result.append(ArrayShape(minimum: array.prefix.count + 1))
            } else if array.prefix.isEmpty {
                result.append(ArrayShape(contains: [.init(node: not(array.rest), minimum: 1)]))
            } else {
                throw .unsupported(keyword: "not", why: "it would have to deny 'items' after a prefix", path: path)
            }
        }
        for contained in array.contains {
            if contained.minimum > 0 {
                result.append(ArrayShape(contains: [.init(node: contained.node, minimum: 0, maximum: contained.minimum - 1)]))
            }
            if let maximum = contained.maximum {
                result.append(ArrayShape(contains: [.init(node: contained.node, minimum: maximum + 1)]))
            }
        }
        if array.isUnique { throw .unsupported(keyword: "not", why: "it would have to deny 'uniqueItems'", path: path) }
        return result
    }

    private func complement(_ object: ObjectShape, path: String) throws(SchemaError) -> [ObjectShape] {
        var result: [ObjectShape] = []
        func alternative(_ change: (inout ObjectShape) -> Void) {
            var shape = anyObject
            change(&shape)
            result.append(shape)
        }
        // Required names first, so that the alternatives after them may ask for the name to be there.
        for name in object.order where object.required.contains(name) { alternative { $0.set(name, .nothing) } }
        for name in object.order {
            guard let node = object.names[name], node != .anything else { continue }
            let opposite = not(node)
            alternative {
                $0.set(name, opposite)
                $0.required.insert(name)
            }
        }
        if object.minimum > 0 { alternative { $0.maximum = object.minimum - 1 } }
        if let maximum = object.maximum { alternative { $0.minimum = maximum + 1 } }
        let named = table.union(object.order.map { everyEncoding(of: $0.text) })
        for each in object.classes where each.node != .anything {
            let keys = named == .nothing ? each.keys : table.difference(each.keys, named)
            if !table.isEmpty(keys) { alternative { $0.some = [.init(keys: keys, node: not(each.node))] } }
        }
        for each in object.some {
            let rest = table.difference(anyString, each.keys)
            alternative {
                $0.classes = [.init(keys: each.keys, node: not(each.node)), .init(keys: rest, node: .anything)]
                    .filter { !table.isEmpty($0.keys) }
            }
        }
        return result
    }
}
