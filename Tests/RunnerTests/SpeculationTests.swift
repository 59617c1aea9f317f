import Bytes
import Compute
import Foundation
import GGUF
import Runner
import Sampling
import TestSupport
import Testing
import Tokenization

/// Guessing ahead changes the time and nothing else.
@Suite struct Guessing {
    /// Random models of the same words, sharp enough that guesses are made and are right at times: the draft is the model itself, or a
    /// smaller one.
    private struct Models {
        let folder: TemporaryFolder
        let model: LoadedModel
        let smaller: LoadedModel

        init() throws {
            folder = try TemporaryFolder()
            model = try LoadedModel(
                path: folder.write(TinyModelFile.llama(width: 32, blocks: 2, sharpness: 400).bytes, to: "model.gguf").path)
            smaller = try LoadedModel(
                path: folder.write(TinyModelFile.llama(width: 16, sharpness: 400).bytes, to: "small.gguf").path)
        }
    }

    private struct Outcome: Equatable {
        var text: String
        var endReason: GenerationSummary.EndReason
        var tokens: Int
    }

    private enum Guesser: CaseIterable { case itself, smaller, lookup, lookupAndSmaller }

    private static func prompts() -> [String] {
        [
            "ab ab ab ab ab", "a", "the quick brown fox; the quick brown dog; the quick", "{\"a\": 1, \"b\": 2, \"a\": 1,",
            "aaaaaaaaaaaa",
        ]
    }

    private func options(_ seed: Int, draft: Int?) -> RunOptions {
        var options = RunOptions()
        // A context that fills and shifts, greedy and free drawing, penalties, stop strings.
        options.contextLength = [24, 64, 256][seed % 3]
        options.predict = 60
        options.keep = seed % 5
        options.sampling.temperature = seed % 2 == 0 ? 0 : 1.5
        options.sampling.seed = seed
        options.sampling.repeatPenalty = seed % 4 == 3 ? 1.2 : 1
        options.stop = seed % 3 == 1 ? ["b", "\u{1}"] : []
        options.draftPredict = draft
        return options
    }

    private func run(
        _ models: Models, _ guesser: Guesser?, prompts: [String], seed: Int
    ) throws -> (outcomes: [Outcome], accepted: Int) {
        var options = options(seed, draft: guesser == nil ? 0 : 1 + seed % 9)
        options.usesLookup = guesser == .lookup || guesser == .lookupAndSmaller
        let draft: LoadedModel? =
            switch guesser {
            case .itself: models.model
            case .smaller, .lookupAndSmaller: models.smaller
            case .lookup, nil: nil
            }
        let generator = try TextGenerator(
            model: models.model, options: options, draft: draft, pool: ThreadPool(threads: 1 + seed % 3))
        var accepted = 0
        // One generator for all prompts: what a generation leaves in the cache counts too.
        let outcomes = try prompts.map { prompt in
            var text = ""
            let summary = try generator.generate(models.model.tokenizer.encode(prompt), options: options) { text += $0 }
            accepted += summary.acceptedTokens
            #expect(summary.acceptedTokens <= summary.draftedTokens)
            return Outcome(text: text, endReason: summary.endReason, tokens: summary.generatedTokens)
        }
        return (outcomes, accepted)
    }

    @Test(arguments: 0..<12)
    func theTextIsTheSameAsWithout(seed: Int) throws {
        let models = try Models()
        let plain = try run(models, nil, prompts: Self.prompts(), seed: seed)
        for guesser in Guesser.allCases {
            let guessed = try run(models, guesser, prompts: Self.prompts(), seed: seed)
            #expect(guessed.outcomes == plain.outcomes, "\(guesser)")
            if seed % 2 == 0, guesser == .itself { #expect(guessed.accepted > 0) }
        }
    }

    @Test func anotherVocabularyIsRefused() throws {
        let models = try Models()
        var other = TinyModelFile.llama(width: 16)
        other.remove("tokenizer.ggml.tokens")
        let tokens = models.model.tokenizer.vocabulary
        other.add("tokenizer.ggml.tokens", (0..<TokenID(tokens.count)).map { $0 == 260 ? "z" : tokens.text(of: $0) })
        let draft = try LoadedModel(path: models.folder.write(other.bytes, to: "other.gguf").path)
        #expect(throws: RunnerError.draftVocabulary("token 260 is 'z', in the model 'a'")) {
            try TextGenerator(model: models.model, options: RunOptions(), draft: draft, pool: ThreadPool(threads: 1))
        }
    }
}
