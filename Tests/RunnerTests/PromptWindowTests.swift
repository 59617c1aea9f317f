import Runner
import Testing
import Tokenization

/// Which tokens stay when a context is full: the numbers of Ollama's runner.
@Suite struct PromptWindowTests {
    private func fit(_ count: Int, context: Int, keep: Int = 4, addsBOS: Bool = false) throws -> [TokenID] {
        try PromptWindow(contextLength: context, keep: keep, addsBOS: addsBOS).fit((0..<count).map(TokenID.init))
    }

    @Test func `what leaves room for one token stays whole`() throws {
        #expect(try fit(15, context: 16).count == 15)
        #expect(try fit(16, context: 16).count < 16)
    }

    @Test func `the beginning and the end stay, half of the rest is free`() throws {
        // 16 - (16 - 4) / 2 = 10 tokens: the first four and the last six.
        #expect(try fit(100, context: 16) == [0, 1, 2, 3, 94, 95, 96, 97, 98, 99])
        // With the token for the beginning: 16 - (16 - 5) / 2 = 11.
        #expect(try fit(100, context: 16, addsBOS: true) == [0, 1, 2, 3, 4, 94, 95, 96, 97, 98, 99])
        #expect(try fit(100, context: 16, keep: 0) == Array(92..<100))
        #expect(try fit(100, context: 16, keep: -1) == Array(0..<15))
        #expect(try fit(100, context: 16, keep: .max, addsBOS: true) == Array(0..<15))
        #expect(try fit(100, context: 4) == [0, 1, 2])
    }

    @Test func `a context of one token holds no prompt`() {
        #expect(throws: RunnerError.promptTooLong(tokens: 1, contextLength: 1)) { try fit(1, context: 1) }
        #expect(throws: RunnerError.self) { try fit(0, context: 8) }
    }

    @Test func `a full context drops the older half behind what stays`() {
        func shift(_ count: Int, context: Int, keep: Int, addsBOS: Bool = false, prompt: Int = 10) -> [Int] {
            let found = PromptWindow(contextLength: context, keep: keep, addsBOS: addsBOS).shift(of: count, promptLength: prompt)
            return [found.keep, found.discard]
        }
        #expect(shift(63, context: 64, keep: 4) == [4, 29])
        #expect(shift(63, context: 64, keep: 4, addsBOS: true) == [5, 29])
        #expect(shift(63, context: 64, keep: -1) == [10, 26])
        #expect(shift(63, context: 64, keep: .max) == [60, 1])
        #expect(shift(63, context: 64, keep: 0) == [0, 31])
        for context in 4...9 {
            for keep in [-1, 0, 1, 4, .max] {
                let found = shift(context - 1, context: context, keep: keep, addsBOS: true)
                #expect(found[0] >= 0 && found[1] >= 1 && found[0] + found[1] <= context - 1)
            }
        }
    }
}
