import Automata
import JSONText

/// Texts of names and of literal values.
extension SchemaCompiler {
    /// How the name is written with as few escapes as JSON allows.
    func encoded(_ name: PropertyName) -> [UInt8] {
        let quoted = JSONValue.string(name.text).text(.compact)
        return Array(quoted.utf8.dropFirst().dropLast())
    }

    /// Every way to write the text inside quotes.
    func everyEncoding(of text: String) -> Language { table.language(.literal(text), encoding: .jsonString) }

    /// The texts as a writer would spell them: printable ASCII as it is, anything else raw or escaped.
    func spellings(of texts: [String]) -> Language {
        spellings(texts.map { Array($0.unicodeScalars) }.sorted { $0.lexicographicallyPrecedes($1) }[...], depth: 0)
    }

    private func spellings(_ texts: ArraySlice<[Unicode.Scalar]>, depth: Int) -> Language {
        var rest = texts
        var parts: [Language] = []
        while let first = rest.first, first.count == depth {
            parts = [.empty]
            rest = rest.dropFirst()
        }
        while let scalar = rest.first?[depth] {
            let end = rest.firstIndex { $0[depth] != scalar } ?? rest.endIndex
            parts.append(table.sequence(spelling(of: scalar), spellings(rest[rest.startIndex..<end], depth: depth + 1)))
            rest = rest[end...]
        }
        return table.union(parts)
    }

    private func spelling(of scalar: Unicode.Scalar) -> Language {
        let isPlain = (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\" && scalar != "/"
        return table.language(.characters(ScalarSet(scalar)), encoding: isPlain ? .utf8 : .jsonString)
    }

    /// The set that has one value.
    func shape(of value: JSONValue) throws(SchemaError) -> Shape {
        var shape = Shape.nothing
        switch value {
        case .null: shape.allowsNull = true
        case .bool(let value):
            shape.allowsTrue = value
            shape.allowsFalse = !value
        case .number(let number):
            let asWritten = table.literal(Array(number.text.utf8))
            shape.numbers = DecimalNumeral(number).map { table.union([asWritten, numberLanguages.equal(to: $0)]) } ?? asWritten
        case .string(let text): shape.strings = spellings(of: [text])
        case .array(let items):
            shape.arrays = [
                ArrayShape(prefix: items.map { node(.literal($0)) }, rest: .nothing, minimum: items.count, maximum: items.count)
            ]
        case .object(let members):
            var object = ObjectShape(classes: [.init(keys: anyString, node: .nothing)])
            for (key, member) in members {
                object.set(PropertyName(key), node(.literal(member)))
                object.required.insert(PropertyName(key))
            }
            shape.objects = [object]
        }
        return shape
    }

    /// The set that has these values: strings together, so that a long list is one tree of letters.
    func shape(ofOneOf values: [JSONValue]) throws(SchemaError) -> Shape {
        var result = Shape.nothing
        result.strings = spellings(of: values.compactMap(\.string))
        for value in values where value.string == nil { result = union(result, try shape(of: value)) }
        return result
    }
}
