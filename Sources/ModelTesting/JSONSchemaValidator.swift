public import JSONText

/// Tells whether a JSON value fits a JSON Schema (draft 2020-12, and draft 7 where both agree).
///
/// Every keyword that asserts something is known but `format`, `unevaluatedItems`, `unevaluatedProperties`, `$dynamicRef` and references to
/// other documents; a schema that uses one of the last four is refused rather than half understood.
public struct JSONSchemaValidator: Sendable {
    /// Why a schema cannot be used.
    public enum SchemaError: Error, Equatable, CustomStringConvertible {
        case unsupported(keyword: String)
        case unresolved(reference: String)
        case malformed(path: String, problem: String)

        public var description: String {
            switch self {
            case .unsupported(let keyword): "the keyword '\(keyword)' is not supported"
            case .unresolved(let reference): "nothing is at the reference '\(reference)'"
            case .malformed(let path, let problem): "\(path.isEmpty ? "the schema" : path): \(problem)"
            }
        }
    }

    /// References to references and values in values end here.
    static let depthLimit = 256
    /// Checks of one value against one schema; combinations of schemas could ask for any number of them.
    private static let stepLimit = 1_000_000

    let root: JSONValue
    /// The schemas behind `$anchor`.
    let anchors: [String: JSONValue]

    public init(_ schema: JSONValue) throws(SchemaError) {
        root = schema
        var survey = SchemaSurvey()
        try survey.visit(schema, path: "", depth: 0)
        anchors = survey.anchors
        for reference in survey.references where Self.resolve(reference, root, anchors) == nil {
            throw .unresolved(reference: reference)
        }
    }

    public func accepts(_ value: JSONValue) -> Bool { problem(with: value) == nil }

    /// The first thing that does not fit, with its place in the value; nil where all fits.
    public func problem(with value: JSONValue) -> String? {
        var check = SchemaCheck(validator: self, stepsLeft: Self.stepLimit)
        return check.problem(value, root, path: "", depth: 0)
    }

    func resolve(_ reference: String) -> JSONValue? { Self.resolve(reference, root, anchors) }

    /// What a reference inside of the document names: `#`, `#/$defs/name` or `#anchor`.
    private static func resolve(_ reference: String, _ root: JSONValue, _ anchors: [String: JSONValue]) -> JSONValue? {
        guard reference.hasPrefix("#") else { return nil }
        let fragment = decoded(reference.dropFirst())
        guard fragment.hasPrefix("/") else { return fragment.isEmpty ? root : anchors[fragment] }
        var place = root
        for part in fragment.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let key = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            guard let next = place[key] ?? Int(key).flatMap({ place[$0] }) else { return nil }
            place = next
        }
        return place
    }

    /// Without percent signs.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == 0x25, digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether two values are the same to JSON Schema: numbers by value, objects whatever the order of their members.
    public static func areEqual(_ first: JSONValue, _ second: JSONValue) -> Bool {
        switch (first, second) {
        case (.number(let left), .number(let right)): return left.text == right.text || left.double == right.double
        case (.string(let left), .string(let right)): return Array(left.utf8) == Array(right.utf8)
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { areEqual($0, $1) }
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { member in right[member.key].map { areEqual(member.value, $0) } ?? false }
        default: return first == second
        }
    }
}

/// Looks through a schema once: anchors, references, and keywords that are not known.
private struct SchemaSurvey {
    var anchors: [String: JSONValue] = [:]
    var references: [String] = []

    private static let unsupported = ["unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"]
    private static let schemas = [
        "not", "if", "then", "else", "items", "additionalItems", "contains", "propertyNames", "additionalProperties",
    ]
    private static let lists = ["allOf", "anyOf", "oneOf", "prefixItems", "items"]
    private static let mappings = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]

    mutating func visit(_ schema: JSONValue, path: String, depth: Int) throws(JSONSchemaValidator.SchemaError) {
        guard depth <= JSONSchemaValidator.depthLimit else {
            throw .malformed(path: path, problem: "schemas lie too deep in one another")
        }
        if schema.bool != nil { return }
        guard let object = schema.object else {
            throw .malformed(path: path, problem: "a schema is an object or true or false, not \(schema.kind)")
        }
        if let keyword = Self.unsupported.first(where: { object[$0] != nil }) { throw .unsupported(keyword: keyword) }
        if let anchor = object["$anchor"]?.string, anchors.updateValue(schema, forKey: anchor) != nil {
            throw .malformed(path: path, problem: "a second anchor '\(anchor)'")
        }
        if let reference = object["$ref"]?.string { references.append(reference) }
        for key in Self.schemas {
            if let inner = object[key], inner.array == nil { try visit(inner, path: "\(path)/\(key)", depth: depth + 1) }
        }
        for key in Self.lists {
            for (index, inner) in (object[key]?.array ?? []).enumerated() {
                try visit(inner, path: "\(path)/\(key)/\(index)", depth: depth + 1)
            }
        }
        for key in Self.mappings {
            for member in object[key]?.object ?? JSONObject() where member.value.array == nil {
                try visit(member.value, path: "\(path)/\(key)/\(member.key)", depth: depth + 1)
            }
        }
        try checkPatterns(object, path: path)
    }

    private func checkPatterns(_ object: JSONObject, path: String) throws(JSONSchemaValidator.SchemaError) {
        let patterns =
            [object["pattern"]?.string].compactMap { $0 } + (object["patternProperties"]?.object ?? JSONObject()).map(\.key)
        for pattern in patterns {
            do { _ = try Regex(pattern) } catch {
                throw .malformed(path: path, problem: "'\(pattern)' is no regular expression")
            }
        }
    }
}
