import ArgumentParser
import JSONText
import ModelManifest
import ModelService
import ServerAccess

struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a running model",
        discussion: """
            The server at OLLAMA_HOST lets the model go, once it has answered what it is at.

            EXAMPLE
              quern stop chat
            """)

    @Argument(help: "The model to stop.") var model: String

    func run() throws {
        let server = ServerClient(OllamaHost(OllamaEnvironment.ofProcess["OLLAMA_HOST"]))
        do { _ = try server.ask(.post, "/api/generate", ["model": .string(model), "prompt": "", "keep_alive": 0]) } catch {
            if case .refused(404, _) = error { throw NoModelToStop(name: model) }
            throw error
        }
    }
}

/// The server knows no such model.
private struct NoModelToStop: Error, CustomStringConvertible {
    let name: String
    // Ollama's words.
    var description: String { "couldn't find model \"\(name)\" to stop" }
}
