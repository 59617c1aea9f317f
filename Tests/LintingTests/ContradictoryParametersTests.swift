import Diagnostics
import Linting
import Testing

@Suite struct ContradictoryParametersTests {
    @Test func `nothing is left to choose`() {
        expect(
            "FROM x\nPARAMETER temperature 0\n«PARAMETER top_p 0.5»\n«PARAMETER min_p 0.1»\n", .contradictoryParameters,
            [
                "'top_p' has no effect: with temperature 0 the likeliest token is always taken",
                "'min_p' has no effect: with temperature 0 the likeliest token is always taken",
            ])
        expect(
            "FROM x\nPARAMETER top_k 1\n«PARAMETER temperature 0.5»\n", .contradictoryParameters,
            ["'temperature' has no effect: with top_k 1 the likeliest token is always taken"])
    }

    @Test func `a penalty over no tokens, and more tokens than there is room for`() {
        expect(
            "FROM x\nPARAMETER repeat_last_n 0\n«PARAMETER repeat_penalty 1.2»\n", .contradictoryParameters,
            ["'repeat_penalty' has no effect: with repeat_last_n 0 no token counts as repeated"])
        expect(
            "FROM x\nPARAMETER num_ctx 512\n«PARAMETER num_predict 4096»\n", .contradictoryParameters,
            ["'num_predict' is larger than the context window, num_ctx"])
    }

    @Test(arguments: [
        "PARAMETER temperature 0\nPARAMETER top_p 1\nPARAMETER top_k 1\n", "PARAMETER temperature 0.7\nPARAMETER top_p 0.5\n",
        "PARAMETER temperature 0\nPARAMETER seed 42\n", "PARAMETER num_ctx 4096\nPARAMETER num_predict -1\n",
    ])
    func `parameters that agree`(text: String) { expectNothing("FROM x\n\(text)", .contradictoryParameters) }

    @Test func `a draft's tokens without a draft, and a choice among nothing`() {
        expect(
            "FROM ./m.gguf\n«PARAMETER draft_num_predict 4»\n", .contradictoryParameters,
            ["'draft_num_predict' has no effect without a DRAFT"],
            facts: SourceFacts(["./m.gguf": .path(ModelTraits())]))
        expectNothing("FROM m\nPARAMETER draft_num_predict 4\n", .contradictoryParameters)
        expect(
            "FROM m\n«PARAMETER temperature 1»\nPARAMETER top_p 0\n", .contradictoryParameters,
            ["'temperature' has no effect: with top_p 0 the likeliest token is always taken"])
    }
}
