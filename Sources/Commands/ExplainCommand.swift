import ArgumentParser
import Diagnostics

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explain a diagnostic by its id",
        discussion: """
            EXAMPLES
              quern explain                                list all
              quern explain QM0012                         one, with an example and its mend
            """)

    @Argument(help: "An id such as QM0012; without one, all are listed.") var id: String?

    func run() throws {
        guard let id else { return try Console.put(Self.list) }
        guard let rule = DiagnosticRule.named(id) else {
            throw ValidationError("no diagnostic has the id '\(id)'; 'quern explain' lists all")
        }
        try Console.put(Self.page(of: rule, width: min(Console.columns, 100)))
    }

    private static var list: String {
        DiagnosticRule.table.map { rule in
            "\(rule.id)  \(DisplayWidth.padding(rule.severity.rawValue, to: 7))  \(rule.title)\(rule.isStrict ? " (--strict)" : "")\n"
        }.joined()
    }

    private static func page(of rule: DiagnosticRule, width: Int) -> String {
        let severity = rule.severity.rawValue + (rule.isStrict ? ", with --strict only" : "")
        var parts = ["\(rule.id): \(rule.title) (\(severity))\n", wrapped(rule.explanation, width: width)]
        if !rule.example.isEmpty {
            parts += ["Example:\n\n" + indented(rule.example), "Mended:\n\n" + indented(rule.mended)]
        }
        return parts.joined(separator: "\n")
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "\n" : "    \(VisibleText.of($0))\n" }
            .dropLast().joined()
    }

    private static func wrapped(_ text: String, width: Int) -> String {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if DisplayWidth.of(last) + 1 + DisplayWidth.of(word) <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
