import ModelManifest
import ServerAccess
import Testing

@Suite struct AskingServers {
    @Test func nobodyListensThere() {
        // Port 1 is nobody's on a machine that runs tests.
        #expect(throws: ServerClientError.noServer) { _ = try ServerClient(OllamaHost("127.0.0.1:1")).ask(.get, "/") }
    }

    @Test func securedServersAreNotAsked() {
        #expect(throws: ServerClientError.secure("ollama.com")) {
            _ = try ServerClient(OllamaHost("https://ollama.com")).ask(.get, "/")
        }
    }
}
