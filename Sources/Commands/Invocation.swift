import ModelManifest

/// By which name the program was called. A link named `ollama` makes it behave as Ollama does at its edges.
struct Invocation: Sendable {
    let isOllama: Bool

    /// Quern's own version.
    static let version = "0.1.0"

    init(program: String?) {
        let name = program?.split(separator: "/").last.map(String.init) ?? "quern"
        isOllama = name == "ollama"
    }

    /// What `--version` prints.
    var versionText: String { isOllama ? "ollama version is \(OllamaLevel.version)" : "quern version is \(Self.version)" }

    /// What stands before the text of an error.
    var errorPrefix: String { isOllama ? "Error: " : "error: " }

    /// The exit code of a command line that makes no sense.
    var usageExitCode: Int32 { isOllama ? 1 : 2 }

    /// The exit code of a command that the user stopped: Ollama calls that a success.
    var interruptedExitCode: Int32 { isOllama ? 0 : 130 }

    /// Rewrites what ArgumentParser has no form for: bare, `--think` and `--truncate` mean true, as in Ollama.
    func normalized(_ words: [String]) -> [String] {
        var isPastOptions = false
        return words.map { word in
            if word == "--" { isPastOptions = true }
            return !isPastOptions && ["--think", "--truncate"].contains(word) ? "\(word)=true" : word
        }
    }
}
