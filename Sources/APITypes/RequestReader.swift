public import JSONText

/// Reads the members of a request as Go's `json.Unmarshal` reads a struct: what is missing or null is empty, keys are found in
/// whatever case, the wrong kind of value is an error in Go's words, because programs show it to people who search for it.
public struct RequestReader: Sendable {
    public let object: JSONObject
    /// The name of the Go struct, for errors.
    let type: String
    /// Where the object lies in the request: empty for the request itself.
    let path: String

    public init(_ json: JSONValue, type: String, path: String = "") throws(RequestError) {
        guard let object = json.object else {
            throw RequestError("json: cannot unmarshal \(Self.kind(json)) into Go value of type api.\(type)")
        }
        (self.object, self.type, self.path) = (object, type, path)
    }

    /// The value of a member; nil where there is none or it is null.
    public func value(_ key: String) -> JSONValue? {
        let value = object[key] ?? object.first { $0.key.lowercased() == key }?.value
        guard let value, !value.isNull else { return nil }
        return value
    }

    public func has(_ key: String) -> Bool { value(key) != nil }

    func wrong(_ key: String, _ value: JSONValue, _ wanted: String) -> RequestError {
        let field = path.isEmpty ? key : "\(path).\(key)"
        return RequestError("json: cannot unmarshal \(Self.kind(value)) into Go struct field \(type).\(field) of type \(wanted)")
    }

    public func string(_ key: String) throws(RequestError) -> String {
        guard let value = value(key) else { return "" }
        guard let string = value.string else { throw wrong(key, value, "string") }
        return string
    }

    /// nil where the request does not say.
    public func flag(_ key: String) throws(RequestError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else { throw wrong(key, value, "bool") }
        return flag
    }

    /// nil where the request does not say.
    public func integer(_ key: String) throws(RequestError) -> Int? {
        guard let value = value(key) else { return nil }
        guard let integer = value.int else { throw wrong(key, value, "int") }
        return integer
    }

    /// nil where the request does not say. As a number, with its digits.
    public func number(_ key: String) throws(RequestError) -> JSONNumber? {
        guard let value = value(key) else { return nil }
        guard let number = value.number else { throw wrong(key, value, "float64") }
        return number
    }

    public func array(_ key: String) throws(RequestError) -> [JSONValue]? {
        guard let value = value(key) else { return nil }
        guard let array = value.array else { throw wrong(key, value, "[]any") }
        return array
    }

    public func strings(_ key: String) throws(RequestError) -> [String]? {
        guard let array = try array(key) else { return nil }
        var strings: [String] = []
        for element in array {
            guard let string = element.string else { throw wrong(key, element, "string") }
            strings.append(string)
        }
        return strings
    }

    public func integers(_ key: String) throws(RequestError) -> [Int]? {
        guard let array = try array(key) else { return nil }
        var integers: [Int] = []
        for element in array {
            guard let integer = element.int else { throw wrong(key, element, "int") }
            integers.append(integer)
        }
        return integers
    }

    public func object(_ key: String) throws(RequestError) -> JSONObject? {
        guard let value = value(key) else { return nil }
        guard let object = value.object else { throw wrong(key, value, "map[string]interface {}") }
        return object
    }

    /// A part of the request that is a struct of its own; empty where there is none.
    public func fields(_ key: String) throws(RequestError) -> RequestReader {
        guard let value = value(key) else { return RequestReader(object: JSONObject(), type: type, path: key) }
        guard let object = value.object else { throw wrong(key, value, "struct") }
        return RequestReader(object: object, type: type, path: path.isEmpty ? key : "\(path).\(key)")
    }

    /// The texts of an object whose members are texts, in their order.
    public func texts(_ key: String) throws(RequestError) -> [(name: String, text: String)]? {
        guard let object = try object(key) else { return nil }
        var texts: [(name: String, text: String)] = []
        for (name, value) in object {
            guard let text = value.string else { throw wrong(key, value, "string") }
            texts.append((name, text))
        }
        return texts
    }

    private init(object: JSONObject, type: String, path: String) {
        (self.object, self.type, self.path) = (object, type, path)
    }

    /// What Go calls a kind of JSON value.
    private static func kind(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension RequestReader {
    /// The members that mean nothing to this request, each with the known name that it resembles, if any.
    public func unknownFields(known: [String]) -> [(name: String, suggestion: String?)] {
        object.keys.compactMap { key in
            let name = key.lowercased()
            return known.contains(name) ? nil : (key, FieldNames.nearest(to: name, among: known))
        }
    }
}

/// Guesses which name was meant.
enum FieldNames {
    /// The name that differs least from `name`, if that is little enough to be a slip: a third of its letters, three at most.
    static func nearest(to name: String, among known: [String]) -> String? {
        let limit = min(3, max(1, name.count / 3))
        let found = known.map { ($0, distance(Array(name.utf8), Array($0.utf8))) }.min { $0.1 < $1.1 }
        return found.flatMap { $0.1 <= limit ? $0.0 : nil }
    }

    /// Letters to insert, remove or replace (Levenshtein). Names of more than 64 bytes resemble nothing.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard left.count <= 64, right.count <= 64 else { return .max }
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
