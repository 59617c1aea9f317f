import Diagnostics
import Linting
import Testing

@Suite struct AdapterOfOtherBaseTests {
    private func facts(_ change: (inout ModelTraits) -> Void) -> SourceFacts {
        var model = ModelTraits()
        (model.architecture, model.embeddingLength, model.layerCount, model.isAdapter) = ("llama", 4096, 32, nil)
        var adapter = model
        adapter.isAdapter = true
        change(&adapter)
        return SourceFacts(["./m.gguf": .path(model), "./a.gguf": .path(adapter)])
    }

    private let text = "FROM ./m.gguf\nADAPTER «./a.gguf»\n"

    @Test func `what the two files say of themselves must fit`() {
        expect(
            text, .adapterOfOtherBase, ["the adapter is for the architecture 'qwen2', the model's is 'llama'"],
            facts: facts { $0.architecture = "qwen2" })
        expect(
            text, .adapterOfOtherBase, ["the adapter is for vectors of 2048 numbers, the model's have 4096"],
            facts: facts { $0.embeddingLength = 2048 })
        expect(
            text, .adapterOfOtherBase, ["the adapter changes 40 layers, the model has 32"], facts: facts { $0.layerCount = 40 })
        expect(text, .adapterOfOtherBase, ["'./a.gguf' is a model, not an adapter"], facts: facts { $0.isAdapter = false })
    }

    @Test func `an adapter of some of the layers fits, and what is not known is not said`() {
        let text = "FROM ./m.gguf\nADAPTER ./a.gguf\n"
        expectNothing(text, .adapterOfOtherBase, facts: facts { $0.layerCount = 8 })
        expectNothing(text, .adapterOfOtherBase, facts: facts { ($0.architecture, $0.embeddingLength) = (nil, nil) })
        expectNothing(text, .adapterOfOtherBase)
    }
}
