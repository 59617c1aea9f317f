import ArgumentParser
import Automata
import ConstrainedDecoding
import JSONText
import Tokenization

struct GrammarBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Time a grammar's compilation and its masks over a vocabulary",
        discussion: """
            Compiles the grammar, then follows each text token by token and times the mask before each token. Prints microseconds.

            EXAMPLE
              quern grammar bench --vocab model.gguf schema.json --instances answers.jsonl --json
            """)

    @OptionGroup var options: GrammarOptions
    @Option(help: "A model of the store, or a GGUF file, whose tokens are used.") var vocab: String
    @Option(help: "A file of texts, one a line.") var instances: String
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let tokenizer = try GrammarOptions.tokenizer(vocab)
        let table = TokenTable(tokenizer: tokenizer)
        let texts = try GrammarOptions.instances(instances)
        let start = ContinuousClock.now
        let machine = try options.machine()
        let compiled = ContinuousClock.now
        let constraint = Constraint(machine: machine, table: table)
        _ = constraint.mask()
        let firstMask = ContinuousClock.now
        var times: [Double] = []
        var accepted: [Bool] = []
        for text in texts {
            constraint.restart()
            var isAccepted = true
            for token in tokenizer.encode(text, bos: false, eos: false, parseSpecial: false) {
                let before = ContinuousClock.now
                let mask = constraint.mask()
                times.append(before.duration(to: .now).microseconds)
                isAccepted = mask.contains(token) && constraint.accept(token)
                if !isAccepted { break }
            }
            accepted.append(isAccepted && constraint.canEnd)
        }
        let figures = Self.figures(times.sorted())
        try report(
            [
                ("compile_us", start.duration(to: compiled).microseconds),
                ("first_mask_us", compiled.duration(to: firstMask).microseconds),
            ] + figures, accepted)
    }

    private static func figures(_ sorted: [Double]) -> [(String, Double)] {
        guard let last = sorted.last else { return [] }
        func quantile(_ part: Double) -> Double { sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))] }
        return [
            ("mask_mean_us", sorted.reduce(0, +) / Double(sorted.count)), ("mask_p50_us", quantile(0.5)),
            ("mask_p99_us", quantile(0.99)), ("mask_max_us", last), ("masks", Double(sorted.count)),
        ]
    }

    private func report(_ figures: [(String, Double)], _ accepted: [Bool]) throws {
        if json {
            var object = JSONObject(figures.map { ($0.0, JSONValue.number(JSONNumber($0.1))) })
            object["accepted"] = .array(accepted.map { .bool($0) })
            try Console.putLine(JSONValue.object(object).text(.python(ensureASCII: false)))
            return
        }
        var table = TextTable()
        table.add(["FIGURE", "VALUE"])
        for (name, value) in figures { table.add([name, String(Int(value.rounded()))]) }
        try Console.put(table.text)
    }
}

extension Duration {
    fileprivate var microseconds: Double { Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12 }
}
