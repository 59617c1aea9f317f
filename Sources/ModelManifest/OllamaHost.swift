/// The server that `OLLAMA_HOST` names: `[scheme://]host[:port][/path]`, with Ollama's defaults for what is left out.
public struct OllamaHost: Sendable, Hashable {
    public let scheme: String
    /// A name or an address, an IPv6 one without its brackets; empty where only a port is given.
    public let host: String
    public let port: Int
    /// What stands before every path of the API, without a slash at its start; mostly empty.
    public let path: String

    /// Reads any text; what does not fit becomes a default, as in Ollama. An empty text is `http://127.0.0.1:11434`.
    public init(_ text: String) {
        var (scheme, rest, defaultPort) = ("http", Substring(text), 11434)
        if let mark = text.firstRange(of: "://") {
            (scheme, rest) = (String(text[..<mark.lowerBound]), text[mark.upperBound...])
            defaultPort = ["http": 80, "https": 443][scheme] ?? defaultPort
        } else if text == "ollama.com" {
            (scheme, defaultPort) = ("https", 443)
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let (host, port) = Self.split(String(rest[..<slash]))
        self.scheme = scheme
        self.host = host
        self.port = port.flatMap { Int($0) }.flatMap { (0...65535).contains($0) ? $0 : nil } ?? defaultPort
        path = String(rest[slash...].dropFirst())
    }

    /// Whether the server is one of this machine's own: a loopback address, or one that stands for all of the machine's addresses.
    public var isThisMachine: Bool {
        if host.isEmpty || host == "0.0.0.0" || host.lowercased() == "localhost" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        if octets.count == 4, octets.allSatisfy({ UInt8($0) != nil }) { return octets[0] == "127" }
        return Self.isLowestAddress(host)
    }

    /// The host and the text of the port; no port where the text is not of the form `host:port` or `[address]:port`.
    private static func split(_ text: String) -> (host: String, port: String?) {
        guard !text.isEmpty else { return ("127.0.0.1", nil) }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let (address, rest) = (text[text.index(after: text.startIndex)..<end], text[text.index(after: end)...])
            return (String(address), rest.hasPrefix(":") ? String(rest.dropFirst()) : nil)
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // More than one colon is an IPv6 address without brackets.
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (text, nil)
    }

    /// `::` and `::1`, however many zeros they are written with.
    private static func isLowestAddress(_ text: String) -> Bool {
        guard text.contains(":"), text == "::" || !text.hasSuffix("::") else { return false }
        let groups = text.split(separator: ":").map { UInt16($0, radix: 16) }
        guard text.contains("::") || groups.count == 8 else { return false }
        return groups.dropLast().allSatisfy { $0 == 0 } && (groups.last ?? 0).map { $0 <= 1 } == true
    }
}
