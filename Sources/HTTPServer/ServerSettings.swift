import Bytes
public import ModelManifest

/// How the server listens and what it lets in.
public struct ServerSettings: Sendable {
    /// Where it listens: `OLLAMA_HOST`.
    public var address = OllamaHost("")
    /// Bytes that a request's body may have; pictures come in base64.
    public var longestBody = 128 << 20
    /// `OLLAMA_STRICT`: fields that mean nothing are errors.
    public var isStrict = false
    /// `OLLAMA_ORIGINS`: web pages that may ask, besides those of this machine.
    public var origins: [String] = []
    /// `OLLAMA_DEBUG`: 0 tells requests, 1 and more what happens inside.
    public var debugLevel = 0
    /// Quern's own version.
    public var version = ""

    public init() {}

    static let variables = ["OLLAMA_HOST", "OLLAMA_STRICT", "OLLAMA_ORIGINS", "OLLAMA_DEBUG"]

    /// What the process's environment says.
    public static var ofProcess: ServerSettings { ServerSettings(OllamaEnvironment(Environment.variables(variables))) }

    public init(_ environment: OllamaEnvironment) {
        address = OllamaHost(environment["OLLAMA_HOST"])
        isStrict = environment.isOn("OLLAMA_STRICT")
        origins = environment["OLLAMA_ORIGINS"].split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
        debugLevel = Int(environment["OLLAMA_DEBUG"]) ?? (environment.isOn("OLLAMA_DEBUG") ? 1 : 0)
    }
}
