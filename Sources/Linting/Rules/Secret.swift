import Diagnostics

/// Keys and tokens of services, by the shapes that their makers gave them.
enum Secret: LintRule {
    static let rule = DiagnosticRule.secret

    private struct Shape {
        let prefix: [UInt8]
        let name: String
        /// Letters, digits, `_` and `-` behind the prefix: fewer are no key.
        let length: Int

        init(_ prefix: String, _ length: Int, _ name: String) {
            (self.prefix, self.name, self.length) = (Array(prefix.utf8), name, length)
        }
    }

    private static let shapes = [
        Shape("sk-ant-", 40, "a key of Anthropic"), Shape("sk-", 40, "a key of OpenAI"),
        Shape("hf_", 30, "a token of Hugging Face"),
        Shape("ghp_", 36, "a token of GitHub"), Shape("gho_", 36, "a token of GitHub"), Shape("ghs_", 36, "a token of GitHub"),
        Shape("github_pat_", 40, "a token of GitHub"), Shape("glpat-", 20, "a token of GitLab"), Shape("AKIA", 16, "a key of AWS"),
        Shape("ASIA", 16, "a key of AWS"), Shape("AIza", 35, "a key of Google"), Shape("xoxb-", 24, "a token of Slack"),
        Shape("xoxp-", 24, "a token of Slack"), Shape("npm_", 36, "a token of npm"), Shape("gsk_", 40, "a key of Groq"),
    ]
    private static let byFirstByte = Dictionary(grouping: shapes) { $0.prefix[0] }
    private static let privateKey = Array("-----BEGIN ".utf8)

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        let bytes = subject.source.bytes
        var found: [Diagnostic] = []
        var offset = 0
        while offset < bytes.count {
            let isWordStart = offset == 0 || !isKeyByte(bytes[offset - 1])
            if isWordStart, let match = match(at: offset, in: bytes) {
                found.append(Diagnostic(rule, "this looks like \(match.name)", at: match.range))
                offset = match.range.upperBound
            } else {
                offset += 1
            }
        }
        return found
    }

    private static func match(at offset: Int, in bytes: [UInt8]) -> (name: String, range: SourceRange)? {
        if bytes[offset] == 0x2D { return privateKey(at: offset, in: bytes) }
        for shape in byFirstByte[bytes[offset]] ?? [] where bytes[offset...].starts(with: shape.prefix) {
            let key = bytes[(offset + shape.prefix.count)...].prefix(while: isKeyByte)
            let isUpperCase = shape.length != 16 || key.allSatisfy { $0 < 0x60 }
            // A stand-in such as sk-xxxxxxxx repeats itself.
            guard key.count >= shape.length, isUpperCase, shape.length != 16 || key.count == 16, Set(key).count >= 8 else {
                continue
            }
            return (shape.name, offset..<key.endIndex)
        }
        return nil
    }

    private static func privateKey(at offset: Int, in bytes: [UInt8]) -> (name: String, range: SourceRange)? {
        guard bytes[offset...].starts(with: privateKey) else { return nil }
        let line = String(decoding: bytes[offset...].prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        guard let match = line.prefixMatch(of: /-----BEGIN [A-Z ]*PRIVATE KEY-----/) else { return nil }
        return ("a private key", offset..<offset + match.0.utf8.count)
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F || byte == 0x2D
    }
}
