/// What stands between angle brackets in a template, such as `<|im_end|>`.
struct TemplateTokens: Sendable {
    /// Tokens that differ in letter case and punctuation only, in the order of the text.
    private var bySpelling: [String: [String]] = [:]

    init(_ template: String) {
        let bytes = Array(template.utf8)
        var seen: Set<ArraySlice<UInt8>> = []
        var start: Int?
        for (offset, byte) in bytes.enumerated() {
            switch byte {
            case 0x3C: start = offset
            case 0x3E:
                guard let opening = start else { continue }
                start = nil
                let token = bytes[opening...offset]
                guard token.count > 2, seen.insert(token).inserted else { continue }
                let text = String(decoding: token, as: UTF8.self)
                bySpelling[Self.spelling(of: text), default: []].append(text)
            // Blanks and braces: what was begun is no token.
            case 0x09...0x0D, 0x20, 0x7B, 0x7D: start = nil
            default: continue
            }
        }
    }

    /// The tokens that differ from `text` in letter case and punctuation only, `text` itself among them.
    func similar(to text: String) -> [String] { bySpelling[Self.spelling(of: text)] ?? [] }

    /// Whether the text is one token: angle brackets round something without blanks and brackets.
    static func isToken(_ text: String) -> Bool {
        let inner = text.utf8.dropFirst().dropLast()
        return text.utf8.first == 0x3C && text.utf8.last == 0x3E && !inner.isEmpty
            && inner.allSatisfy { $0 != 0x3C && $0 != 0x3E && $0 != 0x20 && !(0x09...0x0D).contains($0) }
    }

    /// Letters, digits and slashes, in lower case.
    private static func spelling(of text: String) -> String {
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        guard isASCII else { return text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "/" } }
        let kept = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 0x41...0x5A: byte | 0x20
            case 0x61...0x7A, 0x30...0x39, 0x2F: byte
            default: nil
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
