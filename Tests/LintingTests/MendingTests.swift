import Diagnostics
import Linting
import ModelfileSyntax
import Testing

@Suite struct MendingTests {
    private func check(_ text: String) -> DiagnosedText {
        let tree = ModelfileSyntaxTree(parsing: SourceText(text))
        return DiagnosedText(tree.source, Linter().check(tree))
    }

    @Test func `mends that uncover others are made in turn`() {
        let mended = Mending.mend(check("FORM \"models\\a.gguf\"\nPARAMETR stop '</s>'\n"), check: check)
        #expect(mended.source.text == "FROM models/a.gguf\nPARAMETER stop </s>\n")
        #expect(mended.diagnostics.isEmpty)
    }

    @Test func `what cannot be mended stays and is told`() {
        let mended = Mending.mend(check("FROM x\nPARAMETER temperature hot\n"), check: check)
        #expect(mended.source.text == "FROM x\nPARAMETER temperature hot\n")
        #expect(mended.diagnostics.map(\.rule) == [.invalidParameterValue])
    }
}
