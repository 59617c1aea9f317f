import ArgumentParser
import Automata
import Bytes
import ConstrainedDecoding
import Foundation
import JSONSchemaGrammar
import JSONText
import Tokenization

struct GrammarCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Prove that a grammar compiles and has texts, and try it on samples",
        discussion: """
            Says what of a schema is not enforced, shows the shortest text and random ones, and warns where blanks may follow one
            another for ever. The files in the folders accept and reject beside the grammar (or of --accept and --reject), each one
            text, must be accepted and rejected. With --vocab also what masks cost.

            EXAMPLES
              quern grammar check schema.json
              quern grammar check calls.gbnf --accept good --reject bad --vocab model.gguf
            """)

    @OptionGroup var options: GrammarOptions
    @Option(help: "A folder of texts that must be accepted.") var accept: String?
    @Option(help: "A folder of texts that must be rejected.") var reject: String?
    @Option(help: "How many random texts to show.") var samples = 3
    @Option(help: "Start random numbers here.") var seed: UInt64 = 1
    @Option(help: "A model of the store, or a GGUF file, over whose tokens masks are timed.") var vocab: String?
    @Flag(help: "Print one JSON object.") var json = false

    private struct Finding {
        var compileMicroseconds = 0.0
        var warnings: [String] = []
        var shortest: String?
        var samples: [String] = []
        var wrong: [String] = []
        var checked = 0
        var meanMaskMicroseconds: Double?
    }

    func run() throws {
        var finding = Finding()
        let start = ContinuousClock.now
        let source = try GrammarSource(file: options.grammar)
        let machine = try source.machine(options: try options.schemaOptions())
        finding.compileMicroseconds = start.duration(to: .now).inMicroseconds
        if let schema = machine as? JSONMachine { finding.warnings = schema.warnings.map(\.description) }
        let (compact, texts) = try sampled(source)
        (finding.shortest, finding.samples) = (compact, texts)
        if let blanks = GrammarSampler(machine).endlessBlanks() {
            let place =
                blanks.isEmpty ? "at the start" : "after \(JSONValue.string(String(decoding: blanks, as: UTF8.self)).text())"
            finding.warnings.append("blanks may follow one another for ever \(place)")
        }
        try checkFolders(machine, &finding)
        if let vocab { finding.meanMaskMicroseconds = try maskCost(machine, vocab, texts) }
        try report(finding)
        if finding.shortest == nil || !finding.wrong.isEmpty { throw ExitCode.failure }
    }

    /// The shortest text and random ones, without blanks and with properties in order: as short as the grammar lets them be.
    private func sampled(_ source: GrammarSource) throws -> (String?, [String]) {
        var plain = try options.schemaOptions()
        (plain.whitespace, plain.propertyOrder) = (.none, .declared)
        let sampler = GrammarSampler(try source.machine(options: plain))
        guard let shortest = sampler.shortest() else { return (nil, []) }
        var random = SeededRandom(state: seed)
        let texts = (0..<max(0, samples)).compactMap { _ in sampler.random(length: 60, using: &random) }
        return (String(decoding: shortest, as: UTF8.self), texts.map { String(decoding: $0, as: UTF8.self) })
    }

    private func checkFolders(_ machine: any GrammarMachine, _ finding: inout Finding) throws {
        let beside = URL(fileURLWithPath: options.grammar).deletingLastPathComponent()
        let constraint = Constraint(machine: machine, table: TokenTable(texts: [], endTokens: []))
        for (given, name, isWanted) in [(accept, "accept", true), (reject, "reject", false)] {
            let folder = given ?? beside.appendingPathComponent(name).path
            guard given != nil || FileManager.default.fileExists(atPath: folder) else { continue }
            for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where !file.hasPrefix(".") {
                let path = "\(folder)/\(file)"
                var text = try OpenFile.stream(path, limit: GrammarOptions.sampleLimit)
                // The newline that editors leave at the end is the file's, not the text's.
                if text.last == UInt8(ascii: "\n"), !accepts(text, constraint) { text.removeLast() }
                finding.checked += 1
                if accepts(text, constraint) != isWanted {
                    finding.wrong.append("\(path): is \(isWanted ? "rejected" : "accepted")")
                }
            }
        }
    }

    private func accepts(_ text: [UInt8], _ constraint: Constraint) -> Bool {
        constraint.restart()
        return constraint.accept(bytes: text) && constraint.canEnd
    }

    private func maskCost(_ machine: any GrammarMachine, _ vocab: String, _ texts: [String]) throws -> Double? {
        let tokenizer = try GrammarOptions.tokenizer(vocab)
        let constraint = Constraint(machine: machine, table: TokenTable(tokenizer: tokenizer))
        var times: [Double] = []
        for text in texts {
            constraint.restart()
            for token in tokenizer.encode(Array(text.utf8), bos: false, eos: false, parseSpecial: false) {
                let before = ContinuousClock.now
                let mask = constraint.mask()
                times.append(before.duration(to: .now).inMicroseconds)
                guard mask.contains(token), constraint.accept(token) else { break }
            }
        }
        return times.isEmpty ? nil : times.reduce(0, +) / Double(times.count)
    }

    private func report(_ finding: Finding) throws {
        if json {
            var object = JSONObject([
                ("compile_us", JSONValue.number(JSONNumber(finding.compileMicroseconds))),
                ("empty", .bool(finding.shortest == nil)), ("warnings", Self.array(finding.warnings)),
                ("samples", Self.array(finding.samples)), ("checked", .number(JSONNumber(finding.checked))),
                ("wrong", Self.array(finding.wrong)),
            ])
            if let shortest = finding.shortest { object["shortest"] = .string(shortest) }
            if let mean = finding.meanMaskMicroseconds { object["mask_mean_us"] = .number(JSONNumber(mean)) }
            try Console.putLine(JSONValue.object(object).text(.python(ensureASCII: false)))
            return
        }
        try Console.putLine("compiles in \(Int(finding.compileMicroseconds.rounded())) µs")
        for warning in finding.warnings { try Console.putLine("warning: \(warning)") }
        try Console.putLine(
            finding.shortest.map { "shortest: \($0)" } ?? "no text is found that ends: the grammar is empty or too long")
        for sample in finding.samples { try Console.putLine("random:   \(sample)") }
        if finding.checked > 0 {
            try Console.putLine("\(finding.checked) samples, \(finding.wrong.count) judged otherwise than their folder says")
        }
        for wrong in finding.wrong { try Console.putLine("error: \(wrong)") }
        if let mean = finding.meanMaskMicroseconds { try Console.putLine("a mask takes \(Int(mean.rounded())) µs in the mean") }
    }

    private static func array(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

/// Random numbers that come again with the same seed (SplitMix64, Steele, Lea and Flood 2014).
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

extension Duration {
    var inMicroseconds: Double { Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12 }
}
