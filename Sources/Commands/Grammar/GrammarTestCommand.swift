import ArgumentParser
import Automata
import Bytes
import ChatPrompt
import ConstrainedDecoding
import Foundation
import JSONText
import ModelService
import ModelTesting
import Runner
import Sampling

struct GrammarTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Let a model answer under a grammar and check every answer",
        discussion: """
            The model answers at each temperature in turn, from another seed each time. Answers to a JSON Schema are judged by a
            validator that shares nothing with the grammar; other grammars judge their own. An answer that num_predict cuts off is
            counted apart. Ends with 1 where an answer is invalid.

            EXAMPLES
              quern grammar test chat schema.json -n 50
              quern grammar test model.gguf schema.json --temperature 0 --temperature 2 --json > result.json
            """)

    @Argument(help: "A model of the store, or a GGUF file.") var model: String
    @OptionGroup var options: GrammarOptions
    @Option(name: .customShort("n"), help: "How many answers.") var count = 20
    @Option(
        name: .customLong("temperature"), help: "A temperature; more than once for several. 0, 0.7 and 1.5 where none is given.")
    var temperatures: [Float] = []
    @Option(help: "Tokens of an answer at most.") var predict = 256
    @Option(help: "The first answer's seed.") var seed = 1
    @Option(help: "What the model is asked.") var prompt = "Give an example."
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("-n '\(count)', wanted 1 to 100000") }
        guard predict > 0 else { throw ValidationError("--predict '\(predict)', wanted more than 0") }
    }

    private struct Answer {
        var temperature: Float
        var seed: Int
        var text: String
        var isComplete: Bool
        var problem: String?
    }

    func run() throws {
        let source = try GrammarSource(file: options.grammar)
        let validator = try Self.validator(for: source)
        let machine = try source.machine(options: try options.schemaOptions())
        let judge = Constraint(machine: machine, table: TokenTable(texts: [], endTokens: []))
        let chat = try LocalModels.onHost(for: model).open(model)
        var answers: [Answer] = []
        for index in 0..<count {
            var answer = try self.answer(chat, source, index)
            if answer.isComplete { answer.problem = Self.problem(answer.text, validator, judge) }
            answers.append(answer)
        }
        try report(answers)
        if answers.contains(where: { $0.problem != nil }) { throw ExitCode.failure }
    }

    /// - Throws: what the validator does not understand: then nothing can be said of answers.
    private static func validator(for source: GrammarSource) throws -> JSONSchemaValidator? {
        switch source {
        case .json: try JSONSchemaValidator(["type": "object"])
        case .schema(let schema): try JSONSchemaValidator(schema)
        default: nil
        }
    }

    private func answer(_ chat: ChatModel, _ source: GrammarSource, _ index: Int) throws -> Answer {
        let all = temperatures.isEmpty ? [0, 0.7, 1.5] : temperatures
        var answer = Answer(temperature: all[index % all.count], seed: seed + index, text: "", isComplete: false)
        var options = chat.packageOptions
        options.format = ReplyFormat(source)
        options.predict = predict
        options.sampling.seed = answer.seed
        options.sampling.temperature = answer.temperature
        let summary = try chat.reply(
            to: [ChatMessage(role: "user", content: prompt)], think: .off, options: options,
            isCancelled: { Interruption.isRequested }
        ) { event in if case .content(let text) = event { answer.text += text } }
        if summary.endReason == .cancelled { throw Interrupted() }
        answer.isComplete = summary.endReason == .stop
        return answer
    }

    private static func problem(_ text: String, _ validator: JSONSchemaValidator?, _ judge: Constraint) -> String? {
        guard let validator else {
            judge.restart()
            return judge.accept(bytes: Array(text.utf8)) && judge.canEnd ? nil : "is no text of the grammar"
        }
        do {
            return validator.problem(with: try JSONValue(parsing: text))
        } catch {
            return "is no JSON: \(error)"
        }
    }

    private func report(_ answers: [Answer]) throws {
        let invalid = answers.filter { $0.problem != nil }
        let complete = answers.count { $0.isComplete }
        if json {
            let list = answers.map { answer -> JSONValue in
                var object = JSONObject([
                    ("temperature", JSONValue.number(JSONNumber(Double(answer.temperature)))),
                    ("seed", .number(JSONNumber(answer.seed))), ("text", .string(answer.text)),
                    ("complete", .bool(answer.isComplete)),
                ])
                if let problem = answer.problem { object["problem"] = .string(problem) }
                return .object(object)
            }
            let object = JSONObject([
                ("answers", JSONValue.number(JSONNumber(answers.count))),
                ("valid", .number(JSONNumber(complete - invalid.count))), ("invalid", .number(JSONNumber(invalid.count))),
                ("cut_off", .number(JSONNumber(answers.count - complete))), ("list", .array(list)),
            ])
            try Console.putLine(JSONValue.object(object).text(.python(ensureASCII: false)))
            return
        }
        try Console.putLine(
            "\(answers.count) answers: \(complete - invalid.count) valid, \(invalid.count) invalid, \(answers.count - complete) cut off by num_predict"
        )
        for answer in invalid {
            try Console.putLine("temperature \(answer.temperature), seed \(answer.seed): \(answer.problem ?? ""): \(answer.text)")
        }
    }
}
