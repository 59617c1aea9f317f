// llama-perplexity's binary form of multiple-choice questions (`--multiple-choice`): MMLU, ARC and TruthfulQA are passed around so.
import Bytes

extension ChoiceTask {
    /// Whether the bytes are of the binary form: its first number, a count, has a zero that no text has.
    static func isBinary(_ bytes: [UInt8]) -> Bool { bytes.count >= 8 && bytes[3] == 0 }

    /// Reads the binary form, little endian: the count of tasks and where each of them begins; then for each task its text and two
    /// lists of answers, of which the second one may have several that are right and is not used. A list is a count, the texts,
    /// and a number for each that is 1 where it is right. A text is its length and its bytes.
    ///
    /// - Throws: `EvaluationError.invalidChoices`, whose line is the number of the task.
    static func parseBinary(_ bytes: [UInt8]) throws(EvaluationError) -> [ChoiceTask] {
        var reader = ByteReader(ByteRegion(bytes))
        var tasks: [ChoiceTask] = []
        do throws(BytesError) {
            let count: UInt32 = try reader.read()
            try reader.skip(4 * UInt64(count))
            for _ in 0..<count { tasks.append(try readTask(&reader, number: tasks.count + 1)) }
        } catch {
            throw .invalidChoices(line: tasks.count + 1, problem: "\(error)")
        }
        return try tasks.map { task throws(EvaluationError) in
            guard task.answer >= 0 else { throw .invalidChoices(line: task.line, problem: "no answer is marked as right") }
            return try ChoiceTask(checking: task.context, task.endings, task.answer, line: task.line)
        }
    }

    /// A task whose answer is -1 where none is marked.
    private static func readTask(_ reader: inout ByteReader, number: Int) throws(BytesError) -> ChoiceTask {
        let context = try readText(&reader)
        let (endings, labels) = try readAnswers(&reader)
        _ = try readAnswers(&reader)
        return ChoiceTask(context: context, endings: endings, answer: labels.firstIndex(of: 1) ?? -1, line: number)
    }

    private static func readAnswers(_ reader: inout ByteReader) throws(BytesError) -> ([String], [Int32]) {
        let count: UInt32 = try reader.read()
        var (texts, labels): ([String], [Int32]) = ([], [])
        // Every text takes four bytes at least, so a hostile count ends with the bytes.
        for _ in 0..<count { texts.append(try readText(&reader)) }
        for _ in 0..<count { labels.append(try reader.read()) }
        return (texts, labels)
    }

    private static func readText(_ reader: inout ByteReader) throws(BytesError) -> String {
        let length: UInt32 = try reader.read()
        return try reader.readRegion(UInt64(length)).text()
    }
}
