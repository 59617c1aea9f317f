import Bytes
import Compute
public import ModelManifest

/// How a server keeps models in memory: Ollama's variables, by Ollama's rules.
public struct HostSettings: Sendable {
    /// `OLLAMA_KEEP_ALIVE`: what a request gets that does not say.
    public var keepAlive = KeepAlive.standard
    /// `OLLAMA_MAX_LOADED_MODELS`: models in memory at once.
    public var loadedModels = 3
    /// `OLLAMA_MAX_QUEUE`: requests that may wait.
    public var queueLength = 512
    /// `OLLAMA_NUM_PARALLEL`: requests that one model answers at once; nil is `usualReplies`, or one where the memory does not hold
    /// their contexts.
    public var parallelReplies: Int?
    /// `OLLAMA_CONTEXT_LENGTH`: the context where neither the request nor the package says; nil is `RunOptions`' own.
    public var contextLength: Int?
    /// What each model may put aside of conversations that others' have displaced.
    public var shelfByteCount = min(1 << 30, (SystemMemory.available()?.byteCount ?? 0) / 8)

    /// Pieces of an answer that wait for their reader; with more, the model waits too.
    package var unreadPieces = 4096

    /// Answers made together cost little more than one, so several are the rule; Ollama's is one.
    static let usualReplies = 4

    public init() {}

    /// The variables that the settings are read from.
    static let variables = [
        "OLLAMA_KEEP_ALIVE", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE", "OLLAMA_NUM_PARALLEL", "OLLAMA_CONTEXT_LENGTH",
    ]

    /// What the process's environment says.
    public static var ofProcess: HostSettings { HostSettings(OllamaEnvironment(Environment.variables(variables))) }

    /// Values that cannot be read count as not set, as in Ollama.
    public init(_ environment: OllamaEnvironment) {
        keepAlive = KeepAlive(environment["OLLAMA_KEEP_ALIVE"]) ?? keepAlive
        func number(_ name: String) -> Int? { Int(environment[name]).flatMap { $0 > 0 ? $0 : nil } }
        loadedModels = number("OLLAMA_MAX_LOADED_MODELS") ?? loadedModels
        queueLength = number("OLLAMA_MAX_QUEUE") ?? queueLength
        parallelReplies = number("OLLAMA_NUM_PARALLEL")
        contextLength = number("OLLAMA_CONTEXT_LENGTH")
    }
}
