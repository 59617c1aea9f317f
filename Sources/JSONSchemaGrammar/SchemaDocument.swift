import JSONText

/// The versions of the specification, where they differ in what a keyword means.
public enum SchemaDraft: Sendable {
    case draft4, draft6, draft7, draft2019, draft2020
    /// No `$schema`: today's meaning, with the older spellings read too.
    case unstated

    init(uri: String) {
        let known: [(String, SchemaDraft)] = [
            ("draft-03", .draft4), ("draft-04", .draft4), ("draft-06", .draft6), ("draft-07", .draft7), ("2019-09", .draft2019),
            ("2020-12", .draft2020),
        ]
        self = known.first { uri.contains($0.0) }?.1 ?? .unstated
    }

    /// Up to draft 7 a `$ref` hides its siblings.
    var referenceHidesSiblings: Bool {
        switch self {
        case .draft4, .draft6, .draft7: true
        case .draft2019, .draft2020, .unstated: false
        }
    }

    var hasPrefixItems: Bool { self == .draft2020 || self == .unstated }
    var hasItemsArray: Bool { self != .draft2020 }
    var hasDependencies: Bool { self != .draft2020 && self != .draft2019 }
}

/// A place in a schema document.
struct SchemaLocation: Hashable, Sendable {
    /// Index of the schema's value in the document.
    var index: Int32
}

/// A schema document taken apart: every subschema by its JSON Pointer, and what `$id` and `$anchor` call them.
///
/// All places of the document are kept, not only those that keywords say are schemas: references may point anywhere.
struct SchemaDocument {
    struct Place {
        var value: JSONValue
        var path: String
        /// The nearest enclosing `$id`, resolved; empty at the top.
        var base: String
    }

    private(set) var places: [Place] = []
    private var byPath: [String: Int32] = [:]
    private var byIdentifier: [String: Int32] = [:]
    /// How many places claim each `$dynamicAnchor`.
    private var dynamicAnchors: [String: Int] = [:]
    let draft: SchemaDraft
    /// Whether a schema asks for what others have not looked at: only then it is worth knowing.
    private(set) var tracksEvaluation = false

    private static let maximumDepth = 200
    private static let maximumPlaces = 200_000

    init(_ root: JSONValue, draft unstated: SchemaDraft = .unstated) throws(SchemaError) {
        draft = root["$schema"]?.string.map { SchemaDraft(uri: $0) } ?? unstated
        try add(root, path: "#", base: "", depth: 0)
    }

    /// Keywords whose members' names are not keywords.
    private static let nameMaps: Set<String> = [
        "properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions",
    ]
    /// Keywords whose values are instances, whatever they look like.
    private static let instances: Set<String> = ["const", "enum", "default", "examples"]

    /// - Parameter isMap: the value's keys are names of the schema's author, not keywords.
    private mutating func add(
        _ value: JSONValue, path: String, base: String, depth: Int, isMap: Bool = false
    ) throws(SchemaError) {
        guard depth < SchemaDocument.maximumDepth else { throw .tooComplex(what: "nested too deeply", path: path) }
        guard places.count < SchemaDocument.maximumPlaces else {
            throw .tooComplex(what: "the schema has too many parts", path: path)
        }
        let index = Int32(places.count)
        var base = base
        if let object = value.object, !isMap { base = identify(object, index, base: base) }
        places.append(Place(value: value, path: path, base: base))
        byPath[path] = index
        if let object = value.object {
            for (key, member) in object {
                let place = "\(path)/\(SchemaDocument.escape(key))"
                if !isMap, SchemaDocument.instances.contains(key) {
                    byPath[place] = Int32(places.count)
                    places.append(Place(value: member, path: place, base: base))
                } else {
                    let isNames = !isMap && SchemaDocument.nameMaps.contains(key)
                    try add(member, path: place, base: base, depth: depth + 1, isMap: isNames)
                }
            }
        } else if let array = value.array {
            for (offset, item) in array.enumerated() { try add(item, path: "\(path)/\(offset)", base: base, depth: depth + 1) }
        }
    }

    /// Keeps what a schema is called, and returns the base of references inside it.
    private mutating func identify(_ schema: JSONObject, _ index: Int32, base: String) -> String {
        var base = base
        if let id = (schema["$id"] ?? schema["id"])?.string, !(draft.referenceHidesSiblings && schema["$ref"] != nil) {
            if id.hasPrefix("#") { byIdentifier[base + id] = index } else { base = SchemaDocument.resolve(id, against: base) }
            byIdentifier[base] = byIdentifier[base] ?? index
        }
        if schema["unevaluatedProperties"] != nil || schema["unevaluatedItems"] != nil { tracksEvaluation = true }
        for key in ["$anchor", "$dynamicAnchor"] {
            guard let anchor = schema[key]?.string else { continue }
            byIdentifier["\(base)#\(anchor)"] = index
            if key == "$dynamicAnchor" { dynamicAnchors[anchor, default: 0] += 1 }
        }
        return base
    }

    var root: SchemaLocation { SchemaLocation(index: 0) }

    subscript(_ location: SchemaLocation) -> Place { places[Int(location.index)] }

    /// The place of a member or item below another.
    func child(_ location: SchemaLocation, _ keys: String...) -> SchemaLocation? {
        let path = keys.reduce(self[location].path) { "\($0)/\(SchemaDocument.escape($1))" }
        return byPath[path].map { SchemaLocation(index: $0) }
    }

    /// What `$ref` at a place refers to.
    func target(of reference: String, from location: SchemaLocation) throws(SchemaError) -> SchemaLocation {
        let base = self[location].base
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let document = parts.first.map { $0.isEmpty ? base : SchemaDocument.resolve(String($0), against: base) } ?? base
        let fragment = parts.count > 1 ? SchemaDocument.percentDecoded(String(parts[1])) : ""
        if !fragment.isEmpty, !fragment.hasPrefix("/") {
            if let named = byIdentifier["\(document)#\(fragment)"] { return SchemaLocation(index: named) }
            throw .unresolvedReference(reference, path: self[location].path)
        }
        let start: String
        if document.isEmpty {
            start = "#"
        } else if let index = byIdentifier[document] {
            start = places[Int(index)].path
        } else {
            throw .remoteReference(reference, path: self[location].path)
        }
        guard let index = byPath[start + fragment] else { throw .unresolvedReference(reference, path: self[location].path) }
        return SchemaLocation(index: index)
    }

    /// Whether `$dynamicRef` means what `$ref` would: its anchor is not dynamic, or no other place claims it.
    func isStatic(dynamicReference reference: String) -> Bool {
        guard let mark = reference.lastIndex(of: "#") else { return true }
        return dynamicAnchors[String(reference[reference.index(after: mark)...]), default: 0] <= 1
    }

    private static func escape(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
        return key.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
    }

    private static func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// RFC 3986 §5.2, as far as identifiers of schemas go.
    private static func resolve(_ reference: String, against base: String) -> String {
        let withoutFragment = String(reference.prefix { $0 != "#" })
        if let colon = withoutFragment.firstIndex(of: ":"), !withoutFragment[..<colon].contains("/") { return withoutFragment }
        guard let authority = base.range(of: "://") else { return withoutFragment }
        let pathStart = base[authority.upperBound...].firstIndex(of: "/") ?? base.endIndex
        if withoutFragment.hasPrefix("/") { return base[..<pathStart] + withoutFragment }
        let folder = base[pathStart...].lastIndex(of: "/").map { base[...$0] } ?? base[...]
        return folder + (folder.hasSuffix("/") ? "" : "/") + withoutFragment
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<(index(start, offsetBy: text.count)) }
            start = index(after: start)
        }
        return nil
    }
}
