import ChatPrompt
import JSONText
import ModelManifest
import ModelService
import ModelStore
import ModelfilePlan
import Runner
import TestSupport
import Testing

/// Models in memory: who gets in, who leaves, who waits.
@Suite struct Hosting {
    let fixture: ServiceFixture

    init() throws { fixture = try ServiceFixture() }

    /// An answer that nobody reads holds its model from the ninth piece on.
    private func host(_ change: (inout HostSettings) -> Void = { _ in }) -> ModelHost {
        var settings = HostSettings()
        settings.unreadPieces = 8
        change(&settings)
        return ModelHost(models: fixture.models, settings: settings)
    }

    private func request(_ model: String, _ text: String = "ab", tokens: Int = 2) -> ReplyRequest {
        var request = ReplyRequest(model: model, prompt: .single(SinglePrompt(text)))
        request.options = ["num_predict": .number(JSONNumber(tokens)), "seed": 1]
        return request
    }

    private func answer(_ host: ModelHost, _ request: ReplyRequest) async throws -> (text: String, end: ReplyEnd) {
        let reply = try await host.reply(to: request)
        var text = ""
        while true {
            let parts = try await reply.next()
            try #require(!parts.isEmpty)
            for part in parts {
                switch part {
                case .event(.content(let piece)): text += piece
                case .event, .probability: break
                case .end(let end): return (text, end)
                }
            }
        }
    }

    private func untilSomebodyWaits(_ host: ModelHost) async throws {
        for _ in 0..<500 {
            if await host.waitingCount > 0 { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func names(_ host: ModelHost) async -> [String] { await host.running().map(\.stored.name.model).sorted() }

    @Test func theModelUsedLongestAgoLeavesFirst() async throws {
        for name in ["one", "two", "three"] { try fixture.make(name) { $0.system = Written(name) } }
        let host = host { $0.loadedModels = 2 }
        for name in ["one", "two", "one", "three"] { _ = try await answer(host, request(name)) }
        #expect(await names(host) == ["one", "three"])
    }

    @Test func aModelThatIsKeptForNoTimeLeavesWithItsAnswer() async throws {
        try fixture.make("one")
        let host = host { $0.keepAlive = .after(.zero) }
        let (_, end) = try await answer(host, request("one"))
        #expect(await names(host).isEmpty && end.summary.generatedTokens == 2)
    }

    @Test func aModelLeavesWhenItsTimeIsOver() async throws {
        try fixture.make("one")
        let host = host { $0.keepAlive = .after(.milliseconds(50)) }
        _ = try await answer(host, request("one"))
        for _ in 0..<200 {
            if await names(host).isEmpty { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(await names(host).isEmpty)
    }

    @Test func whoFindsTheLineFullIsRefusedAtOnce() async throws {
        try fixture.make("one")
        let host = host { ($0.queueLength, $0.parallelReplies) = (1, 1) }
        let first = try await host.reply(to: request("one", tokens: 2000))
        let second = Task { try await answer(host, request("one")) }
        try await untilSomebodyWaits(host)
        await #expect(throws: ServiceError.busy) { _ = try await host.reply(to: request("one")) }
        first.close()
        #expect(try await second.value.end.summary.generatedTokens == 2)
    }

    @Test func whoWaitsMayLeaveTheLine() async throws {
        try fixture.make("one")
        let host = host { $0.parallelReplies = 1 }
        let first = try await host.reply(to: request("one", tokens: 2000))
        let second = Task { try await answer(host, request("one")) }
        try await untilSomebodyWaits(host)
        second.cancel()
        await #expect(throws: CancellationError.self) { _ = try await second.value }
        #expect(await host.waitingCount == 0)
        first.close()
        #expect(try await answer(host, request("one")).end.reason == .length)
    }

    @Test func repliesAtOnceSayWhatTheyWouldSayAlone() async throws {
        try fixture.make("one")
        let alone = try await answer(host(), request("one", tokens: 20)).text
        let host = host { $0.parallelReplies = 4 }
        let request = request("one", tokens: 20)
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try await answer(host, request).text } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts == Array(repeating: alone, count: 8))
    }

    @Test func aModelThatCannotBeLoadedFailsAllWhoWantIt() async throws {
        let host = host()
        await #expect(throws: ServiceError.unknownModel("nothing")) { _ = try await host.reply(to: request("nothing")) }
        await #expect(throws: ServiceError.noModel) { _ = try await host.reply(to: request("")) }
    }

    @Test func emptyRequestsOnlyLoad() async throws {
        try fixture.make("one")
        let host = host()
        #expect(try await answer(host, request("one", "")).end.reason == .load)
        #expect(await names(host) == ["one"])
        var unload = request("one", "")
        unload.keepAlive = .after(.zero)
        #expect(try await answer(host, unload).end.reason == .unload)
        #expect(await names(host).isEmpty)
    }

    @Test(arguments: [
        ("llama3", "llama3:latest"), (" me/x:7b ", "me/x:7b"), ("llama3:local", "llama3:latest"),
    ])
    func namesAreReadAsClientsWriteThem(text: String, name: String) throws {
        #expect(try RequestedModel(text).name.shortest == name)
    }

    @Test(arguments: [
        ("x:cloud", ServiceError.cloudDisabled), ("x:120b-cloud", .cloudDisabled), ("x:cloud:local", .twoSources("x:cloud:local")),
        ("", .noModel), ("../x", .invalidModelName("../x")), ("/etc/x.gguf", .invalidModelName("/etc/x.gguf")),
    ])
    func othersAreRefused(text: String, error: ServiceError) { #expect(throws: error) { _ = try RequestedModel(text) } }

    @Test func variablesAreReadByOllamasRules() {
        let settings = HostSettings(
            OllamaEnvironment([
                "OLLAMA_KEEP_ALIVE": "-1", "OLLAMA_MAX_LOADED_MODELS": "0", "OLLAMA_MAX_QUEUE": "\"7\"",
                "OLLAMA_NUM_PARALLEL": "x", "OLLAMA_CONTEXT_LENGTH": "8192",
            ]))
        #expect(settings.keepAlive == .forever && settings.loadedModels == 3 && settings.queueLength == 7)
        #expect(settings.parallelReplies == nil && settings.contextLength == 8192)
    }
}
