// Multiple-choice questions, and the files that they come in.
import JSONText

/// A text and several ways to go on, one of which is right.
public struct ChoiceTask: Sendable, Equatable {
    public var context: String
    public var endings: [String]
    /// Index of the right ending.
    public var answer: Int
    /// Where the task begins in its file.
    public var line: Int

    public init(context: String, endings: [String], answer: Int, line: Int = 1) {
        (self.context, self.endings, self.answer, self.line) = (context, endings, answer, line)
    }
}

extension ChoiceTask {
    /// Reads a file of tasks, in one of three forms.
    ///
    /// 1. JSON lines. Each is an object with the text (`context`, `ctx` or `question`), the `endings` (or `choices`), and the
    ///    index of the right one, from 0 (`label`, `answer` or `gold`; digits in a string will do). Empty lines are skipped; other
    ///    members are ignored, but HellaSwag's `activity_label` goes before its `ctx`, with a colon.
    /// 2. llama-perplexity's text form of HellaSwag: six lines a task, which are the text, the index, and four endings.
    /// 3. llama-perplexity's binary form (`ChoiceTask+Binary.swift`).
    ///
    /// - Throws: `EvaluationError.invalidChoices` for the first line that does not fit.
    public static func parse(_ bytes: [UInt8]) throws(EvaluationError) -> [ChoiceTask] {
        guard !isBinary(bytes) else { return try parseBinary(bytes) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
        let first = lines.first { !$0.allSatisfy(\.isWhitespace) }
        let isJSON = first?.drop(while: \.isWhitespace).first == "{"
        let tasks = isJSON ? try parseJSONLines(lines) : try parseSixLines(lines)
        guard !tasks.isEmpty else { throw .invalidChoices(line: 1, problem: "there are no questions in the file") }
        return tasks
    }

    private static func parseJSONLines(_ lines: [String]) throws(EvaluationError) -> [ChoiceTask] {
        var tasks: [ChoiceTask] = []
        for (index, text) in lines.enumerated() where !text.allSatisfy(\.isWhitespace) {
            let value: JSONValue
            do { value = try JSONValue(parsing: text, limits: .lenient) } catch {
                throw .invalidChoices(line: index + 1, problem: "\(error)")
            }
            tasks.append(try ChoiceTask(value, line: index + 1))
        }
        return tasks
    }

    private init(_ value: JSONValue, line: Int) throws(EvaluationError) {
        func member(_ names: [String]) -> JSONValue? { names.lazy.compactMap { value[$0] }.first }
        guard let text = member(["context", "ctx", "question"])?.string else {
            throw .invalidChoices(line: line, problem: "no text under 'context', 'ctx' or 'question'")
        }
        guard let endings = member(["endings", "choices"])?.array?.compactMap(\.string) else {
            throw .invalidChoices(line: line, problem: "no list of texts under 'endings' or 'choices'")
        }
        let label = member(["label", "answer", "gold"])
        guard let answer = label?.int ?? label?.string.flatMap({ Int($0) }) else {
            throw .invalidChoices(line: line, problem: "no index under 'label', 'answer' or 'gold'")
        }
        let activity = value["activity_label"]?.string.map { $0 + ": " } ?? ""
        try self.init(checking: activity + text, endings, answer, line: line)
    }

    private static func parseSixLines(_ lines: [String]) throws(EvaluationError) -> [ChoiceTask] {
        var lines = lines
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count % 6 == 0 else {
            throw .invalidChoices(line: lines.count, problem: "\(lines.count) lines, wanted six for each question")
        }
        var tasks: [ChoiceTask] = []
        for start in stride(from: 0, to: lines.count, by: 6) {
            guard let answer = Int(lines[start + 1].filter { !$0.isWhitespace }) else {
                throw .invalidChoices(line: start + 2, problem: "'\(lines[start + 1])' is not the index of an ending")
            }
            tasks.append(try ChoiceTask(checking: lines[start], Array(lines[start + 2..<start + 6]), answer, line: start + 1))
        }
        return tasks
    }

    init(checking context: String, _ endings: [String], _ answer: Int, line: Int) throws(EvaluationError) {
        guard (2...256).contains(endings.count) else {
            throw .invalidChoices(line: line, problem: "\(endings.count) endings, wanted 2 to 256")
        }
        guard endings.indices.contains(answer) else {
            throw .invalidChoices(line: line, problem: "the answer \(answer) is not one of \(endings.count) endings")
        }
        self.init(context: context, endings: endings, answer: answer, line: line)
    }
}
