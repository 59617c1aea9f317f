import Compute
import Runner
import Sampling
import TestSupport
import Testing
import Tokenization

/// Special tokens in replies: spelled out, silent, forbidden, or the end.
@Suite struct ReplyTokenTests {
    private let folder: TemporaryFolder
    private let generator: TextGenerator

    init() throws {
        folder = try TemporaryFolder()
        let file = TinyModelFile.llama(controls: ["<|open|>", "<|sep|>", "[CALL]", "<other>"])
        let model = try LoadedModel(path: folder.write(file.bytes, to: "m.gguf").path)
        generator = try TextGenerator(model: model, options: RunOptions(), pool: ThreadPool(threads: 1))
    }

    private var vocabulary: Vocabulary { generator.model.tokenizer.vocabulary }

    private func texts(_ tokens: Set<TokenID>) -> Set<String> { Set(tokens.map { vocabulary.text(of: $0) }) }

    /// All that forty replies say.
    private func chatter(_ reply: ReplyTokens, stop: [String] = []) throws -> (text: String, tokens: Int) {
        var options = RunOptions()
        (options.predict, options.reply, options.stop) = (48, reply, stop)
        options.sampling.temperature = 1
        options.sampling.topK = 0
        var (text, count) = ("", 0)
        for seed in 0..<40 {
            options.sampling.seed = seed
            count += try generator.generate(generator.model.tokenizer.encode("ab"), options: options) { text += $0 }.generatedTokens
        }
        return (text, count)
    }

    @Test func `tokens that are a sign, or a tag in one, are shown`() {
        let tokens = ReplyTokens(signs: ["<|open|>think<|sep|>", "[CALL]", "ab"], forbidden: ["<other>", "none"], in: vocabulary)
        #expect(texts(tokens.shown) == ["<|open|>", "<|sep|>", "[CALL]"])
        #expect(texts(tokens.forbidden) == ["<other>"])
    }

    @Test func `special tokens are silent unless they are shown`() throws {
        let silent = try chatter(ReplyTokens()).text
        #expect(!silent.contains("<|open|>") && !silent.contains("[CALL]"))
        let shown = try chatter(ReplyTokens(signs: ["[CALL]"], in: vocabulary)).text
        #expect(shown.contains("[CALL]") && !shown.contains("<|open|>"))
    }

    @Test func `forbidden tokens do not come`() throws {
        var tokens = ReplyTokens(signs: ["[CALL]", "<other>"], in: vocabulary)
        #expect(try chatter(tokens).text.contains("[CALL]"))
        tokens.forbidden = ReplyTokens(signs: ["[CALL]"], in: vocabulary).shown
        let text = try chatter(tokens).text
        #expect(!text.contains("[CALL]") && text.contains("<other>"))
    }

    @Test func `a stop that is a special token ends the reply, shown or not`() throws {
        let free = try chatter(ReplyTokens()).tokens
        let held = try chatter(ReplyTokens(), stop: ["[CALL]", "<other>", "<|open|>", "<|sep|>"]).tokens
        #expect(held < free)
    }
}
