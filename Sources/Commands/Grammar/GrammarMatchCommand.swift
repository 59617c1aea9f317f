import ArgumentParser
import Automata
import ConstrainedDecoding
import JSONText
import Tokenization

struct GrammarMatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Say which texts a grammar accepts",
        discussion: """
            Each line of the instances' file is one text, matched as its bytes stand. With --vocab it goes token by token through the
            masks that a generation would be held to.

            EXAMPLES
              quern grammar match schema.json --instances answers.jsonl
              quern grammar match chess.gbnf --instances games.txt --vocab model.gguf --json
            """)

    @OptionGroup var options: GrammarOptions
    @Option(help: "A file of texts, one a line.") var instances: String
    @Option(help: "A model of the store, or a GGUF file, whose tokens are used.") var vocab: String?
    @Flag(help: "Print one JSON object: whether each text is accepted.") var json = false

    func run() throws {
        let machine = try options.machine()
        let texts = try GrammarOptions.instances(instances)
        let tokenizer = try vocab.map { try GrammarOptions.tokenizer($0) }
        let table = tokenizer.map { TokenTable(tokenizer: $0) } ?? TokenTable(texts: [], endTokens: [])
        let constraint = Constraint(machine: machine, table: table)
        let accepted = texts.map { text in
            constraint.restart()
            return tokenizer.map { Self.matches(text, constraint, $0) } ?? (constraint.accept(bytes: text) && constraint.canEnd)
        }
        if json {
            try Console.putLine(
                JSONValue.object(["accepted": .array(accepted.map { .bool($0) })]).text(.python(ensureASCII: false)))
        } else {
            for (index, isAccepted) in accepted.enumerated() {
                try Console.putLine("\(index + 1): \(isAccepted ? "accepted" : "rejected")")
            }
        }
    }

    /// Whether the masks let the text's own tokens through, one after the other, and then let it end.
    private static func matches(_ text: [UInt8], _ constraint: Constraint, _ tokenizer: Tokenizer) -> Bool {
        for token in tokenizer.encode(text, bos: false, eos: false, parseSpecial: false) {
            guard constraint.mask().contains(token), constraint.accept(token) else { return false }
        }
        return constraint.canEnd
    }
}
