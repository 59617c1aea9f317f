import Diagnostics
import Linting
import ModelfileSyntax
import TestSupport
import Testing

/// Every real Modelfile is checked: ranges lie in the text, and mending comes to an end.
@Suite(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
struct RealModelfileTests {
    private func check(_ source: SourceText) -> DiagnosedText {
        DiagnosedText(source, Linter(isStrict: true).check(ModelfileSyntaxTree(parsing: source)))
    }

    @Test func `real Modelfiles are checked and mended`() throws {
        let files = try SharedData.files(in: "modelfiles")
        #expect(files.count > 300)
        for file in files {
            let tree = ModelfileSyntaxTree(parsing: [UInt8](try Data(contentsOf: file)), name: file.lastPathComponent)
            let checked = check(tree.source)
            for diagnostic in checked.diagnostics {
                #expect(diagnostic.range.upperBound <= tree.source.count, "\(file.lastPathComponent)")
                #expect(!diagnostic.message.contains("\n"), "\(file.lastPathComponent)")
            }
            let mended = Mending.mend(checked) { check(SourceText($0)) }
            #expect(mended.diagnostics.count <= checked.diagnostics.count, "\(file.lastPathComponent)")
        }
    }
}
