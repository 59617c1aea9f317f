import BuildPipeline
import ChatPrompt
import Compute
import GGUF
import JSONText
import ModelManifest
import ModelService
import ModelStore
import ModelfilePlan
import Packaging
import Runner
import TestSupport
import Testing
import TransformerEngine

/// Opening a model for talking, and a reply from end to end on random weights.
@Suite struct ChatModels {
    let fixture: ServiceFixture
    init() throws { fixture = try ServiceFixture() }

    func reply(
        _ chat: ChatModel, _ text: String, think: ThinkSetting = .unset, options: RunOptions
    ) throws -> (String, GenerationSummary) {
        var answer = ""
        let summary = try chat.reply(to: [ChatMessage(role: "user", content: text)], think: think, options: options) { event in
            if case .content(let part) = event { answer += part }
        }
        return (answer, summary)
    }

    /// Few tokens, no chance.
    func options(_ more: JSONObject = [:]) throws -> RunOptions {
        var options = RunOptions()
        try options.apply(["temperature": 0, "num_predict": 8, "num_thread": 1])
        try options.apply(more)
        return options
    }

    @Test func theSameQuestionGetsTheSameAnswer() throws {
        try fixture.make("chat")
        let chat = try fixture.models.open("chat")
        let (first, summary) = try reply(chat, "ab", options: try options())
        let (second, again) = try reply(chat, "ab", options: try options())
        #expect(first == second)
        #expect(summary.reusedTokens == 0 && summary.promptTokens > 1)
        // The second time only the last token of the prompt is computed.
        #expect(again.reusedTokens == again.promptTokens - 1)
        #expect(summary.generatedTokens <= 8)
    }

    @Test func aFileAloneGivesThePackagesAnswer() throws {
        try fixture.make("chat")
        let (packaged, _) = try reply(try fixture.models.open("chat"), "ab", options: try options())
        let (alone, _) = try reply(try fixture.models.open(fixture.file), "ab", options: try options())
        #expect(packaged == alone)
    }

    @Test func threadsDoNotChangeTheAnswer() throws {
        let answers = try [1, 2, 3].map { threads in
            try reply(
                try fixture.models.open(fixture.file), "hello ab",
                options: try options(["num_thread": .number(JSONNumber(threads))])
            ).0
        }
        #expect(Set(answers).count == 1)
    }

    @Test func aSeedMakesChanceRepeatable() throws {
        let chat = try fixture.models.open(fixture.file)
        func draw(seed: Int) throws -> String {
            try reply(chat, "x", options: try options(["temperature": 1, "seed": .number(JSONNumber(seed)), "num_predict": 24])).0
        }
        #expect(try draw(seed: 1) == draw(seed: 1))
        #expect(try Set((1...8).map { try draw(seed: $0) }).count > 1)
    }

    @Test func aSeedDrawsTheSameOnAnyNumberOfThreads() throws {
        for more in [JSONObject(), ["mirostat": 2], ["top_k": 0, "typical_p": 0.8, "repeat_penalty": 1.3]] {
            let answers = try [1, 2, 3].map { threads in
                var chosen: JSONObject = [
                    "temperature": 1.5, "seed": 7, "num_predict": 32, "num_thread": .number(JSONNumber(threads)),
                ]
                for (key, value) in more { chosen[key] = value }
                return try reply(try fixture.models.open(fixture.file), "hello ab", options: try options(chosen)).0
            }
            #expect(Set(answers).count == 1 && !answers[0].isEmpty)
        }
    }

    @Test func limitsAndCancellingEndAnAnswer() throws {
        let chat = try fixture.models.open(fixture.file)
        #expect(try reply(chat, "x", options: try options(["num_predict": 0])).1.generatedTokens == 0)
        var asked = 0
        let summary = try chat.reply(
            to: [ChatMessage(role: "user", content: "x")], options: try options(["num_predict": 200]),
            isCancelled: {
                asked += 1
                return asked > 4
            }
        ) { _ in }
        #expect(summary.endReason == .cancelled && summary.generatedTokens < 5)
    }

    @Test func aContextThatIsFullMakesRoom() throws {
        let chat = try fixture.models.open(fixture.file)
        let summary = try reply(chat, "ab", options: try options(["num_ctx": 16, "num_predict": 64])).1
        #expect(summary.generatedTokens == 64 || summary.endReason == .stop)
    }

    @Test func aPromptThatIsTooLongSaysWhatItLost() throws {
        let chat = try fixture.models.open(fixture.file)
        let text = String(repeating: "ab ", count: 100)
        let cut = try reply(chat, text, options: try options(["num_ctx": 16])).1
        #expect(cut.promptTokens < 16 && cut.promptTokens + cut.omittedTokens == chat.tokens(of: text).count)
        #expect(try reply(chat, "ab", options: try options(["num_ctx": 16])).1.omittedTokens == 0)
    }

    @Test func thinkingIsAskedOnlyOfThoseWhoCan() throws {
        let chat = try fixture.models.open(fixture.file)
        #expect(!chat.canThink)
        #expect(throws: ServiceError.doesNotSupport(model: "tiny.gguf", capability: "thinking")) {
            try reply(chat, "x", think: .on, options: try options())
        }
        #expect(throws: ServiceError.lacks(model: "tiny.gguf", capability: "tools")) {
            let tool = try ToolDefinition(
                ["type": "function", "function": ["name": "f", "description": "", "parameters": ["type": "object"]]])
            _ = try chat.reply(
                to: [ChatMessage(role: "user", content: "x")], tools: [tool], options: try options()
            ) { _ in }
        }
    }

    @Test func packageOptionsComeFromItsParameters() throws {
        try fixture.make("tuned") { plan in
            try plan.parameters.add("temperature", "0.25")
            try plan.parameters.add("num_ctx", "64")
            try plan.parameters.add("stop", "END")
        }
        let options = try fixture.models.open("tuned").packageOptions
        var wanted = RunOptions()
        try wanted.apply(["temperature": 0.25, "num_ctx": 64, "stop": ["END"]])
        #expect(options == wanted)
    }

    @Test func adaptersOfThePackageAndOfTheCallerCount() throws {
        try fixture.folder.write(TinyModelFile.adapter().bytes, to: "lora.gguf")
        let path = fixture.folder.path + "/lora.gguf"
        try fixture.make("plain")
        try fixture.make("tuned") { $0.adapters = [.init("./lora.gguf")] }
        func logits(_ name: String, _ adapters: [String] = []) throws -> [Float] {
            let model = try fixture.models.load(name, adapters: try adapters.map { try AdapterSource($0) })
            let session = try InferenceSession(model: model.transformer, contextLength: 8, pool: ThreadPool(threads: 1))
            try session.evaluate([5, 6, 7])
            return session.logits()
        }
        let tuned = try logits("tuned")
        #expect(try logits("plain") != tuned)
        #expect(try logits("plain", [path]) == tuned)
        #expect(try logits("tuned", [path]) == logits("plain", [path + "=1", path]))
        #expect(try logits("plain", [path + "=0"]) == logits("plain"))
        #expect(throws: (any Error).self) { try logits("plain", [path + "x=0.5"]) }
        _ = try fixture.models.open("tuned", adapters: [try AdapterSource(path)])
    }

    @Test func whatCannotBeRunIsSaid() throws {
        try fixture.make("rendered") { $0.renderer = .init("nobody") }
        #expect(throws: ServiceError.unsupportedLayer(model: "rendered:latest", layer: "the unknown renderer 'nobody'")) {
            try fixture.models.open("rendered")
        }
    }

    @Test func aDamagedBlobIsNotRun() throws {
        let made = try fixture.make("chat")
        let weights = try #require(made.manifest.layers(of: .model).first)
        let path = fixture.models.store.path(of: weights.digest)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: UInt64(weights.size - 1))
        try handle.close()
        #expect(throws: (any Error).self) { try fixture.models.open("chat") }
        #expect(throws: StoreError.self) { try fixture.models.weightsPath(of: try fixture.models.reference("chat")) }
    }
}
