import Diagnostics
import Linting
import ModelfileSyntax
import Testing

/// What the linter says to a Modelfile that is written with marks: `«` and `»` stand around what a finding must point at.
///
/// - Parameters:
///   - messages: the messages of the findings of `rule`, in order, one for each pair of marks.
///   - mended: the text after the fix-its of these findings; nil where there must be none.
func expect(
    _ marked: String, _ rule: DiagnosticRule, _ messages: [String], mended: String? = nil, facts: SourceFacts = SourceFacts(),
    isStrict: Bool = false, sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
    var (text, starts, ranges) = ("", [Int](), [SourceRange]())
    for scalar in marked.unicodeScalars {
        switch scalar {
        case "«": starts.append(text.utf8.count)
        case "»": ranges.append((starts.popLast() ?? 0)..<text.utf8.count)
        default: text.unicodeScalars.append(scalar)
        }
    }
    let tree = ModelfileSyntaxTree(parsing: SourceText(text))
    let found = Linter(isStrict: isStrict).check(tree, facts: facts).filter { $0.rule == rule }
    #expect(found.map(\.message) == messages, sourceLocation: sourceLocation)
    #expect(found.map(\.range) == ranges.sorted { $0.lowerBound < $1.lowerBound }, sourceLocation: sourceLocation)
    let fixIts = found.flatMap(\.fixIts)
    #expect((fixIts.isEmpty ? nil : tree.source.applying(fixIts)) == mended, sourceLocation: sourceLocation)
}

/// That the rule has nothing to say.
func expectNothing(
    _ text: String, _ rule: DiagnosticRule, facts: SourceFacts = SourceFacts(), isStrict: Bool = false,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
    expect(text, rule, [], facts: facts, isStrict: isStrict, sourceLocation: sourceLocation)
}
