/// A kind of problem, with an id that never changes meaning.
///
/// The rules stand in one table (`DiagnosticRule+Table.swift`), from which `quern explain` and the documentation are made. An id
/// that is no longer given is not given to anything else. A class, so that a diagnostic does not carry copies of the texts.
public final class DiagnosticRule: Sendable, Hashable, CustomStringConvertible {
    /// `QM` and four digits.
    public let id: String
    /// What is wrong, in a few words.
    public let title: String
    /// The severity unless a caller or a project says otherwise.
    public let severity: Diagnostic.Severity
    /// Why it is wrong and what to do about it; a few sentences.
    public let explanation: String
    /// A Modelfile that has the problem.
    public let example: String
    /// The same Modelfile without it.
    public let mended: String
    /// Whether the rule speaks only where somebody asked for strictness.
    public let isStrict: Bool

    init(
        id: String, title: String, severity: Diagnostic.Severity, explanation: String, example: String, mended: String,
        isStrict: Bool = false
    ) {
        self.id = id
        self.title = title
        self.severity = severity
        self.explanation = explanation
        self.example = example
        self.mended = mended
        self.isStrict = isStrict
    }

    public var description: String { id }

    /// The rule with this id, letter case aside.
    public static func named(_ id: String) -> DiagnosticRule? {
        let wanted = id.uppercased()
        return table.first { $0.id == wanted }
    }

    public static func == (left: DiagnosticRule, right: DiagnosticRule) -> Bool { left.id == right.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
