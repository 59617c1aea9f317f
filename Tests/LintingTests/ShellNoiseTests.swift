import Diagnostics
import Linting
import Testing

@Suite struct ShellNoiseTests {
    private func message(_ problem: String) -> [String] { ["\(problem); it is taken for part of what FROM names"] }

    @Test func `noise is deleted`() {
        expect("FROM llama3« # small»\n", .shellNoise, message("a comment wants its own line"), mended: "FROM llama3\n")
        expect("FROM «ollama run »llama3\n", .shellNoise, message("this is a command of a shell"), mended: "FROM llama3\n")
        expect("FROM «--quiet »llama3\n", .shellNoise, message("this is an option of a command"), mended: "FROM llama3\n")
        expect("FROM llama3« AS base»\n", .shellNoise, message("this is a stage of a Dockerfile"), mended: "FROM llama3\n")
        expect("FROM llama3« \\»\n", .shellNoise, message("a \\ continues no line"), mended: "FROM llama3\n")
        expect("FROM llama3«;»\n", .shellNoise, message("';' ends nothing here"), mended: "FROM llama3\n")
        expect("FROM llama3« --quantize q4_0»\n", .shellNoise, message("this is an option of a command"), mended: "FROM llama3\n")
    }

    @Test func `what a command means is not guessed`() {
        expect("FROM llama3« && echo done»\n", .shellNoise, message("this is the language of a shell"))
        expect("FROM llama3« instruct»\n", .shellNoise, message("this stands behind a blank, which no model's name has"))
        expect("FROM «$(cat name)»\n", .shellNoise, message("this is the language of a shell"))
    }

    @Test func `a file may have such a name`() {
        expectNothing(
            "FROM ./model # 2.gguf\n", .shellNoise,
            facts: SourceFacts(["./model # 2.gguf": .path(ModelTraits(trainedContext: nil))]))
        expectNothing("FROM ./my model#2.gguf\n", .shellNoise)
        expectNothing("FROM ./Llama 3 -Q4.gguf\n", .shellNoise)
    }
}
