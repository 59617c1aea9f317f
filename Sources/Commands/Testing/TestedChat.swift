import Bytes
import ChatPrompt
import ModelService
import ModelTesting
import Runner

/// A model with the included runner, as tests see it.
struct TestedChat: TestedModel {
    let chat: ChatModel

    func prompt(for test: TestCase) throws -> String {
        try chat.prompt(for: test.messages, tools: test.tools, think: test.think)
    }

    func tokens(of prompt: String) throws -> [Int] { chat.tokens(of: prompt).map { Int($0) } }

    func answer(_ test: TestCase, limit: Int?) throws -> TestedAnswer {
        var options = chat.packageOptions
        let unknown = try options.apply(test.options)
        if let name = unknown.first { throw UnknownOption(name: name) }
        if let limit { options.predict = options.predict < 0 ? limit : min(limit, options.predict) }
        // A model that never stops would answer until its context is full ten times over.
        if options.predict < 0 { options.predict = Self.tokenLimit }
        var answer = TestedAnswer(text: "", hasStopped: false, tokenCount: 0)
        let summary = try chat.reply(
            to: test.messages, tools: test.tools, think: test.think, options: options,
            isCancelled: { Interruption.isRequested }
        ) { event in
            switch event {
            case .content(let text): answer.text += text
            case .thinking(let text): answer.thinking += text
            case .toolCall(let call): answer.toolCalls.append(call)
            }
        }
        if summary.endReason == .cancelled { throw Interrupted() }
        answer.hasStopped = summary.endReason == .stop
        answer.tokenCount = summary.generatedTokens
        return answer
    }

    /// Tokens that an answer may have where nobody said how many.
    private static let tokenLimit = 512
}

/// An option in a test file that no runner has.
private struct UnknownOption: Error, CustomStringConvertible {
    let name: String
    var description: String { "unknown option '\(name)'" }
}
