import Diagnostics
import Linting
import ModelfileSyntax
import Testing

@Suite struct ProjectSettingsTests {
    private func rules(_ text: String, _ settings: String, isStrict: Bool = false) -> [String] {
        let (settings, diagnostics) = ProjectSettings.read(SourceText(settings))
        #expect(diagnostics.isEmpty)
        return Linter(isStrict: isStrict, settings: settings).check(ModelfileSyntaxTree(parsing: SourceText(text)))
            .map { "\($0.id) \($0.severity)" }
    }

    @Test func `levels silence rules, wake them and change their weight`() {
        let text = "FROM llama3.2\nPARAMETER mirostat 1\nPARAMETER top_p 9\n"
        #expect(rules(text, "") == ["QM0023 warning", "QM0028 warning"])
        #expect(rules(text, "rules: {QM0023: off, qm0028: error, QM0035: note}") == ["QM0035 note", "QM0028 error"])
        #expect(rules(text, "strict: true").count == 3)
    }

    @Test func `all keys are read`() {
        let (settings, diagnostics) = ProjectSettings.read(
            SourceText("strict: true\nfailure-threshold: note\nignore:\n  - vendor/**\n  - '*.tmp'\nrules:\n"))
        #expect(diagnostics.isEmpty && settings.isStrict && settings.failureThreshold == .note)
        #expect(settings.ignores("vendor/a/b") && settings.ignores("x/y.tmp") && !settings.ignores("x/vendor"))
    }

    @Test(arguments: [
        ("rule:\n", "1:1 a project file has no key 'rule', did you mean 'rules'?"),
        ("rules:\n  QM9999: off\n", "2:3 no rule has the id 'QM9999'; 'quern explain' lists all"),
        ("rules:\n  QM031: off\n", "2:3 no rule has the id 'QM031', did you mean 'QM0031'?"),
        ("rules:\n  QM0031: of\n", "2:11 QM0031: 'of' is none of off, note, warning, error"),
        ("rules: [QM0031]\n", "1:8 rules: a list is not a mapping of ids to off, note, warning or error"),
        ("strict: 1\n", "1:9 strict: '1' is not true or false"),
        ("failure-threshold: warn\n", "1:20 failure-threshold: 'warn' is none of note, warning, error"),
        ("- a\n", "1:1 a project file: a list is not a mapping with rules, ignore, strict, failure-threshold"),
    ])
    func `mistakes are told with their place`(text: String, problem: String) {
        let source = SourceText(text)
        let told = ProjectSettings.read(source).diagnostics.map { diagnostic in
            let place = source.position(at: diagnostic.range.lowerBound)
            return "\(place.line):\(place.column) \(diagnostic.message)"
        }
        #expect(told == [problem])
    }

    @Test(arguments: [
        ("a/b", "a/b", true), ("a/b", "x/a/b", false), ("a", "x/a/c", true), ("*.mf", "x/y.mf", true), ("*.mf", "y.mfx", false),
        ("/a", "x/a", false), ("/a", "a/x", true), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b/c", true), ("./a/?", "a/x", true),
        ("a/?", "a/xy", false), ("**/x*y*z", "q/xaybz", true), ("a/*b*c", "a/bbb", false), ("vendor/", "vendor/x", true),
    ])
    func `patterns match as in ignore files`(pattern: String, path: String, matches: Bool) {
        #expect(GlobPattern(pattern).matches(path) == matches)
    }
}
