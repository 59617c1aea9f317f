import ChatPrompt

/// Runs tests on a model, one after another.
public struct TestRun {
    private let model: any TestedModel

    public init(_ model: any TestedModel) { self.model = model }

    public func run(_ test: TestCase) -> TestResult {
        let start = ContinuousClock.now
        var result = TestResult(test: test, checks: [], duration: .zero)
        do { try check(test, &result) } catch { result.checks.append(Self.failed(test, error)) }
        result.duration = start.duration(to: .now)
        return result
    }

    /// What an error is worth: it may be what the test expects.
    private static func failed(_ test: TestCase, _ error: any Error) -> CheckResult {
        for case .error(let wanted) in test.expectations {
            let isMeant = "\(error)".contains(wanted)
            return CheckResult(
                name: "error", failure: isMeant ? nil : CheckFailure("another error", ["found   \(error)", "wanted  \(wanted)"]))
        }
        return CheckResult(name: "run", failure: CheckFailure("\(error)"))
    }

    private func check(_ test: TestCase, _ result: inout TestResult) throws {
        let prompt = try model.prompt(for: test)
        result.prompt = prompt
        for case .error(let wanted) in test.expectations {
            // Where rendering succeeds, answering must fail.
            _ = try model.answer(test, limit: 1)
            result.checks.append(CheckResult(name: "error", failure: CheckFailure("no error; wanted one with '\(wanted)'")))
        }
        let answer = test.needsAnswer ? try model.answer(test, limit: test.stopLimit) : nil
        for expectation in test.expectations {
            if case .error = expectation { continue }
            result.checks.append(
                CheckResult(name: expectation.key, failure: try failure(expectation, prompt: prompt, answer: answer)))
        }
    }

    private func failure(_ expectation: Expectation, prompt: String, answer: TestedAnswer?) throws -> CheckFailure? {
        switch expectation {
        case .prompt(let wanted): return TextDifference.failure("the prompt differs", found: prompt, wanted: wanted)
        case .tokens(let wanted): return Self.tokens(try model.tokens(of: prompt), wanted)
        case .error: return nil
        default: return answer.flatMap { AnswerCheck(answer: $0).failure(expectation) }
        }
    }

    private static func tokens(_ found: [Int], _ wanted: [Int]) -> CheckFailure? {
        guard found != wanted else { return nil }
        let place = zip(found, wanted).prefix { $0 == $1 }.count
        func window(_ ids: [Int]) -> String {
            let shown = ids[max(0, min(place - 3, ids.count))..<min(ids.count, place + 6)]
            return (place > 3 ? "… " : "") + shown.map(String.init).joined(separator: " ") + (place + 6 < ids.count ? " …" : "")
        }
        return CheckFailure(
            "the tokens differ from number \(place + 1) on (\(found.count) found, \(wanted.count) wanted)",
            ["found   \(window(found))", "wanted  \(window(wanted))"])
    }
}

extension TestCase {
    /// Tokens after which a test has failed: generating more would tell nothing.
    fileprivate var stopLimit: Int? {
        let limits = expectations.compactMap { if case .stops(let limit) = $0 { limit } else { nil } }
        return limits.min()
    }
}
