import Diagnostics
import Linting
import Testing

@Suite struct DraftOfOtherVocabularyTests {
    private func facts(_ difference: String?) -> SourceFacts {
        var draft = ModelTraits()
        draft.foreignVocabulary = difference
        return SourceFacts(["./m.gguf": .path(ModelTraits()), "./d.gguf": .path(draft)])
    }

    @Test func `a draft with other tokens is told, one that fits is not`() {
        expect(
            "FROM ./m.gguf\nDRAFT «./d.gguf»\n", .draftOfOtherVocabulary,
            ["the draft has another vocabulary: it has 2 tokens, the model 9"], facts: facts("it has 2 tokens, the model 9"))
        expectNothing("FROM ./m.gguf\nDRAFT ./d.gguf\n", .draftOfOtherVocabulary, facts: facts(nil))
        expectNothing("FROM ./m.gguf\nDRAFT ./d.gguf\n", .draftOfOtherVocabulary)
    }
}
