import ModelManifest
import Testing

@Suite("Ollama's variables")
struct OllamaVariablesTests {
    @Test("blanks go first, then quotes")
    func trimming() {
        let variables = OllamaEnvironment(["A": "  \"a b\" ", "B": "''", "C": "\t"])
        #expect(variables["A"] == "a b")
        #expect(variables["B"] == "" && variables["C"] == "" && variables["D"] == "")
    }

    @Test("a switch is off for Go's false words and nothing, and on for everything else")
    func switches() {
        for word in ["", "0", "f", "F", "false", "FALSE", "False", " 0 ", "'false'"] {
            #expect(!OllamaEnvironment(["X": word]).isOn("X"), "\(word)")
        }
        for word in ["1", "true", "yes", "no", "fALSE"] { #expect(OllamaEnvironment(["X": word]).isOn("X"), "\(word)") }
    }

    @Test(
        "hosts, with what is left out",
        arguments: [
            ("", "http", "127.0.0.1", 11434, ""),
            ("example.com", "http", "example.com", 11434, ""),
            ("example.com:1234", "http", "example.com", 1234, ""),
            ("http://example.com", "http", "example.com", 80, ""),
            ("https://example.com", "https", "example.com", 443, ""),
            ("https://example.com:99/base/v1", "https", "example.com", 99, "base/v1"),
            ("ollama.com", "https", "ollama.com", 443, ""),
            (":9999", "http", "", 9999, ""),
            ("[::1]:80", "http", "::1", 80, ""),
            ("[::1]", "http", "::1", 11434, ""),
            ("::1", "http", "::1", 11434, ""),
            ("0.0.0.0:70000", "http", "0.0.0.0", 11434, ""),
            ("0.0.0.0:-1", "http", "0.0.0.0", 11434, ""),
            ("a:b", "http", "a", 11434, ""),
        ])
    func hosts(text: String, scheme: String, host: String, port: Int, path: String) {
        let read = OllamaHost(text)
        #expect(read.scheme == scheme && read.host == host && read.port == port && read.path == path, "\(read)")
    }

    @Test("which hosts are this machine")
    func thisMachine() {
        for text in [
            "", "localhost", "LOCALHOST:1", "127.0.0.1", "127.9.8.7:5", "0.0.0.0", "[::1]:7", "::", "0:0:0:0:0:0:0:1", ":80",
        ] {
            #expect(OllamaHost(text).isThisMachine, "\(text)")
        }
        for text in [
            "example.com", "192.168.1.2", "localhost.example.com", "127.0.0.1.example.com", "127.1.1.999", "2001:db8::1", "1::",
            "::2", "ollama.com",
        ] {
            #expect(!OllamaHost(text).isThisMachine, "\(text)")
        }
    }
}
