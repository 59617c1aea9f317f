/// Reading model names: `[scheme://][host/][namespace/]model[:tag]`, taken apart from the right.
extension ModelName {
    /// - Throws: `ManifestError.invalidName` that says which part is wrong and why.
    public init(_ text: String) throws(ManifestError) {
        var rest = Substring(text)
        var tag: Substring?
        // A colon left of the last slash belongs to the host's port.
        if let colon = rest.lastIndex(of: ":"), rest.lastIndex(of: "/").map({ $0 < colon }) ?? true {
            tag = rest[rest.index(after: colon)...]
            rest = rest[..<colon]
        }
        let model = Self.takeLast(&rest)
        let namespace = model.hasMore ? Self.takeLast(&rest) : nil
        let isHostPromised = namespace?.hasMore ?? false
        let (scheme, host) = Self.splitScheme(rest)
        let parts: [(Part, Substring?, String)] = [
            (.host, isHostPromised ? host : nil, Self.defaultHost),
            (.namespace, namespace?.part, Self.defaultNamespace),
            (.model, model.part, ""),
            (.tag, tag, Self.defaultTag),
        ]
        for (part, found, fallback) in parts {
            guard let problem = part.problem(with: found.map(String.init) ?? fallback) else { continue }
            throw .invalidName(text, part: part, problem: problem)
        }
        let texts = parts.map { $0.1.map(String.init) ?? $0.2 }
        try self.init(
            host: texts[0], namespace: texts[1], model: texts[2], tag: texts[3],
            scheme: isHostPromised ? scheme ?? Self.defaultScheme : Self.defaultScheme)
    }

    /// Cuts what follows the last slash off `text`; `hasMore` when there was a slash, so that something is promised before it.
    private static func takeLast(_ text: inout Substring) -> (part: Substring, hasMore: Bool) {
        guard let slash = text.lastIndex(of: "/") else { return (text, false) }
        let part = text[text.index(after: slash)...]
        text = text[..<slash]
        return (part, true)
    }

    private static func splitScheme(_ text: Substring) -> (scheme: String?, rest: Substring) {
        let mark = "://"
        for start in text.indices where text[start...].hasPrefix(mark) {
            return (String(text[..<start]), text[text.index(start, offsetBy: mark.count)...])
        }
        return (nil, text)
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}

extension ModelName.Part {
    /// In bytes.
    var longest: Int { self == .host ? 350 : 80 }

    /// What may follow the first character, besides letters and digits.
    private var punctuation: String {
        switch self {
        case .host: "_-.:"
        case .namespace: "_-"
        case .model, .tag: "_-."
        }
    }

    /// Why `text` cannot be this part, as the end of a sentence that the part begins, or nil.
    func problem(with text: String) -> String? {
        if text.isEmpty { return "is empty" }
        if text.utf8.count > longest { return "has \(text.utf8.count) bytes, more than \(longest)" }
        for (position, character) in text.enumerated() {
            let isLetter = character.utf8.count == 1 && character.utf8.allSatisfy(ModelName.isAlphanumeric)
            if isLetter || character == "_" { continue }
            if position == 0 { return "starts with '\(character)'; it must start with a letter, a digit or '_'" }
            if !punctuation.contains(character) {
                let allowed = punctuation.map { "'\($0)'" }.joined(separator: " ")
                return "has '\(character)' as character \(position + 1); letters, digits and \(allowed) are allowed"
            }
        }
        return nil
    }
}
