import Compute
import ConstrainedDecoding
import Foundation
import JSONText
import Runner
import Sampling
import TestSupport
import Testing
import Tokenization

/// Answers that are held to a format are of it, whatever the model would rather say.
@Suite struct HeldToAFormat {
    private static let schemas = [
        #"{"type":"object","properties":{"name":{"type":"string","maxLength":4},"n":{"type":"integer","minimum":0,"maximum":99}},"required":["name","n"],"additionalProperties":false}"#,
        #"{"type":"array","items":{"enum":["a","b",1,null]},"minItems":2,"maxItems":3}"#, #"{"const":{"x":[1,2,{"y":true}]}}"#,
        #"{"type":"string","pattern":"^[ab]{2,5}$"}"#, #"{"type":"number","minimum":-1,"maximum":1,"multipleOf":0.25}"#,
    ]

    private let folder: TemporaryFolder
    private let generator: TextGenerator

    init() throws {
        folder = try TemporaryFolder()
        let model = try LoadedModel(
            path: folder.write(TinyModelFile.llama(width: 32, blocks: 2, sharpness: 16).bytes, to: "m.gguf").path)
        generator = try TextGenerator(model: model, options: RunOptions(), pool: ThreadPool(threads: 2))
    }

    @Test("what a format leaves no choice about is guessed, and the text is the one without guesses", arguments: schemas)
    func guesses(schema: String) throws {
        let grammar = GrammarSource.schema(try JSONValue(parsing: schema))
        for seed in 0..<4 {
            var options = RunOptions()
            options.predict = 80
            options.sampling.seed = seed
            options.format = ReplyFormat(grammar)
            func run(guesses: Int) throws -> (text: String, summary: GenerationSummary) {
                options.draftPredict = guesses
                var text = ""
                let summary = try generator.generate(generator.model.tokenizer.encode("ab"), options: options) { text += $0 }
                return (text, summary)
            }
            let (plain, guessed) = (try run(guesses: 0), try run(guesses: 8))
            #expect(guessed.text == plain.text && guessed.summary.generatedTokens == plain.summary.generatedTokens)
            if schema.contains("const") { #expect(guessed.summary.draftedTokens > 0) }
        }
    }

    private func answer(
        _ grammar: GrammarSource, seed: Int, temperature: Float
    ) throws -> (text: String, end: GenerationSummary.EndReason) {
        var options = RunOptions()
        options.predict = 160
        options.sampling.seed = seed
        options.sampling.temperature = temperature
        options.format = ReplyFormat(grammar)
        var text = ""
        let prompt = generator.model.tokenizer.encode("ab")
        let summary = try generator.generate(prompt, options: options) { text += $0 }
        return (text, summary.endReason)
    }

    @Test(arguments: schemas) func everyAnswerIsAnInstance(schema: String) throws {
        let grammar = GrammarSource.schema(try JSONValue(parsing: schema))
        var whole = 0
        for seed in 0..<9 {
            let (text, end) = try answer(grammar, seed: seed, temperature: Float(seed % 3))
            // A text that was cut off at the limit is the beginning of one.
            guard end == .stop else { continue }
            whole += 1
            let machine = try grammar.machine()
            let constraint = Constraint(machine: machine, table: TokenTable(texts: [], endTokens: []))
            #expect(constraint.accept(bytes: Array(text.utf8)) && constraint.canEnd, "\(text)")
            _ = try JSONValue(parsing: text)
        }
        #expect(whole > 0)
    }

    @Test func rulesExpressionsAndChoicesHoldToo() throws {
        for seed in 0..<4 {
            #expect(try answer(.choices(["yes", "no"]), seed: seed, temperature: 2).text.wholeMatch(of: /yes|no/) != nil)
            #expect(try answer(.expression("[0-9]{3}"), seed: seed, temperature: 2).text.wholeMatch(of: /[0-9]{3}/) != nil)
            let (text, _) = try answer(.gbnf("root ::= \"(\" root \")\" | \"x\""), seed: seed, temperature: 1)
            #expect(text.allSatisfy { "(x)".contains($0) } && text.hasPrefix("(") || text == "x")
        }
    }

    @Test func whatDoesNotCompileIsAnErrorAndNoText() throws {
        #expect(throws: (any Error).self) { try answer(.gbnf("root ::= missing"), seed: 0, temperature: 0) }
        #expect(throws: (any Error).self) { try answer(.schema(["type": "strin"]), seed: 0, temperature: 0) }
    }
}
