import Diagnostics

/// A value of the right type that makes no sense for its parameter.
enum ParameterRange: LintRule {
    static let rule = DiagnosticRule.parameterOutOfRange

    /// What each parameter takes. Infinity stands for no limit.
    private static let ranges: [String: (range: ClosedRange<Double>, wanted: String)] = [
        "num_ctx": (1...(.infinity), "at least 1"),
        "temperature": (0...(.infinity), "0 or more"),
        "top_k": (-1...(.infinity), "0 or more"),
        "top_p": (0...1, "a number from 0 to 1"),
        "min_p": (0...1, "a number from 0 to 1"),
        "typical_p": (0...1, "a number from 0 to 1"),
        "num_predict": (-2...(.infinity), "-1 or more"),
        "repeat_penalty": (Double.leastNormalMagnitude...(.infinity), "more than 0"),
        "repeat_last_n": (-1...(.infinity), "-1 or more"),
        "num_keep": (-1...(.infinity), "0 or more"),
        "num_batch": (1...(.infinity), "at least 1"),
        "num_thread": (0...(.infinity), "0 or more"),
        "num_gpu": (-1...(.infinity), "-1 or more"),
        "main_gpu": (0...(.infinity), "0 or more"),
        "draft_num_predict": (0...(.infinity), "0 or more"),
    ]

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        subject.parameters.compactMap { line in
            guard let number = line.number, let (range, wanted) = ranges[line.name], !range.contains(number) else { return nil }
            let text = subject.source.text(in: line.valueRange)
            return Diagnostic(rule, "parameter '\(line.name)' wants \(wanted), not \(text)", at: line.valueRange)
        }
    }
}
