import Diagnostics
import Linting
import ModelfileSuperset
import ModelfileSyntax
import Testing

/// What the linter says to files in the superset, where they were written.
@Suite struct ProgramTests {
    private func rules(_ text: String, files: [String: String] = [:]) throws -> [DiagnosticRule] {
        let tree = ModelfileSyntaxTree(parsing: SourceText("# syntax=quern/1\n" + text))
        let program = ModelfileProgram(tree, files: FileProvider(files))
        return try Linter().check(program) { _ in SourceFacts() }.flatMap(\.diagnostics).map(\.rule)
    }

    @Test func `a text that is not there is complained of once`() throws {
        #expect(try rules("FROM x\nSYSTEM hi\nTEMPLATE @gone\n") == [.missingInclude])
        #expect(try rules("FROM x\nSYSTEM hi\nTEMPLATE ${GONE}\n") == [.undefinedName])
    }

    @Test func `comments that silence rules hold where they are written`() throws {
        let part = "# quern: ignore QM0028\nPARAMETER top_p 90\nPARAMETER min_p 90\n"
        #expect(
            try rules("INCLUDE part\nFROM x\n# quern: ignore\nPARAMETER mirostat 1\n", files: ["part": part]) == [
                .parameterOutOfRange
            ])
    }
}
