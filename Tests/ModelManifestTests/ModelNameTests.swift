import ModelManifest
import Testing

@Suite struct ModelNameTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let parts: [String]
        var scheme = "https"
        let shortest: String
        var testDescription: String { text }
    }

    static let valid: [Case] = [
        Case(text: "llama3", parts: ["registry.ollama.ai", "library", "llama3", "latest"], shortest: "llama3:latest"),
        Case(text: "llama3:8b", parts: ["registry.ollama.ai", "library", "llama3", "8b"], shortest: "llama3:8b"),
        Case(text: "me/llama3", parts: ["registry.ollama.ai", "me", "llama3", "latest"], shortest: "me/llama3:latest"),
        Case(text: "library/llama3", parts: ["registry.ollama.ai", "library", "llama3", "latest"], shortest: "llama3:latest"),
        Case(text: "LIBRARY/x", parts: ["registry.ollama.ai", "LIBRARY", "x", "latest"], shortest: "x:latest"),
        Case(text: "Registry.Ollama.AI/me/x", parts: ["Registry.Ollama.AI", "me", "x", "latest"], shortest: "me/x:latest"),
        Case(text: "hf.co/user/repo:Q4_K_M", parts: ["hf.co", "user", "repo", "Q4_K_M"], shortest: "hf.co/user/repo:Q4_K_M"),
        Case(text: "h.io/library/x", parts: ["h.io", "library", "x", "latest"], shortest: "h.io/library/x:latest"),
        Case(text: "localhost:5000/a/b", parts: ["localhost:5000", "a", "b", "latest"], shortest: "localhost:5000/a/b:latest"),
        Case(text: "host:80/a/b:c", parts: ["host:80", "a", "b", "c"], shortest: "host:80/a/b:c"),
        Case(
            text: "http://localhost:5000/a/b:c", parts: ["localhost:5000", "a", "b", "c"], scheme: "http",
            shortest: "localhost:5000/a/b:c"),
        Case(text: "_a-b.c:_d-e.f", parts: ["registry.ollama.ai", "library", "_a-b.c", "_d-e.f"], shortest: "_a-b.c:_d-e.f"),
        Case(text: "a..b", parts: ["registry.ollama.ai", "library", "a..b", "latest"], shortest: "a..b:latest"),
        Case(
            text: String(repeating: "n", count: 80),
            parts: [
                "registry.ollama.ai", "library", String(repeating: "n", count: 80), "latest",
            ], shortest: String(repeating: "n", count: 80) + ":latest"),
    ]

    @Test(arguments: valid) func `a valid name is taken apart from the right`(_ example: Case) throws {
        let name = try ModelName(example.text)
        #expect(name.pathComponents == example.parts)
        #expect(name.scheme == example.scheme)
        #expect(name.shortest == example.shortest)
        #expect(try ModelName(name.description) == ModelName(pathComponents: example.parts))
        #expect(try ModelName(name.shortest).matches(name))
    }

    static let invalid: [(text: String, part: ModelName.Part)] = [
        ("", .model), (":", .model), ("x:", .tag), (":tag", .model), ("/", .namespace), ("/x", .namespace), ("a/", .model),
        ("//x", .host), ("a//b", .namespace), ("h/a/", .model), ("a/b/c/d", .host), ("https://x", .namespace), ("://a/b", .host),
        (".", .model), ("..", .model), ("../x", .namespace), ("../../x", .host), ("a/../b", .namespace), ("x:..", .tag),
        ("-x", .model), ("x:-t", .tag), ("a.b/x", .namespace), ("x y", .model), ("x:a:b", .model), ("x\u{0}", .model),
        ("übung", .model), ("模型", .model), ("x@sha256-0", .model), ("x+Q4", .model), ("a\\b", .model), ("x\n", .model),
        (String(repeating: "n", count: 81), .model), ("x:" + String(repeating: "t", count: 81), .tag),
        (String(repeating: "n", count: 81) + "/x", .namespace), (String(repeating: "h", count: 351) + "/a/x", .host),
    ]

    @Test(arguments: invalid) func `an invalid name says which part is wrong`(_ text: String, _ part: ModelName.Part) throws {
        let error = try #require(throws: ManifestError.self) { try ModelName(text) }
        guard case .invalidName(text, part, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `the error names the character and where it stands`() throws {
        let error = try #require(throws: ManifestError.self) { try ModelName("lla!ma") }
        #expect(
            error.description
                == "invalid model name 'lla!ma': the model part has '!' as character 4; letters, digits and '_' '-' '.' are allowed"
        )
        let leading = try #require(throws: ManifestError.self) { try ModelName("x:.hidden") }
        #expect(
            leading.description
                == "invalid model name 'x:.hidden': the tag starts with '.'; it must start with a letter, a digit or '_'")
    }

    @Test func `an error does not repeat a huge name`() throws {
        let error = try #require(throws: ManifestError.self) { try ModelName(String(repeating: "x", count: 1_000_000)) }
        #expect(error.description.count < 300)
    }

    @Test func `names match without regard to case`() throws {
        #expect(try ModelName("LLaMA3:8B").matches(ModelName("llama3:8b")))
        #expect(try ModelName("http://h/a/b").matches(ModelName("https://H/A/B")))
        #expect(try !ModelName("llama3").matches(ModelName("llama3:8b")))
    }

    @Test func `a path that is not four folders deep is no name`() {
        #expect(throws: ManifestError.self) { try ModelName(pathComponents: ["a", "b", "c"]) }
        #expect(throws: ManifestError.self) { try ModelName(pathComponents: ["a", "b", "..", "c"]) }
    }
}
