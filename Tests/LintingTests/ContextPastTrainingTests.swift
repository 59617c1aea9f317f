import Diagnostics
import Linting
import Testing

@Suite struct ContextPastTrainingTests {
    private let facts = SourceFacts([
        "a": .stored(ModelTraits(trainedContext: 4096)), "./b": .path(ModelTraits(trainedContext: 4096)), "c": .remote,
    ])

    @Test(arguments: ["a", "./b"])
    func `the window is larger than the training`(source: String) {
        expect(
            "FROM \(source)\nPARAMETER num_ctx «4097»\n", .contextPastTraining,
            ["num_ctx is larger than the 4096 tokens that the model was trained for"],
            mended: "FROM \(source)\nPARAMETER num_ctx 4096\n", facts: facts)
    }

    @Test func `windows that fit, and models that nobody knows`() {
        expectNothing("FROM a\nPARAMETER num_ctx 4096\n", .contextPastTraining, facts: facts)
        expectNothing("FROM c\nPARAMETER num_ctx 4097\n", .contextPastTraining, facts: facts)
    }
}
