import Diagnostics
import ModelTesting
import Testing

/// `--update`: prompts written into a test file read back, and nothing else of it changes.
@Suite struct PromptUpdateTests {
    private static let files = [
        "# about\ntests:\n  - prompt: a # first\n    expect:\n      prompt: old # the prompt\n      stops: true\n  - prompt: b\n    expect: {prompt: x, stops: 3}\n",
        "tests:\n- prompt: a\n  expect:\n    prompt: |-\n      one\n\n        two\n\n    stops: true\n- prompt: b\n  expect:\n    prompt:\n",
        "tests:\n- prompt: a\n  expect:\n    prompt: \"one\n      two\"\n- prompt: b\n  expect:\n    prompt: >\n      x\n",
    ]

    private static let prompts = [
        "one\ntwo", "one\ntwo\n", "\n\none\n\n", "  lead\n\ttab \n", "", "\n", " ", "a: 'b' \"c\" #d", "x\u{7}y\r\nz",
        "π\n\u{2028}\n👩‍👩‍👧",
        "{{ a }}\n- b\n# c\n", "trail  \n\n  \n", "\ttab\nx",
    ]

    @Test(arguments: files)
    func `what is written is what is read`(file: String) throws {
        for prompt in Self.prompts {
            let source = SourceText(file)
            let updated = PromptUpdate.apply([0: prompt, 1: prompt + "!"], to: source) ?? file
            let (suite, diagnostics) = TestSuite.read(SourceText(updated)) { _ in nil }
            #expect(diagnostics.isEmpty, "\(prompt.debugDescription): \(diagnostics.map(\.message))\n\(updated)")
            let read = suite?.cases.map { test in
                test.expectations.compactMap { if case .prompt(let text) = $0 { text } else { nil } }.first
            }
            #expect(read == [prompt, prompt + "!"], "\(updated)")
            #expect(
                suite?.cases.map { $0.expectations.count }
                    == TestSuite.read(source) { _ in nil }.suite?.cases.map { $0.expectations.count })
        }
    }

    @Test func `comments and other lines stay`() throws {
        let updated = try #require(PromptUpdate.apply([0: "new"], to: SourceText(Self.files[0])))
        #expect(updated == Self.files[0].replacing("prompt: old", with: "prompt: \"new\""))
        #expect(PromptUpdate.apply([0: "old"], to: SourceText(Self.files[0])) == nil)
    }
}
