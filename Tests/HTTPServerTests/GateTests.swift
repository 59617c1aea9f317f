import HTTPServer
import Hummingbird
import ModelManifest
import Testing

/// Who may ask.
@Suite struct Gates {
    let server: ServerFixture

    init() throws {
        var settings = ServerSettings()
        settings.origins = ["https://chat.example", "https://*.tools.example"]
        server = try ServerFixture(settings)
    }

    private func ask(
        _ method: HTTPRequest.Method = .get, host: String = "localhost:11434", origin: String? = nil
    ) async throws -> ServerFixture.Answer {
        var headers = HTTPFields()
        headers[.origin] = origin
        return try await server.ask(method, "/", headers: headers, host: host)
    }

    @Test(arguments: [
        "", "localhost", "LOCALHOST:1", "127.0.0.1:11434", "[::1]:1", "me.local", "x.internal", "192.168.1.7", "a.localhost",
    ])
    func namesOfThisMachineAreServed(host: String) async throws { #expect(try await ask(host: host).status == 200) }

    @Test(arguments: ["evil.example", "evil.example:11434", "8.8.8.8", "localhost.evil.example", "127.0.0.1.evil.example"])
    func foreignNamesAreNot(host: String) async throws {
        let answer = try await ask(host: host)
        #expect(answer.status == 403 && answer.text.isEmpty)
    }

    @Test func aServerForAllAsksNobodysName() async throws {
        var settings = ServerSettings()
        settings.address = .init("0.0.0.0")
        #expect(try await ServerFixture(settings).ask(.get, "/", host: "evil.example").status == 200)
    }

    @Test(arguments: ["http://localhost:3000", "https://127.0.0.1", "app://x", "https://chat.example", "https://a.tools.example"])
    func pagesOfThisMachineAndThoseNamedMayAsk(origin: String) async throws {
        let answer = try await ask(origin: origin)
        #expect(answer.status == 200 && answer.headers[.accessControlAllowOrigin] == origin)
        let preflight = try await ask(.options, origin: origin)
        #expect(preflight.status == 204 && preflight.headers[.accessControlAllowMethods]?.contains("POST") == true)
        #expect(preflight.headers[.accessControlAllowOrigin] == origin)
    }

    @Test(arguments: ["https://evil.example", "null", "https://chat.example.evil", "http://chat.example", "chrome-extension://x"])
    func othersMayNot(origin: String) async throws {
        #expect(try await ask(origin: origin).status == 403)
        #expect(try await ask(.options, origin: origin).status == 403)
    }

    @Test func pagesOfTheServerItselfNeedNoLeave() async throws {
        let answer = try await ask(origin: "http://localhost:11434")
        #expect(answer.status == 200 && answer.headers[.accessControlAllowOrigin] == nil)
    }

    @Test func countsAreTold() async throws {
        _ = try await server.ask(.get, "/api/tags")
        _ = try await server.ask(.get, "/x")
        let text = try await server.ask(.get, "/metrics").text
        #expect(text.contains("quern_requests_total{path=\"/api/tags\",status=\"200\"} 1\n"))
        #expect(text.contains("quern_requests_total{path=\"unknown\",status=\"404\"} 1\n"))
        #expect(text.contains("quern_requests_at_work 1\n") && text.contains("quern_models_loaded 0\n"))
    }
}
