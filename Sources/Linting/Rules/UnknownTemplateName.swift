import Diagnostics
import GoTemplate

/// A field that no template is ever given.
enum UnknownTemplateName: LintRule {
    static let rule = DiagnosticRule.unknownTemplateName

    /// What a template can ask its data for.
    private static let outer = [
        "System", "Prompt", "Response", "Suffix", "Messages", "Tools", "Think", "ThinkLevel", "IsThinkSet",
    ]
    /// What it can ask messages, tools and their parts for.
    private static let inner = [
        "Role", "Content", "Thinking", "Images", "ToolCalls", "ToolName", "ToolCallID", "ID", "Function", "Index", "Name",
        "Arguments", "Type", "Items", "Description", "Parameters", "Required", "Properties", "Defs", "Enum", "AnyOf", "String",
    ]
    private static let known = Set(outer + inner)
    /// Behind these the names are a tool's own.
    private static let open: Set<String> = ["Arguments", "Properties", "Items", "Defs", "Enum"]

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        guard let template = subject.template, let tree = template.tree else { return [] }
        return unknownNames(in: tree).map { diagnostic(for: $0, in: template) }
    }

    /// In the order of the text.
    static func unknownNames(in tree: ParsedTemplate) -> [TemplateIdentifier] {
        var found: [TemplateIdentifier] = []
        tree.visitOperands { operand in
            switch operand.kind {
            case .field(let names), .chain(_, let names): found += unknown(in: names[...]).map { [$0] } ?? []
            case .variable(let names): found += unknown(in: names.dropFirst()).map { [$0] } ?? []
            default: break
            }
        }
        return found.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    private static func unknown(in names: ArraySlice<TemplateIdentifier>) -> TemplateIdentifier? {
        for name in names {
            if !known.contains(name.name) { return name }
            if open.contains(name.name) { return nil }
        }
        return nil
    }

    private static func diagnostic(for identifier: TemplateIdentifier, in template: WrittenTemplate) -> Diagnostic {
        let (name, range) = (identifier.name, template.range(identifier.range))
        if name == "First" {
            return Diagnostic(
                rule, "'.First' no longer exists and is always empty", at: range,
                notes: [Diagnostic.Note("what stands between {{ if .First }} and its {{ end }} never appears")])
        }
        guard let meant = meant(by: name) else { return Diagnostic(rule, "no template is given '.\(name)'", at: range) }
        return Diagnostic(
            rule, "no template is given '.\(name)', did you mean '.\(meant)'?", at: range, fixIts: [.replace(range, with: meant)])
    }

    private static func meant(by name: String) -> String? {
        let aliases = [
            "user": "Prompt", "input": "Prompt", "assistant": "Response", "message": "Messages",
        ]
        let lowered = name.lowercased()
        return (outer + inner).first { $0.lowercased() == lowered } ?? aliases[lowered]
            ?? SpellingSuggestion.nearest(to: name, in: outer + inner)
    }
}
