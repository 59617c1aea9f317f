import Diagnostics
import ModelfilePlan
import ModelfileSyntax

/// MESSAGE roles in an order that no model is trained on.
enum MessageOrder: LintRule {
    static let rule = DiagnosticRule.messageOrder

    private typealias Role = BuildPlan.Message.Role

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        var former: (role: Role, place: SourceRange)?
        for (syntax, _) in subject.instructions(.message) {
            // Of an unknown role, which is an error, nobody knows where it belongs.
            guard let argument = syntax.argument, let role = Role(rawValue: subject.source.text(in: argument.range)) else {
                return []
            }
            let place = argument.range
            if let problem = problem(with: role, after: former?.role) {
                let notes = former.map { [Diagnostic.Note("the message before it", at: $0.place)] } ?? []
                diagnostics.append(Diagnostic(rule, problem, at: place, notes: notes))
            }
            former = (role, place)
        }
        if let former, former.role == .user {
            diagnostics.append(
                Diagnostic(
                    rule, "the last message is the user's, so the next question follows it without an answer", at: former.place))
        }
        return diagnostics
    }

    private static func problem(with role: Role, after former: Role?) -> String? {
        switch (former, role) {
        case (nil, .assistant), (.system, .assistant): "an answer of the assistant without a question before it"
        case (.user, .user), (.assistant, .assistant): "two messages of role '\(role.rawValue)' in a row"
        case (.user, .system), (.assistant, .system): "a system message in the middle of the conversation"
        default: nil
        }
    }
}
