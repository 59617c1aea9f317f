import JSONText

/// One value held against one schema.
struct SchemaCheck {
    let validator: JSONSchemaValidator
    var stepsLeft: Int

    /// What does not fit, as "PLACE: found … , wanted …"; nil where all fits.
    mutating func problem(_ value: JSONValue, _ schema: JSONValue, path: String, depth: Int) -> String? {
        stepsLeft -= 1
        guard stepsLeft > 0, depth < JSONSchemaValidator.depthLimit else { return "\(place(path)): the schema asks for too much" }
        if let isAllowed = schema.bool { return isAllowed ? nil : "\(place(path)): nothing is allowed here" }
        guard let object = schema.object else { return nil }
        return combined(value, object, path: path, depth: depth) ?? plain(value, object, path: path)
            ?? inner(value, object, path: path, depth: depth)
    }

    private func place(_ path: String) -> String { path.isEmpty ? "the value" : path }

    // MARK: References and combinations

    private mutating func combined(_ value: JSONValue, _ schema: JSONObject, path: String, depth: Int) -> String? {
        if let reference = schema["$ref"]?.string, let target = validator.resolve(reference),
            let problem = problem(value, target, path: path, depth: depth + 1)
        {
            return problem
        }
        for inner in schema["allOf"]?.array ?? [] {
            if let problem = problem(value, inner, path: path, depth: depth + 1) { return problem }
        }
        if let choices = schema["anyOf"]?.array, !choices.contains(where: { fits(value, $0, path, depth) }) {
            return "\(place(path)): fits none of \(choices.count) choices"
        }
        if let choices = schema["oneOf"]?.array {
            let count = choices.count { fits(value, $0, path, depth) }
            if count != 1 { return "\(place(path)): fits \(count) of \(choices.count) choices, wanted is one" }
        }
        if let inner = schema["not"], fits(value, inner, path, depth) { return "\(place(path)): fits what it must not" }
        if let condition = schema["if"] {
            let next = fits(value, condition, path, depth) ? schema["then"] : schema["else"]
            if let next, let problem = problem(value, next, path: path, depth: depth + 1) { return problem }
        }
        return nil
    }

    private mutating func fits(_ value: JSONValue, _ schema: JSONValue, _ path: String, _ depth: Int) -> Bool {
        problem(value, schema, path: path, depth: depth + 1) == nil
    }

    // MARK: Values by themselves

    private func plain(_ value: JSONValue, _ schema: JSONObject, path: String) -> String? {
        if let wanted = schema["type"] {
            let types = wanted.array?.compactMap(\.string) ?? [wanted.string].compactMap { $0 }
            if !types.contains(where: { Self.isOf(value, type: $0) }) {
                return "\(place(path)): \(value.kind), wanted is \(types.joined(separator: " or "))"
            }
        }
        if let choices = schema["enum"]?.array, !choices.contains(where: { JSONSchemaValidator.areEqual($0, value) }) {
            return "\(place(path)): \(value.text()) is none of \(JSONValue.array(choices).text())"
        }
        if let wanted = schema["const"], !JSONSchemaValidator.areEqual(wanted, value) {
            return "\(place(path)): \(value.text()), wanted is \(wanted.text())"
        }
        switch value {
        case .number(let number): return self.number(number, schema, path: path)
        case .string(let text): return string(text, schema, path: path)
        default: return nil
        }
    }

    private static func isOf(_ value: JSONValue, type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object), ("number", .number):
            true
        case ("integer", .number(let number)): number.double == number.double.rounded() && number.double.isFinite
        default: false
        }
    }

    private func number(_ number: JSONNumber, _ schema: JSONObject, path: String) -> String? {
        let value = number.double
        let bounds: [(key: String, holds: (Double) -> Bool, word: String)] = [
            ("minimum", { value >= $0 }, "at least"), ("maximum", { value <= $0 }, "at most"),
            ("exclusiveMinimum", { value > $0 }, "more than"), ("exclusiveMaximum", { value < $0 }, "less than"),
        ]
        for (key, holds, word) in bounds {
            if let bound = schema[key]?.number, !holds(bound.double) {
                return "\(place(path)): \(number.text), wanted is \(word) \(bound.text)"
            }
        }
        if let step = schema["multipleOf"]?.number, step.double > 0 {
            let ratio = value / step.double
            // 0.0075 / 0.0001 is not quite 75: what is closer than the digits can tell counts.
            let isMultiple =
                ratio.isFinite
                ? abs(ratio - ratio.rounded()) <= 1e-9 * max(1, abs(ratio)) : value.remainder(dividingBy: step.double) == 0
            if !isMultiple { return "\(place(path)): \(number.text) is no multiple of \(step.text)" }
        }
        return nil
    }

    private func string(_ text: String, _ schema: JSONObject, path: String) -> String? {
        let length = text.unicodeScalars.count
        if let least = schema["minLength"]?.int, length < least {
            return "\(place(path)): \(length) characters, wanted are at least \(least)"
        }
        if let most = schema["maxLength"]?.int, length > most {
            return "\(place(path)): \(length) characters, wanted are at most \(most)"
        }
        if let pattern = schema["pattern"]?.string, !Self.matches(text, pattern) {
            return "\(place(path)): does not match /\(pattern)/"
        }
        return nil
    }

    static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let expression = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return false }
        return (try? expression.firstMatch(in: text)) != nil
    }

    // MARK: Lists and objects

    private mutating func inner(_ value: JSONValue, _ schema: JSONObject, path: String, depth: Int) -> String? {
        switch value {
        case .array(let elements): list(elements, schema, path: path, depth: depth)
        case .object(let object):
            counts(object, schema, path: path) ?? members(object, schema, path: path, depth: depth)
                ?? dependencies(object, schema, path: path, depth: depth)
        default: nil
        }
    }

    private mutating func list(_ elements: [JSONValue], _ schema: JSONObject, path: String, depth: Int) -> String? {
        if let least = schema["minItems"]?.int, elements.count < least {
            return "\(place(path)): \(elements.count) items, wanted are at least \(least)"
        }
        if let most = schema["maxItems"]?.int, elements.count > most {
            return "\(place(path)): \(elements.count) items, wanted are at most \(most)"
        }
        if schema["uniqueItems"]?.bool == true {
            for (index, element) in elements.enumerated()
            where elements[..<index].contains(where: { JSONSchemaValidator.areEqual($0, element) }) {
                return "\(path)/\(index): the same item again"
            }
        }
        // Draft 7 has the schemas of the first items in `items` and that of the others in `additionalItems`.
        let first = schema["prefixItems"]?.array ?? schema["items"]?.array ?? []
        let rest = schema["items"]?.array == nil ? schema["items"] : schema["additionalItems"]
        for (index, element) in elements.enumerated() {
            guard let inner = index < first.count ? first[index] : rest else { break }
            if let problem = problem(element, inner, path: "\(path)/\(index)", depth: depth + 1) { return problem }
        }
        guard let wanted = schema["contains"] else { return nil }
        let count = elements.count { fits($0, wanted, path, depth) }
        let (least, most) = (schema["minContains"]?.int ?? 1, schema["maxContains"]?.int ?? Int.max)
        return count < least || count > most ? "\(place(path)): \(count) items are as wanted by 'contains'" : nil
    }

    private func counts(_ object: JSONObject, _ schema: JSONObject, path: String) -> String? {
        if let least = schema["minProperties"]?.int, object.count < least {
            return "\(place(path)): \(object.count) members, wanted are at least \(least)"
        }
        if let most = schema["maxProperties"]?.int, object.count > most {
            return "\(place(path)): \(object.count) members, wanted are at most \(most)"
        }
        let missing = schema["required"]?.array?.compactMap(\.string).first { object[$0] == nil }
        return missing.map { "\(place(path)): '\($0)' is missing" }
    }

    private mutating func members(_ object: JSONObject, _ schema: JSONObject, path: String, depth: Int) -> String? {
        let properties = schema["properties"]?.object ?? JSONObject()
        let patterns = schema["patternProperties"]?.object ?? JSONObject()
        for (key, value) in object {
            let place = "\(path)/\(key)"
            if let names = schema["propertyNames"], let problem = problem(.string(key), names, path: place, depth: depth + 1) {
                return problem
            }
            var isKnown = false
            if let inner = properties[key] {
                isKnown = true
                if let problem = problem(value, inner, path: place, depth: depth + 1) { return problem }
            }
            for (pattern, inner) in patterns where Self.matches(key, pattern) {
                isKnown = true
                if let problem = problem(value, inner, path: place, depth: depth + 1) { return problem }
            }
            if !isKnown, let others = schema["additionalProperties"] {
                if others.bool == false { return "\(place): no member of this name is allowed" }
                if let problem = problem(value, others, path: place, depth: depth + 1) { return problem }
            }
        }
        return nil
    }

    private mutating func dependencies(_ object: JSONObject, _ schema: JSONObject, path: String, depth: Int) -> String? {
        for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
            for (key, wanted) in schema[keyword]?.object ?? JSONObject() where object[key] != nil {
                if let names = wanted.array {
                    if let missing = names.compactMap(\.string).first(where: { object[$0] == nil }) {
                        return "\(place(path)): '\(missing)' is missing beside '\(key)'"
                    }
                } else if let problem = problem(.object(object), wanted, path: path, depth: depth + 1) {
                    return problem
                }
            }
        }
        return nil
    }
}
