internal import JSONText

/// Where a call's arguments lie in the object that a model wrote.
enum ToolArguments {
    case found(JSONObject)
    /// The object names a tool but has no arguments that are an object.
    case missing
    /// The object is not of a known shape: it may be the arguments itself.
    case elsewhere

    /// With a `name`: its `arguments` or `parameters`. Else what is under the tool's own name, here or in a part.
    static func find(in object: JSONObject, toolName: String) -> ToolArguments {
        if object["name"] != nil {
            return (arguments("arguments", of: object) ?? arguments("parameters", of: object)).map { .found($0) } ?? .missing
        }
        if let arguments = arguments(toolName, of: object) { return .found(arguments) }
        for (_, value) in object {
            let parts: [JSONValue] = value.array ?? [value]
            for part in parts {
                guard let child = part.object else { continue }
                let result = find(in: child, toolName: toolName)
                if case .elsewhere = result { continue }
                return result
            }
        }
        return .elsewhere
    }

    /// A member that is an object, or text that holds one.
    private static func arguments(_ key: String, of object: JSONObject) -> JSONObject? {
        switch object[key] {
        case .object(let arguments): arguments
        case .string(let text): (try? JSONValue(parsing: text, limits: .lenient))?.object
        default: nil
        }
    }
}

/// Finds balanced `{…}` one after another in bytes that grow at the end, looking at each byte once.
struct JSONObjectScan {
    private var offset = 0
    private var start: Int?
    private var braces = 0
    private var brackets = 0
    private var inString = false
    private var isEscaped = false
    /// The bracket that was open first has been closed.
    private(set) var closedBracket = false

    /// Begins again at the front of bytes whose front was cut off behind an object.
    mutating func restart() { self = JSONObjectScan() }

    /// The next object that is complete; nil until more bytes come.
    mutating func next(in bytes: [UInt8]) -> Range<Int>? {
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                inString.toggle()
            } else if !inString, let object = mark(byte) {
                return object
            }
        }
        return nil
    }

    private mutating func mark(_ byte: UInt8) -> Range<Int>? {
        switch byte {
        case UInt8(ascii: "["): brackets += 1
        case UInt8(ascii: "]"):
            brackets -= 1
            if brackets == 0 { closedBracket = true }
        case UInt8(ascii: "{"):
            if braces == 0 { start = offset - 1 }
            braces += 1
        case UInt8(ascii: "}"):
            braces = max(0, braces - 1)
            guard braces == 0, let start else { return nil }
            self.start = nil
            return start..<offset
        default: break
        }
        return nil
    }
}
