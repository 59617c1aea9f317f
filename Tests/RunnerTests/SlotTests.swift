import Compute
import Dispatch
import Foundation
import Runner
import Sampling
import Synchronization
import TestSupport
import Testing
import Tokenization

/// Several prompts are continued at the same time, each as if it were alone.
@Suite struct PromptsAtOnce {
    private let folder: TemporaryFolder
    private let model: LoadedModel

    init() throws {
        folder = try TemporaryFolder()
        model = try LoadedModel(
            path: folder.write(TinyModelFile.llama(width: 32, blocks: 2, sharpness: 400).bytes, to: "m.gguf").path)
    }

    private struct Answer: Equatable, Sendable {
        var text = ""
        var summary = GenerationSummary()
    }

    private func options(contextLength: Int = 256, predict: Int = 40) -> RunOptions {
        var options = RunOptions()
        (options.contextLength, options.predict) = (contextLength, predict)
        options.sampling.temperature = 0
        return options
    }

    private func generator(slots: Int, _ options: RunOptions) throws -> TextGenerator {
        try TextGenerator(model: model, options: options, slots: slots, pool: ThreadPool(threads: 2))
    }

    /// Runs every prompt on a thread of its own.
    private func answers(
        _ generator: TextGenerator, _ prompts: [String], _ options: RunOptions,
        emit: @escaping @Sendable (_ index: Int, _ text: String) throws -> Void = { _, _ in },
        afterEach: @escaping @Sendable (_ index: Int) -> Void = { _ in }
    ) -> [Result<Answer, any Error>] {
        let ended = DispatchSemaphore(value: 0)
        let answers = Mutex([Result<Answer, any Error>?](repeating: nil, count: prompts.count))
        let threads = prompts.indices.map { index in
            Thread {
                let result = Result {
                    var answer = Answer()
                    answer.summary = try generator.generate(generator.model.tokenizer.encode(prompts[index]), options: options) {
                        answer.text += $0
                        try emit(index, $0)
                    }
                    return answer
                }
                answers.withLock { $0[index] = result }
                afterEach(index)
                ended.signal()
            }
        }
        for thread in threads { thread.start() }
        for _ in threads { ended.wait() }
        return answers.withLock { $0.compactMap { $0 } }
    }

    private static let prompts = [
        "ab ab ab", "a", "the quick brown fox jumps", "xyz", "{\"a\": 1,", "hello hello", "b", "0123456789",
    ]

    @Test(arguments: [1, 3, 8]) func textsAreThoseOfOneAtATime(slots: Int) throws {
        let options = options()
        let alone = try generator(slots: 1, options)
        let wanted = try Self.prompts.map { prompt in
            var text = ""
            _ = try alone.generate(model.tokenizer.encode(prompt), options: options) { text += $0 }
            return text
        }
        let found = try answers(try generator(slots: slots, options), Self.prompts, options).map { try $0.get().text }
        #expect(found == wanted)
    }

    @Test func fullContextsShiftEachByItself() throws {
        let options = options(contextLength: 24, predict: 60)
        let found = try answers(try generator(slots: 4, options), Self.prompts, options).map { try $0.get() }
        #expect(found.count == Self.prompts.count)
        #expect(found.allSatisfy { $0.summary.generatedTokens == 60 || $0.summary.endReason == .stop })
    }

    @Test func aBeginningIsComputedOnceForAll() throws {
        let options = options(predict: 4)
        let generator = try generator(slots: 2, options)
        let system = String(repeating: "be brief and kind. ", count: 6)
        func reused(_ prompt: String) throws -> Int {
            try generator.generate(model.tokenizer.encode(prompt), options: options) { _ in }.reusedTokens
        }
        #expect(try reused(system + "who") == 0)
        let shared = model.tokenizer.encode(system).count
        // In another slot, so that the first conversation stays.
        #expect(try reused(system + "where are you from") >= shared - 1)
        #expect(try reused(system + "who") >= shared - 1)
        #expect(try reused("nothing alike") <= 3)
    }

    @Test func aBeginningIsTakenFromASlotAtWork() throws {
        let options = options(predict: 30)
        let generator = try generator(slots: 2, options)
        let system = String(repeating: "be brief and kind. ", count: 6)
        let hasBegun = DispatchSemaphore(value: 0)
        let mayGoOn = DispatchSemaphore(value: 0)
        let first = Mutex(true)
        let busy = DispatchQueue(label: "busy")
        busy.async {
            _ = try? generator.generate(generator.model.tokenizer.encode(system + "a"), options: options) { _ in
                guard
                    first.withLock({ value in
                        defer { value = false }; return value
                    })
                else { return }
                hasBegun.signal()
                mayGoOn.wait()
            }
        }
        hasBegun.wait()
        let summary = try generator.generate(model.tokenizer.encode(system + "b"), options: options) { _ in }
        #expect(summary.reusedTokens >= model.tokenizer.encode(system).count - 1)
        mayGoOn.signal()
        busy.sync {}
    }

    @Test func promptsThatBeginAlikeAndComeTogetherShareTheWork() throws {
        let options = options(predict: 8)
        let system = String(repeating: "be brief and kind. ", count: 20)
        let shared = model.tokenizer.encode(system).count
        let found = answers(try generator(slots: 4, options), ["a", "b", "c", "d"].map { system + $0 }, options)
        let computed = try found.map { try $0.get().summary }.map { $0.promptTokens - $0.reusedTokens }
        // One of them computes the beginning.
        #expect(computed.reduce(0, +) < shared * 2)
    }

    @Test func whoReadsSlowlyHoldsUpNobodyElse() throws {
        let options = options()
        let generator = try generator(slots: 4, options)
        let others = DispatchSemaphore(value: 0)
        let texts = answers(generator, Array(Self.prompts.prefix(4)), options) { index, _ in
            // The first one's reader waits until all others have ended.
            if index == 0 { for _ in 0..<3 { others.wait() }; for _ in 0..<3 { others.signal() } }
        } afterEach: { index in
            if index != 0 { others.signal() }
        }
        #expect(texts.count == 4)
    }

    @Test func oneThatFailsTakesNobodyWithIt() throws {
        struct HungUp: Error {}
        let options = options()
        let generator = try generator(slots: 3, options)
        let found = answers(generator, Self.prompts, options) { index, _ in if index % 3 == 1 { throw HungUp() } }
        for (index, result) in found.enumerated() where index % 3 != 1 { #expect(throws: Never.self) { try result.get() } }
        // Slots of those that failed are free again.
        #expect(answers(generator, Self.prompts, options).allSatisfy { (try? $0.get()) != nil })
    }
}
