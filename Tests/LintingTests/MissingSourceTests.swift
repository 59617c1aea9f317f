import Diagnostics
import Linting
import Testing

@Suite struct MissingSourceTests {
    @Test func `a path without a file is reported where the facts say so`() {
        let facts = SourceFacts(["./gone.gguf": .absent(path: "models/gone.gguf"), "./lora": .absent(path: "models/lora")])
        expect(
            "FROM «./gone.gguf»\nADAPTER «./lora»\n", .missingSource,
            [
                "FROM names a path, but there is no 'models/gone.gguf'", "ADAPTER names a path, but there is no 'models/lora'",
            ], facts: facts)
    }

    @Test func `a file of nearly the same name is what was meant`() {
        expect(
            "FROM «./mdoel.gguf»\n", .missingSource,
            ["FROM names a path, but there is no './mdoel.gguf', did you mean './model.gguf'?"],
            facts: SourceFacts(["./mdoel.gguf": .absent(path: "./mdoel.gguf", similar: "./model.gguf")]))
    }

    @Test func `without facts nothing is said`() { expectNothing("FROM ./gone.gguf\n", .missingSource) }

    @Test func `models and files that are there are no problem`() {
        let facts = SourceFacts([
            "llama3.2": .remote, "./a.gguf": .path(ModelTraits(trainedContext: nil)), "b": .stored(ModelTraits(trainedContext: 1)),
        ])
        expectNothing("FROM llama3.2\nFROM ./a.gguf\nFROM b\n", .missingSource, facts: facts)
    }

    @Test func `a path of another system is reported once, by another rule`() {
        expectNothing("FROM .\\a.gguf\n", .missingSource, facts: SourceFacts([".\\a.gguf": .absent(path: "./.\\a.gguf")]))
    }
}
