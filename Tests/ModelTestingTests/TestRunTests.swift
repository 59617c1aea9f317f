import ChatPrompt
import Diagnostics
import JSONText
import ModelTesting
import Testing

/// What holds and what does not, on a model that says what it is told to.
@Suite struct TestRunTests {
    private struct Parrot: TestedModel {
        struct Refusal: Error, CustomStringConvertible { let description: String }

        var reply = TestedAnswer(text: "", hasStopped: true, tokenCount: 3)
        var refusal: String?

        func prompt(for test: TestCase) throws -> String {
            if let refusal { throw Refusal(description: refusal) }
            return test.messages.map { "<\($0.role)>\($0.content)\n" }.joined()
        }

        func tokens(of prompt: String) -> [Int] { Array(prompt.utf8.map { Int($0) }.prefix(3)) }
        func answer(_ test: TestCase, limit: Int?) -> TestedAnswer { reply }
    }

    private func result(_ expect: String, _ model: Parrot = Parrot()) throws -> TestResult {
        let text = "tests:\n  - prompt: hi\n    expect:\n      \(expect)\n"
        let (suite, diagnostics) = TestSuite.read(SourceText(text)) { _ in nil }
        #expect(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
        return TestRun(model).run(try #require(suite?.cases.first))
    }

    private func says(_ text: String, stops: Bool = true) -> Parrot {
        Parrot(reply: TestedAnswer(text: text, hasStopped: stops, tokenCount: 5))
    }

    @Test(arguments: [
        ("prompt: \"<user>hi\\n\"", "", true), ("prompt: \"<user>hi\"", "", false), ("tokens: [60, 117, 115]", "", true),
        ("tokens: [60]", "", false), ("answer: a b", "a b", true), ("answer: a", "a b", false), ("contains: [a, b]", "a b", true),
        ("contains: [a, c]", "a b", false), ("excludes: c", "a b", true), ("excludes: b", "a b", false),
        ("matches: '^a.b$'", "a b", true), ("matches: '^b'", "a b", false), ("stops: true", "", true),
        ("schema: {type: object, required: [x]}", "{\"x\": 1}", true),
        ("schema: {type: object, required: [y]}", "{\"x\": 1}", false),
        ("schema: {type: object}", "no", false), ("tool-calls: []", "", true), ("tool-call: t", "", false),
    ])
    func `expectations hold or do not`(expect: String, answer: String, holds: Bool) throws {
        #expect(try result(expect, says(answer)).hasPassed == holds)
    }

    @Test func `an answer that does not end is told with what there was of it`() throws {
        let failure = try #require(try result("stops: 5", says("on and on ", stops: false)).checks.first?.failure)
        #expect(failure.message == "the answer does not end within 5 tokens" && failure.details == ["found   on and on·"])
    }

    @Test func `calls are compared by name and arguments, whatever the order of members`() throws {
        let call = ToolCall(name: "t", arguments: JSONObject([("a", 1), ("b", .number(JSONNumber(2.0)))]))
        let model = Parrot(reply: TestedAnswer(text: "", toolCalls: [call], hasStopped: true, tokenCount: 1))
        #expect(try result("tool-call: {name: t, arguments: {b: 2, a: 1}}", model).hasPassed)
        #expect(try result("tool-call: t", model).hasPassed)
        let failure = try #require(try result("tool-call: {name: t, arguments: {a: 2}}", model).checks.first?.failure)
        #expect(failure.message == "'t' is called with other arguments")
        #expect(failure.details == ["found   t({\"a\":1,\"b\":2})", "wanted  t({\"a\":2})"])
    }

    @Test func `an error may be what is wanted`() throws {
        let model = Parrot(refusal: "roles must alternate")
        #expect(try result("error: must alternate", model).hasPassed)
        #expect(
            try result("error: other", model).checks.first?.failure?.details == ["found   roles must alternate", "wanted  other"])
        #expect(try result("contains: x", model).checks.map(\.name) == ["run"])
        #expect(try result("error: x").checks.first?.failure?.message == "no error; wanted one with 'x'")
    }

    @Test func `a difference is shown to the character, blanks and all`() {
        let lines = TextDifference.lines(found: "one\n<user> hi \nthree\n", wanted: "one\n<user>hi\nthree\n")
        #expect(
            lines == [
                "at line 2, character 7 (- wanted, + found)", "  one␊", "- <user>hi␊", "+ <user> hi·␊", "        ^", "  three␊",
            ])
        #expect(TextDifference.lines(found: "a\n", wanted: "a").dropFirst() == ["- a", "+ a␊", "   ^"])
        #expect(TextDifference.lines(found: "a\nb\n", wanted: "a\n") == ["at line 2 (- wanted, + found)", "  a␊", "+ b␊"])
        let long = String(repeating: "x", count: 300)
        #expect(TextDifference.lines(found: long + "a", wanted: long + "b").allSatisfy { $0.unicodeScalars.count < 120 })
    }

    @Test func `reports are trees, JUnit and JSON`() throws {
        let report = TestReport(
            file: "f", results: [try result("contains: a", says("a")), try result("contains: '<b>'", says("a"))])
        let lines = report.tree(color: false).replacing(/\([0-9.]+ m?s\)/, with: "(t)").split(separator: "\n")
        #expect(
            lines == [
                "f", "├─ ✔ test 1 (t)", "└─ ✘ test 1 (t)", "   └─ ✘ contains: the answer lacks '<b>'", "      found   a",
            ])
        #expect(report.summary == "1 passed, 1 failed" && report.tree(color: true).contains("\u{1B}[31m"))
        let junit = TestJUnitReport.render([report])
        #expect(
            junit.contains("tests=\"2\" failures=\"1\"") && junit.contains("message=\"contains: the answer lacks '&lt;b&gt;'\""))
        let tests = try #require([report].json["files"]?[0]?["tests"])
        #expect(tests[0]?["passed"] == true && tests[1]?["checks"]?[0]?["details"]?[0]?.string == "found   a")
    }
}
