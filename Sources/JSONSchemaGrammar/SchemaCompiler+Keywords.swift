import Automata
import JSONText

/// The keywords of one schema object, each a set of values; the schema is their intersection.
extension SchemaCompiler {
    func shape(at location: SchemaLocation) throws(SchemaError) -> Shape {
        let place = document[location]
        switch place.value {
        case .bool(true): return everything
        case .bool(false): return .nothing
        case .object(let schema):
            if document.draft.referenceHidesSiblings, schema["$ref"] != nil { return try reference(schema, location) ?? everything }
            listUnknownKeywords(schema, location)
            var shape = try types(schema, location)
            if !shape.objects.isEmpty { shape.objects = try objects(schema, location) }
            if !shape.arrays.isEmpty { shape.arrays = [try array(schema, location)] }
            for part in try conjuncts(schema, location) { shape = try intersection(shape, part) }
            return document.tracksEvaluation ? try withoutUnevaluated(shape, schema, location) : shape
        default:
            throw .invalid(keyword: "schema", found: place.value.kind, wanted: "an object or a boolean", path: place.path)
        }
    }

    /// Types, and what numbers and strings are held to.
    private func types(_ schema: JSONObject, _ location: SchemaLocation) throws(SchemaError) -> Shape {
        var shape = everything
        if let type = schema["type"] { shape = try self.shape(ofTypes: type, location) }
        if schema["nullable"] == .bool(true), schema["type"] != nil { shape.allowsNull = true }
        if shape.numbers != .nothing { shape.numbers = numberLanguages.intersection(shape.numbers, try numbers(schema, location)) }
        if shape.strings != .nothing { shape.strings = table.jsonStrings(in: shape.strings, and: try strings(schema, location)) }
        return shape
    }

    private func shape(ofTypes value: JSONValue, _ location: SchemaLocation) throws(SchemaError) -> Shape {
        let names = value.array ?? [value]
        var shape = Shape.nothing
        for name in names {
            switch name.string {
            case "null": shape.allowsNull = true
            case "boolean":
                shape.allowsTrue = true
                shape.allowsFalse = true
            case "number": shape.numbers = numberLanguages.any
            case "integer": shape.numbers = table.union([shape.numbers, numberLanguages.integers])
            case "string": shape.strings = anyString
            case "array": shape.arrays = [anyArray]
            case "object": shape.objects = [anyObject]
            case "any" where document.draft == .draft4: return everything
            default:
                let found = name.text(.compact)
                throw .invalid(keyword: "type", found: found, wanted: "one of JSON's types", path: document[location].path)
            }
        }
        return shape
    }

    private func numbers(_ schema: JSONObject, _ location: SchemaLocation) throws(SchemaError) -> Language {
        var minimum = try bound(schema, "minimum", location).map { NumberLanguages.Bound(value: $0, isExclusive: false) }
        var maximum = try bound(schema, "maximum", location).map { NumberLanguages.Bound(value: $0, isExclusive: false) }
        // Draft 4's exclusiveMinimum is a boolean beside minimum.
        if schema["exclusiveMinimum"]?.bool == true { minimum?.isExclusive = true }
        if schema["exclusiveMaximum"]?.bool == true { maximum?.isExclusive = true }
        if schema["exclusiveMinimum"]?.bool == nil, let value = try bound(schema, "exclusiveMinimum", location) {
            if minimum.map({ !(value < $0.value) }) ?? true { minimum = .init(value: value, isExclusive: true) }
        }
        if schema["exclusiveMaximum"]?.bool == nil, let value = try bound(schema, "exclusiveMaximum", location) {
            if maximum.map({ !($0.value < value) }) ?? true { maximum = .init(value: value, isExclusive: true) }
        }
        var result = numberLanguages.bounded(minimum: minimum, maximum: maximum)
        if let divisor = try bound(schema, "multipleOf", location) {
            guard !divisor.isNegative, !divisor.isZero, let multiples = numberLanguages.multiples(of: divisor) else {
                throw unsupported("multipleOf", "the divisor must be positive and of no more than sixteen digits", location)
            }
            result = numberLanguages.intersection(result, multiples)
        }
        return result
    }

    private func bound(_ schema: JSONObject, _ keyword: String, _ location: SchemaLocation) throws(SchemaError) -> DecimalNumeral? {
        guard let value = schema[keyword] else { return nil }
        guard let number = value.number else { throw invalid(keyword, value, "a number", location) }
        guard let numeral = DecimalNumeral(number) else {
            throw unsupported(keyword, "\(number.text) is too far from zero", location)
        }
        return numeral
    }

    private func strings(_ schema: JSONObject, _ location: SchemaLocation) throws(SchemaError) -> Language {
        var parts: [Language] = []
        let minimum = try count(schema, "minLength", location) ?? 0
        let maximum = try count(schema, "maxLength", location)
        if minimum > 0 || maximum != nil {
            if let maximum, maximum < minimum { return .nothing }
            parts.append(table.language(.length(minimum, maximum), encoding: .jsonString))
        }
        if let pattern = schema["pattern"] {
            guard let text = pattern.string else { throw invalid("pattern", pattern, "a string", location) }
            parts.append(try language(ofPattern: text, keyword: "pattern", location))
        }
        if let format = schema["format"]?.string {
            if let language = StringFormats.language(named: format, in: table) {
                parts.append(language)
            } else {
                warnings.append(
                    .init(
                        path: document[location].path, keyword: "format", why: "'\(format)' has no definition in the specification")
                )
            }
        }
        return parts.reduce(anyString) { table.jsonStrings(in: $0, and: $1) }
    }

    /// The string bodies in which an expression is found.
    func language(ofPattern expression: String, keyword: String, _ location: SchemaLocation) throws(SchemaError) -> Language {
        do {
            return table.language(try .searching(expression), encoding: .jsonString)
        } catch {
            guard options.isLenient, case .unsupported = error else {
                throw .pattern(error, path: "\(document[location].path)/\(keyword)")
            }
            warnings.append(.init(path: document[location].path, keyword: keyword, why: "\(error)"))
            return anyString
        }
    }

    /// A length or number of items; counts are whole, and past what can be counted state by state they do not bind.
    func count(_ schema: JSONObject, _ keyword: String, _ location: SchemaLocation) throws(SchemaError) -> Int? {
        guard let value = schema[keyword] else { return nil }
        guard let number = value.number, let whole = number.int, whole >= 0 else {
            throw invalid(keyword, value, "a whole number that is not negative", location)
        }
        return whole
    }

    // MARK: - Errors

    func unsupported(_ keyword: String, _ why: String, _ location: SchemaLocation) -> SchemaError {
        .unsupported(keyword: keyword, why: why, path: document[location].path)
    }

    func invalid(_ keyword: String, _ found: JSONValue, _ wanted: String, _ location: SchemaLocation) -> SchemaError {
        .invalid(keyword: keyword, found: found.kind, wanted: wanted, path: document[location].path)
    }
}
