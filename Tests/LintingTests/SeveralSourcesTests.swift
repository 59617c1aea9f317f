import Diagnostics
import Linting
import Testing

@Suite struct SeveralSourcesTests {
    @Test func `a second model by name does not fit`() {
        expect("FROM a\nFROM «b»\n", .severalSources, ["FROM 'b' is a second model; a package holds one"])
    }

    @Test func `the same source twice is once too often`() {
        expect("FROM ./a.gguf\nFROM «./a.gguf»\n", .severalSources, ["FROM names './a.gguf' again"], mended: "FROM ./a.gguf\n")
    }

    @Test func `a model and its projector are one`() {
        expectNothing("FROM ./a.gguf\nFROM ./mmproj.gguf\n", .severalSources)
        let facts = SourceFacts(["a": .path(ModelTraits(trainedContext: nil)), "b": .path(ModelTraits(trainedContext: nil))])
        expectNothing("FROM a\nFROM b\n", .severalSources, facts: facts)
    }
}
