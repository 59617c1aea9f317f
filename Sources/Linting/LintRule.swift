public import Diagnostics

/// One thing that `quern check` looks for. A rule is a file in `Rules/` with a test file of the same name.
public protocol LintRule: Sendable {
    /// The entry of the table whose diagnostics the rule gives.
    static var rule: DiagnosticRule { get }
    /// What is wrong, in the order of the text.
    static func check(_ subject: LintSubject) -> [Diagnostic]
}
