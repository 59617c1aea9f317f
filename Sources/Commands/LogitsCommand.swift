import ArgumentParser
import Compute
import GGUF
import JSONText
import ModelService
import Runner
import TransformerEngine

struct LogitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logits", abstract: "Print a model's logits for given tokens",
        discussion: """
            An aid for checking conversions: nothing is added to the ids, and there is one array of logits for each position.

            EXAMPLE
              quern logits model.gguf --ids 1,2,3 --json
            """)

    @Argument(help: "A model of the store, or a GGUF file.") var model: String
    @Option(help: ArgumentHelp("Token ids, separated by commas.", valueName: "ids")) var ids: String
    @OptionGroup var cache: CacheOption
    @OptionGroup var adapters: AdapterOptions
    @Flag(help: "Where numbers become infinite or undefined, name the layer.") var debugLayers = false
    @Flag(help: "Print JSON; without it, the five most likely tokens of each position.") var json = false

    func run() throws {
        let tokens = try ids.split(separator: ",").map { text in
            guard let id = Int32(text.trimmingPrefix(while: \.isWhitespace)) else {
                throw ValidationError("'\(text)' is not a token id")
            }
            return id
        }
        let loaded = try LocalModels().load(model, adapters: try adapters.sources())
        let session = try InferenceSession(
            model: loaded.transformer, contextLength: max(tokens.count, 1), cacheType: try cache.type,
            pool: ThreadPool())
        session.inspectsLayers = debugLayers
        try session.evaluate(tokens, logits: .all)
        try loaded.file.checkIntact()
        let rows = (0..<tokens.count).map { session.logits($0) }
        guard !json else {
            let values = rows.map { row in JSONValue.array(row.map { .number(JSONNumber($0)) }) }
            return try Console.putLine(JSONValue.object(["logits": .array(values)]).text())
        }
        for (position, row) in rows.enumerated() {
            let best = row.enumerated().sorted { $0.element > $1.element }.prefix(5)
            let texts = best.map { "\($0.offset): \(HumanFormat.fixed(Double($0.element), 4))" }
            try Console.putLine("\(position)  \(texts.joined(separator: "  "))")
        }
    }
}
