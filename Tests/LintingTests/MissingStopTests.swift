import Diagnostics
import Linting
import Testing

@Suite struct MissingStopTests {
    private let template = "TEMPLATE \"<|user|>{{ .Prompt }}<|end|>\n<|bot|>{{ .Response }}<|end|>\n\""
    private let message = "the template ends an answer with '<|end|>', but nothing stops there"

    @Test func `the token that ends an answer is a stop text`() {
        expect(
            "FROM ./m.gguf\n«TEMPLATE»\(template.dropFirst(8))\n", .missingStop, [message],
            mended: "FROM ./m.gguf\n\(template)\nPARAMETER stop <|end|>\n")
        expectNothing("FROM ./m.gguf\n\(template)\nPARAMETER stop <|end|>\n", .missingStop)
        expectNothing("FROM ./m.gguf\n\(template)\nPARAMETER stop <|\n", .missingStop)
    }

    @Test func `what the model or the package stops at needs no stop text`() {
        var traits = ModelTraits()
        let text = "FROM m\n\(template)\n"
        traits.endTokens = ["</s>", "<|end|>"]
        expectNothing(text, .missingStop, facts: SourceFacts(["m": .path(traits)]))
        traits.endTokens = ["</s>"]
        expect(
            "FROM m\n«TEMPLATE»\(template.dropFirst(8))\n", .missingStop, [message],
            mended: "FROM m\n\(template)\nPARAMETER stop <|end|>\n", facts: SourceFacts(["m": .path(traits)]))
        traits.stops = ["<|end|>"]
        expectNothing(text, .missingStop, facts: SourceFacts(["m": .stored(traits)]))
    }

    @Test func `of a model by name nobody knows its stop texts`() { expectNothing("FROM m\n\(template)\n", .missingStop) }
}
