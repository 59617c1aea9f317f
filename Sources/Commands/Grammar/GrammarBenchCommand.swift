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
    @Option(help: "How often to compile and follow the texts anew; the shortest time of each step counts.") var rounds = 1
    @Flag(help: "With --json: each text's tokens, and the time of the mask before each of them.") var times = false

    /// What following one text took.
    private struct Trace {
        var tokens: [TokenID]
        var microseconds: [Double] = []
        var isAccepted = true

        /// The shorter time of each mask: what took longer was somebody else's.
        mutating func improve(by other: Trace) {
            microseconds = zip(microseconds, other.microseconds).map { min($0, $1) }
        }
    }

    func run() throws {
        let tokenizer = try GrammarOptions.tokenizer(vocab)
        let table = TokenTable(tokenizer: tokenizer)
        let texts = try GrammarOptions.instances(instances)
        let source = try GrammarSource(file: options.grammar)
        var compile: [Double] = []
        var first: [Double] = []
        var traces: [Trace] = []
        for _ in 0..<max(1, rounds) {
            let start = ContinuousClock.now
            let machine = try source.machine(options: try options.schemaOptions())
            let compiled = ContinuousClock.now
            let constraint = Constraint(machine: machine, table: table)
            _ = constraint.mask()
            compile.append(start.duration(to: compiled).inMicroseconds)
            first.append(compiled.duration(to: .now).inMicroseconds)
            if first.count == 1 { options.noteWarnings(of: machine) }
            let round = texts.map { text in
                Self.follow(tokenizer.encode(text, bos: false, eos: false, parseSpecial: false), constraint)
            }
            if traces.isEmpty { traces = round } else { for index in traces.indices { traces[index].improve(by: round[index]) } }
        }
        let figures = Self.figures(traces.flatMap(\.microseconds).sorted())
        try report([("compile_us", compile.min() ?? 0), ("first_mask_us", first.min() ?? 0)] + figures, traces)
    }

    private static func follow(_ tokens: [TokenID], _ constraint: Constraint) -> Trace {
        constraint.restart()
        var trace = Trace(tokens: tokens)
        for token in tokens {
            let before = ContinuousClock.now
            let mask = constraint.mask()
            trace.microseconds.append(before.duration(to: .now).inMicroseconds)
            trace.isAccepted = mask.contains(token) && constraint.accept(token)
            if !trace.isAccepted { return trace }
        }
        trace.isAccepted = constraint.canEnd
        return trace
    }

    private static func figures(_ sorted: [Double]) -> [(String, Double)] {
        guard let last = sorted.last else { return [] }
        func quantile(_ part: Double) -> Double { sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))] }
        return [
            ("mask_mean_us", sorted.reduce(0, +) / Double(sorted.count)), ("mask_p50_us", quantile(0.5)),
            ("mask_p99_us", quantile(0.99)), ("mask_max_us", last), ("masks", Double(sorted.count)),
        ]
    }

    private func report(_ figures: [(String, Double)], _ traces: [Trace]) throws {
        if json {
            var object = JSONObject(figures.map { ($0.0, JSONValue.number(JSONNumber($0.1))) })
            object["accepted"] = .array(traces.map { .bool($0.isAccepted) })
            if times {
                object["tokens"] = .array(traces.map { .array($0.tokens.map { .number(JSONNumber(Int($0))) }) })
                object["mask_us"] = .array(traces.map { .array($0.microseconds.map { .number(JSONNumber($0)) }) })
            }
            try Console.putLine(JSONValue.object(object).text(.python(ensureASCII: false)))
            return
        }
        var table = TextTable()
        table.add(["FIGURE", "VALUE"])
        for (name, value) in figures { table.add([name, String(Int(value.rounded()))]) }
        try Console.put(table.text)
    }
}
