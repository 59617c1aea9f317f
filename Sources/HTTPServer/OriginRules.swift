/// Which web pages may ask: those of this machine, applications that are web pages inside, and what `OLLAMA_ORIGINS` adds.
struct OriginRules: Sendable {
    private let patterns: [String]

    /// - Parameter more: origins as browsers write them; `*` stands for anything.
    init(_ more: [String]) {
        var patterns = more.filter { !$0.isEmpty }
        for host in ["localhost", "127.0.0.1", "0.0.0.0"] {
            for scheme in ["http", "https"] { patterns += ["\(scheme)://\(host)", "\(scheme)://\(host):*"] }
        }
        self.patterns = patterns + ["app://*", "file://*", "tauri://*", "vscode-webview://*", "vscode-file://*"]
    }

    var allowsAll: Bool { patterns.contains("*") }

    func allow(_ origin: String) -> Bool { patterns.contains { Self.matches(origin, $0) } }

    /// At most one `*` counts.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let star = pattern.firstIndex(of: "*") else { return text == pattern }
        let (start, end) = (pattern[..<star], pattern[pattern.index(after: star)...])
        return text.utf8.count >= start.utf8.count + end.utf8.count && text.hasPrefix(start) && text.hasSuffix(end)
    }

    /// Headers that pages may send: Ollama's, which are those of OpenAI's clients.
    static let headers =
        ([
            "Authorization", "Content-Type", "User-Agent", "Accept", "X-Requested-With", "OpenAI-Beta", "x-api-key",
            "anthropic-version", "anthropic-beta",
        ]
        + [
            "arch", "async", "custom-poll-interval", "helper-method", "lang", "os", "package-version", "poll-helper",
            "retry-count", "runtime", "runtime-version", "timeout",
        ].map { "x-stainless-\($0)" })
        .joined(separator: ",")

    static let methods = "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"
}

/// Which names a server may be asked by. A page that makes its own name point to 127.0.0.1 (DNS rebinding) must not reach a server
/// that listens for this machine alone.
enum HostRules {
    /// - Parameter host: the `Host` header, with a port or without.
    static func allow(_ host: String, machine: String) -> Bool {
        let name = withoutPort(host).lowercased()
        if name.isEmpty || name == "localhost" || name == machine.lowercased() { return true }
        if let octets = octets(of: name) { return isNear(octets) }
        if name.contains(":") { return name == "::1" || name == "::" || name.hasPrefix("fc") || name.hasPrefix("fd") }
        return [".localhost", ".local", ".internal"].contains { name.hasSuffix($0) }
    }

    /// Whether an address to listen at is this machine's alone.
    static func isLoopback(_ host: String) -> Bool {
        host.lowercased() == "localhost" || host == "::1" || octets(of: host)?.first == 127
    }

    private static func withoutPort(_ host: String) -> String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[..<end].dropFirst()) }
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : host
    }

    private static func octets(of text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        let octets = parts.compactMap { $0 }
        return octets.count == 4 ? octets : nil
    }

    /// Loopback, unspecified, or an address that is no public one (RFC 1918).
    private static func isNear(_ octets: [UInt8]) -> Bool {
        switch (octets[0], octets[1]) {
        case (127, _), (10, _), (192, 168), (172, 16...31): true
        default: octets == [0, 0, 0, 0]
        }
    }
}
