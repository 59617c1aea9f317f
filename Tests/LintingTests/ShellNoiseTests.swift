import Diagnostics
import Linting
import Testing

@Suite struct ShellNoiseTests {
    private func message(_ problem: String) -> [String] { ["\(problem), and is taken for part of what FROM names"] }

    @Test func `noise is deleted`() {
        expect("FROM llama3« # small»\n", .shellNoise, message("a comment wants its own line"), mended: "FROM llama3\n")
        expect("FROM «ollama run »llama3\n", .shellNoise, message("this is a command of a shell"), mended: "FROM llama3\n")
        expect("FROM «--quiet »llama3\n", .shellNoise, message("FROM has no options"), mended: "FROM llama3\n")
        expect("FROM llama3« AS base»\n", .shellNoise, message("stages with AS belong to a Dockerfile"), mended: "FROM llama3\n")
        expect("FROM llama3« \\»\n", .shellNoise, message("a line is not continued by \\"), mended: "FROM llama3\n")
        expect("FROM llama3«;»\n", .shellNoise, message("no line ends with ;"), mended: "FROM llama3\n")
        expect("FROM llama3« --quantize q4_0»\n", .shellNoise, message("FROM has no options"), mended: "FROM llama3\n")
    }

    @Test func `what a command means is not guessed`() {
        expect("FROM llama3« && echo done»\n", .shellNoise, message("this is the language of a shell"))
        expect("FROM llama3« instruct»\n", .shellNoise, message("a model's name has no blanks in it"))
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
