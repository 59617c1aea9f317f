import Evaluation
import Foundation
import Testing
import Tokenization
import TransformerEngine

/// Multiple-choice questions.
@Suite struct ChoiceTests {
    private func parse(_ text: String) throws -> [ChoiceTask] { try ChoiceTask.parse(Array(text.utf8)) }

    @Test func `JSON lines are read under all names that such files use`() throws {
        let tasks = try parse(
            """
            {"context": "A", "endings": ["x", "y"], "label": 1}

            {"ctx": "B", "activity_label": "Cooking", "endings": ["x", "y", "z"], "label": "2", "ind": 7}\r
            {"question": "C", "choices": ["x", "y"], "answer": 0}
            """)
        #expect(
            tasks == [
                ChoiceTask(context: "A", endings: ["x", "y"], answer: 1, line: 1),
                ChoiceTask(context: "Cooking: B", endings: ["x", "y", "z"], answer: 2, line: 3),
                ChoiceTask(context: "C", endings: ["x", "y"], answer: 0, line: 4),
            ])
    }

    @Test func `six lines are a question`() throws {
        let tasks = try parse("A: b\n2\ne0\ne1\ne2\ne3\nC: d\n0\nf0\nf1\nf2\nf3\n")
        #expect(tasks.map(\.context) == ["A: b", "C: d"])
        #expect(tasks.map(\.answer) == [2, 0])
        #expect(tasks[1].endings == ["f0", "f1", "f2", "f3"])
        #expect(tasks[1].line == 7)
    }

    private func words(_ numbers: UInt32...) -> [UInt8] {
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }

    private func counted(_ text: String) -> [UInt8] { words(UInt32(text.utf8.count)) + Array(text.utf8) }

    @Test func `the binary form is read, and cut off anywhere it is an error`() throws {
        let parts = [words(1, 8), counted("Is it?"), words(3), counted("x"), counted("yes"), counted(""), words(0, 1, 0), words(0)]
        let bytes = Array(parts.joined())
        #expect(try ChoiceTask.parse(bytes) == [ChoiceTask(context: "Is it?", endings: ["x", "yes", ""], answer: 1)])
        for length in 8..<bytes.count {
            #expect(throws: EvaluationError.self) { try ChoiceTask.parse(Array(bytes[..<length])) }
        }
        let unmarked = [words(1, 8), counted("Is it?"), words(2), counted("x"), counted("y"), words(0, 0, 0)]
        #expect(throws: EvaluationError.invalidChoices(line: 1, problem: "no answer is marked as right")) {
            try ChoiceTask.parse(Array(unmarked.joined()))
        }
    }

    @Test(arguments: [
        "", "{\"context\": \"A\"}", "{\"context\": \"A\", \"endings\": [\"x\"], \"label\": 0}",
        "{\"context\": \"A\", \"endings\": [\"x\", \"y\"], \"label\": 2}", "{\"context\": \"A\", \"endings\": [\"x\", \"y\"]}",
        "{", "one\ntwo\nthree", "A\nfirst\ne\ne\ne\ne", "A\n4\ne\ne\ne\ne",
    ])
    func `what is no question is an error`(text: String) {
        #expect(throws: EvaluationError.self) { try parse(text) }
    }

    @Test func `the likeliest ending is the one with the highest mean`() throws {
        let tiny = try TinyLlama()
        let session = try tiny.session(contextLength: 64, batchSize: 7)
        let evaluation = ChoiceEvaluation(session, tokenizer: tiny.tokenizer)
        for context in ["the cat", "a dog and", "q"] {
            let task = ChoiceTask(context: context, endings: ["sat down", "sat", "xyzzy", "flew over the moon"], answer: 0)
            let means = try task.endings.map { ending in
                let sequence = tiny.tokenizer.encode(context + " " + ending)
                let first = tiny.tokenizer.encode(context + " ").count
                let plain = try tiny.session(contextLength: 64)
                try plain.evaluate(sequence, logits: .all)
                var sum = 0.0
                for position in first..<sequence.count {
                    let row = plain.logits(position - 1)
                    let highest = Double(row.max() ?? 0)
                    sum += Double(row[Int(sequence[position])]) - highest
                    sum -= log(row.reduce(0.0) { $0 + exp(Double($1) - highest) })
                }
                return sum / Double(sequence.count - first)
            }
            #expect(try evaluation.best(of: task) == means.firstIndex(of: means.max() ?? 0))
        }
    }

    @Test func `one ending may be the beginning of another`() throws {
        let tiny = try TinyLlama()
        let evaluation = ChoiceEvaluation(try tiny.session(contextLength: 64), tokenizer: tiny.tokenizer)
        let task = ChoiceTask(context: "x", endings: ["yes", "yesterday", "yes"], answer: 0)
        #expect([0, 1].contains(try evaluation.best(of: task)))
    }

    @Test func `a question that does not fit the context names its line`() throws {
        let tiny = try TinyLlama()
        let evaluation = ChoiceEvaluation(try tiny.session(contextLength: 8), tokenizer: tiny.tokenizer)
        let task = ChoiceTask(context: "a long question", endings: ["x", "y"], answer: 0, line: 12)
        #expect {
            try evaluation.best(of: task)
        } throws: { error in
            if case .choiceTooLong(line: 12, tokens: _, contextLength: 8)? = error as? EvaluationError { true } else { false }
        }
    }

    @Test func `a score lies in its interval`() {
        let score = ChoiceScore(correct: 50, count: 100)
        #expect(abs(score.interval.lowerBound - 0.4038) < 1e-4)
        #expect(abs(score.interval.upperBound - 0.5962) < 1e-4)
        #expect(ChoiceScore(correct: 0, count: 0).interval == 0...1)
    }
}
