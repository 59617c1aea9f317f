import ArgumentParser
import JSONText
import ModelService
import Runner

extension RunCommand {
    /// What only embedding models look at.
    struct EmbeddingOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "For embedding models: whether a text that is too long loses its end, true or false.", valueName: "choice"))
        var truncate = true
        @Option(help: ArgumentHelp("For embedding models: components of the vector; 0 is all.", valueName: "count"))
        var dimensions = 0

        /// Prints the vector of `text` as one line of JSON.
        func embed(_ text: String, with model: String, _ adapters: AdapterOptions, in models: LocalModels) throws {
            guard !text.isEmpty else { throw ServiceError.noInput(model: model) }
            let result = try models.openEmbedding(model, adapters: try adapters.sources()).embed(
                [text], truncates: truncate, dimensions: dimensions)
            let vector = JSONValue.array((result.vectors.first ?? []).map { .number(JSONNumber($0)) })
            try Console.putLine(vector.text())
        }
    }
}
