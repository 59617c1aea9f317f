public import Diagnostics
import ModelfilePlan
public import ModelfileSyntax

/// Everything that can be said against a Modelfile: what the parser and the plan say, and what the rules add.
public struct Linter: Sendable {
    /// The rules, by id.
    public static let rules: [any LintRule.Type] = [
        ParameterRange.self, QuotedSource.self, MissingSource.self, ForeignPath.self, ShellNoise.self, SeveralSources.self,
        UnpinnedSource.self, AdapterOfOtherBase.self, DraftOfOtherVocabulary.self, InvalidTemplate.self, UnknownTemplateName.self,
        TemplateWithoutPrompt.self, TemplateWithoutResponse.self, IgnoredSystem.self, LiteralQuotes.self, MessageOrder.self,
        ContradictoryParameters.self, UnreachableStop.self,
        ContextPastTraining.self, StopInPrompt.self, MissingStop.self, Secret.self,
    ]

    /// Whether rules that ask for more than correctness speak too.
    public var isStrict: Bool
    /// What the project says about single rules.
    public var settings: ProjectSettings
    private let templates: TemplateShelf

    /// - Parameter templates: where readings of templates are kept; somebody who checks a text again and again shares one.
    public init(isStrict: Bool = false, settings: ProjectSettings = ProjectSettings(), templates: TemplateShelf = TemplateShelf()) {
        self.isStrict = isStrict || settings.isStrict
        self.settings = settings
        self.templates = templates
    }

    /// The diagnostics in the order of the text, those left out that a comment in the file asks to ignore.
    public func check(_ tree: ModelfileSyntaxTree, facts: SourceFacts = SourceFacts()) -> [Diagnostic] {
        let subject = LintSubject(tree, facts: facts, templates: templates)
        let suppressions = Suppressions(tree)
        return suppressions.filter(findings(subject)).compactMap(leveled).inTextOrder()
    }

    /// The diagnostic as loud as the project wants it; nil where it wants silence.
    func leveled(_ diagnostic: Diagnostic) -> Diagnostic? {
        guard let level = settings.levels[diagnostic.id] else { return diagnostic }
        guard let severity = level.severity else { return nil }
        var leveled = diagnostic
        leveled.severity = severity
        return leveled
    }

    private func findings(_ subject: LintSubject) -> [Diagnostic] {
        let planned = BuildPlan.make(from: subject.tree).diagnostics
        // In a file of another tool every line is wrong, and none of it tells more than the file's kind does.
        if let dialect = ForeignDialect.find(in: subject) { return planned.filter { $0.rule.id < "QM0010" } + [dialect] }
        let active = Self.rules.filter { isStrict || !$0.rule.isStrict || settings.levels[$0.rule.id] != nil }
        return planned + active.flatMap { $0.check(subject) }
    }
}
