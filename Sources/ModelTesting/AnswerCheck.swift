import ChatPrompt
import Diagnostics
import JSONText

/// Holds an answer against what is expected of it.
struct AnswerCheck {
    let answer: TestedAnswer

    func failure(_ expectation: Expectation) -> CheckFailure? {
        switch expectation {
        case .stops(let limit): return stops(within: limit)
        case .answer(let wanted): return TextDifference.failure("the answer differs", found: answer.text, wanted: wanted)
        case .thinking(let wanted):
            let isThere = answer.thinking.contains(wanted)
            return isThere ? nil : missing("the thinking lacks '\(Self.shown(wanted))'", answer.thinking)
        case .contains(let texts):
            return texts.first { !answer.text.contains($0) }.flatMap {
                missing("the answer lacks '\(Self.shown($0))'", answer.text)
            }
        case .excludes(let texts):
            return texts.first { answer.text.contains($0) }.flatMap { missing("the answer has '\(Self.shown($0))'", answer.text) }
        case .matches(let patterns): return matches(patterns)
        case .schema(let schema): return fits(schema)
        case .toolCalls(let wanted): return calls(wanted)
        case .prompt, .tokens, .error: return nil
        }
    }

    private func stops(within limit: Int?) -> CheckFailure? {
        guard !answer.hasStopped else { return nil }
        return missing("the answer does not end within \(limit ?? answer.tokenCount) tokens", answer.text)
    }

    private func matches(_ patterns: [String]) -> CheckFailure? {
        for pattern in patterns {
            guard let expression = try? Regex(pattern), (try? expression.firstMatch(in: answer.text)) != nil else {
                return missing("nothing in the answer matches /\(pattern)/", answer.text)
            }
        }
        return nil
    }

    private func fits(_ schema: JSONValue) -> CheckFailure? {
        let value: JSONValue
        do { value = try JSONValue(parsing: answer.text) } catch {
            return missing("the answer is not JSON: \(error)", answer.text)
        }
        guard let validator = try? JSONSchemaValidator(schema), let problem = validator.problem(with: value) else { return nil }
        return missing("the answer does not fit the schema: \(problem)", answer.text)
    }

    private func calls(_ wanted: [Expectation.ExpectedCall]) -> CheckFailure? {
        let found = answer.toolCalls
        let details =
            ["found   " + (found.isEmpty ? "no call" : found.map(Self.text).joined(separator: ", "))]
            + ["wanted  " + (wanted.isEmpty ? "no call" : wanted.map { Self.text($0.name, $0.arguments) }.joined(separator: ", "))]
        guard found.count == wanted.count else {
            let heard = found.isEmpty && !answer.text.isEmpty ? ["answer  \(Self.shown(answer.text))"] : []
            return CheckFailure("\(found.count) tool calls, not \(wanted.count)", details + heard)
        }
        for (call, wanted) in zip(found, wanted) {
            if call.name != wanted.name { return CheckFailure("the tool '\(call.name)' is called, not '\(wanted.name)'", details) }
            guard let arguments = wanted.arguments, !JSONSchemaValidator.areEqual(.object(call.arguments), .object(arguments))
            else {
                continue
            }
            return CheckFailure("'\(call.name)' is called with other arguments", details)
        }
        return nil
    }

    private func missing(_ message: String, _ text: String) -> CheckFailure {
        CheckFailure(message, ["found   \(text.isEmpty ? "nothing" : Self.shown(text))"])
    }

    private static func text(_ call: ToolCall) -> String { text(call.name, call.arguments) }

    private static func text(_ name: String, _ arguments: JSONObject?) -> String {
        "\(name)(\(arguments.map { JSONValue.object($0).text() } ?? "…"))"
    }

    /// On one line, and not without end.
    static func shown(_ text: String) -> String { DisplayWidth.truncating(TextDifference.visible(text), to: 400) }
}
