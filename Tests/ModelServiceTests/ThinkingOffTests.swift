import BuildPipeline
import ChatPrompt
import JSONText
import ModelService
import ModelfilePlan
import Packaging
import Runner
import Sampling
import TestSupport
import Testing

/// Replies of a model that says anything, special tokens of every family included, read by the syntax of each family.
@Suite struct ThinkingOffTests {
    /// The signs that are tokens in the families' vocabularies.
    private static let controls =
        ["think", "seed:think", "tool_call", "seed:tool_call", "reasoning"].flatMap { ["<\($0)>", "</\($0)>"] }
        + ["[THINK]", "[/THINK]", "[TOOL_CALLS]", "[ARGS]", "<|channel>", "<channel|>", "<|open|>", "<|sep|>", "<|close|>"]
        + [
            "START_THINKING", "END_THINKING", "inner_prefix", "inner_suffix", "start", "channel", "message", "end", "call",
            "return",
        ]
        .map { "<|\($0)|>" } + ["thought", "think", "final", "analysis"]

    private let folder: TemporaryFolder
    private let models: LocalModels

    init() throws {
        let fixture = try ServiceFixture()
        (folder, models) = (fixture.folder, fixture.models)
    }

    private func open(template: String, number: Int = 0) throws -> ChatModel {
        var file = TinyModelFile.llama(controls: Self.controls)
        file.add("tokenizer.chat_template", template)
        return try models.open(try folder.write(file.bytes, to: "talker\(number).gguf").path)
    }

    private func read(_ chat: ChatModel, think: ThinkSetting, seed: Int) throws -> (thoughts: String, content: String) {
        var options = RunOptions()
        try options.apply(["temperature": 1, "top_k": 0, "num_predict": 16, "num_thread": 1])
        options.sampling.seed = seed
        var (thoughts, content) = ("", "")
        _ = try chat.reply(to: [ChatMessage(role: "user", content: "Why \(seed)?")], think: think, options: options) { event in
            switch event {
            case .thinking(let text): thoughts += text
            case .content(let text): content += text
            case .toolCall: break
            }
        }
        return (thoughts, content)
    }

    private static let plain = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}a: <think>\n{# </think> #}"

    @Test func `two hundred replies without thinking hold neither thoughts nor tags`() throws {
        let chat = try open(template: Self.plain)
        #expect(chat.canThink)
        var (answers, thoughts) = (0, 0)
        for seed in 0..<200 {
            let off = try read(chat, think: .off, seed: seed)
            #expect(off.thoughts.isEmpty && !off.content.contains("<think>") && !off.content.contains("</think>"))
            if !off.content.isEmpty { answers += 1 }
        }
        for seed in 0..<20 {
            let on = try read(chat, think: .on, seed: seed)
            #expect(!on.thoughts.contains("</think>") && !on.content.contains("</think>"))
            if !on.thoughts.isEmpty { thoughts += 1 }
        }
        #expect(answers > 150 && thoughts > 15)
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `no template lets a thought through when thinking is off`() throws {
        var count = 0
        for (number, url) in try SharedData.files(in: "templates/jinja").enumerated() {
            let chat = try open(
                template: String(decoding: try SharedData.bytes("templates/jinja/\(url.lastPathComponent)"), as: UTF8.self),
                number: number)
            guard chat.canThink, let syntax = chat.syntax else { continue }
            count += 1
            let signs = syntax.thinking.flatMap { [$0.opening, $0.closing] } + (syntax.headers?.starts ?? [])
            for seed in 0..<8 {
                let off = try read(chat, think: .off, seed: seed)
                #expect(off.thoughts.isEmpty, "\(url.lastPathComponent)")
                for sign in signs { #expect(!off.content.contains(sign), "\(url.lastPathComponent): \(off.content)") }
            }
        }
        #expect(count >= 10)
    }

    @Test func `a package's parser decides how replies are read, and what the model can do`() throws {
        let fixture = try ServiceFixture()
        try fixture.folder.write(TinyModelFile.llama(controls: Self.controls).bytes, to: "talker.gguf")
        try fixture.make("parsed", from: "./talker.gguf") { $0.parser = .init("harmony") }
        let chat = try fixture.models.open("parsed")
        #expect(chat.syntax?.headers == .harmony && chat.canThink)
        #expect(try fixture.models.inspect("parsed").capabilities == ["completion", "tools", "thinking"])
        try fixture.make("unknown", from: "./talker.gguf") { $0.parser = .init("nobody") }
        #expect(try fixture.models.open("unknown").syntax == nil)
    }
}
