import ArgumentParser
import Bytes
import JSONText
import ModelService
import Runner

struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Turn texts into vectors",
        discussion: """
            Each text gives one line: its vector as a JSON array, of length one. Without texts, standard input is one.

            EXAMPLES
              quern embed all-minilm "a text" "another"
              cat sentences.txt | quern embed all-minilm --lines
              quern embed all-minilm --dimensions 128 --json "a text"
            """)

    @Argument(help: "An embedding model of the store, or a GGUF file.") var model: String
    @Argument(help: "The texts.") var texts: [String] = []
    @Flag(help: "Take each line of standard input for a text; empty ones are left out.") var lines = false
    @Flag(inversion: .prefixedNo, help: "Cut a text that is too long; it is an error otherwise.") var truncate = true
    @Option(help: ArgumentHelp("Components of a vector; 0 is all.", valueName: "count")) var dimensions = 0
    @Flag(help: "Print one JSON object, with counts.") var json = false
    @OptionGroup var adapters: AdapterOptions

    /// Texts that are embedded before their vectors are printed.
    private static let batch = 64

    func validate() throws {
        guard dimensions >= 0 else { throw ValidationError("--dimensions must be 0 or more") }
        guard texts.isEmpty || !lines else { throw ValidationError("texts come from the command line or from --lines, not both") }
    }

    func run() throws {
        let texts = try input()
        guard !texts.isEmpty else { throw ServiceError.noInput(model: model) }
        let opened = try LocalModels.onHost(for: model).openEmbedding(model, adapters: try adapters.sources())
        var vectors: [JSONValue] = []
        var tokens = 0
        for first in stride(from: 0, to: texts.count, by: Self.batch) {
            try Interruption.check()
            let part = Array(texts[first..<min(first + Self.batch, texts.count)])
            let result = try opened.embed(part, truncates: truncate, dimensions: dimensions)
            tokens += result.promptTokens
            for vector in result.vectors {
                let value = JSONValue.array(vector.map { .number(JSONNumber($0)) })
                if json { vectors.append(value) } else { try Console.putLine(value.text()) }
            }
        }
        guard json else { return }
        let answer: JSONValue = [
            "model": .string(model), "embeddings": .array(vectors), "prompt_eval_count": .number(JSONNumber(tokens)),
        ]
        try Console.putLine(answer.text())
    }

    private func input() throws -> [String] {
        guard texts.isEmpty else { return texts }
        let text = StandardStream.input.isTerminal ? "" : String(decoding: try StandardStream.input.readAll(), as: UTF8.self)
        guard lines else { return text.isEmpty ? [] : [text.hasSuffix("\n") ? String(text.dropLast()) : text] }
        return text.split(whereSeparator: \.isNewline).map(String.init)
    }
}
