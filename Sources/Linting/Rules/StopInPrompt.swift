import Diagnostics
import ModelfileSyntax

/// Stop texts that end every answer at its beginning.
enum StopInPrompt: LintRule {
    static let rule = DiagnosticRule.stopInPrompt

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        let beginnings = subject.stops.isEmpty ? [] : subject.template?.frame?.beginnings ?? []
        return subject.stops.compactMap { text, line in
            if isEverywhere(text) {
                return Diagnostic(rule, "nearly every answer has this text, and ends there", at: line.valueRange)
            }
            guard !text.isEmpty, let cut = beginnings.first(where: { $0.text.containsBytes(of: text) }) else { return nil }
            let notes = (subject.template?.syntax.keyword.range).map { [Diagnostic.Note("the template", at: $0)] } ?? []
            return Diagnostic(rule, problem(cut.kind), at: line.valueRange, notes: notes)
        }
    }

    private static func problem(_ kind: AnswerFrame.Kind) -> String {
        switch kind {
        case .answer: "the template lets every answer begin with this text, so every answer ends at once"
        case .thinking: "the template has this text between thinking and answer, so generation ends before the answer"
        case .toolCall: "the template has this text in tool calls, so no call is ever complete"
        }
    }

    /// A blank, or one letter or digit.
    private static func isEverywhere(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard scalars.count == 1, let scalar = scalars.first else { return text.allSatisfy { $0 == " " } && !text.isEmpty }
        return scalar == " " || scalar.isASCII && (scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value))
    }
}
