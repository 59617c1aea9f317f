import Diagnostics
public import JSONText

/// What came of a test file, for people: a tree of files, tests and what did not hold.
///
///     Modelfile.test.yaml
///     ├─ ✔ the frame of a question (2 ms)
///     └─ ✘ the sky (310 ms)
///        ├─ ✔ stops
///        └─ ✘ contains: the answer lacks 'green'
///           found   The sky is blue.
public struct TestReport: Sendable {
    public var file: String
    public var results: [TestResult]

    public init(file: String, results: [TestResult]) { (self.file, self.results) = (file, results) }

    public var hasPassed: Bool { results.allSatisfy(\.hasPassed) }

    /// - Parameter color: whether marks and differences are coloured.
    public func tree(color: Bool) -> String {
        let paint = Paint(isOn: color)
        var lines = [paint.bold(VisibleText.of(file))]
        for (index, result) in results.enumerated() {
            lines += Self.lines(of: result, isLast: index == results.count - 1, paint)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// "3 passed, 1 failed"
    public var summary: String {
        let failed = results.count { !$0.hasPassed }
        return "\(results.count - failed) passed" + (failed > 0 ? ", \(failed) failed" : "")
    }

    /// One test; of one that passed a line is enough.
    public static func lines(of result: TestResult, isLast: Bool, color: Bool) -> String {
        lines(of: result, isLast: isLast, Paint(isOn: color)).map { $0 + "\n" }.joined()
    }

    private static func lines(of result: TestResult, isLast: Bool, _ paint: Paint) -> [String] {
        let (branch, trunk) = isLast ? ("└─ ", "   ") : ("├─ ", "│  ")
        let name = VisibleText.of(result.test.name)
        var lines = ["\(branch)\(paint.mark(result.hasPassed)) \(name) \(paint.faint("(\(time(result.duration)))"))"]
        guard !result.hasPassed else { return lines }
        for (index, check) in result.checks.enumerated() {
            let (branch, inner) = index == result.checks.count - 1 ? ("└─ ", "   ") : ("├─ ", "│  ")
            let message = check.failure.map { ": \(VisibleText.of($0.message))" } ?? ""
            lines.append("\(trunk)\(branch)\(paint.mark(check.failure == nil)) \(check.name)\(message)")
            lines += (check.failure?.details ?? []).map { "\(trunk)\(inner)\(paint.difference(VisibleText.of($0)))" }
        }
        return lines
    }

    private static func time(_ duration: Duration) -> String {
        let milliseconds = Int(duration / .milliseconds(1))
        return milliseconds < 1000 ? "\(milliseconds) ms" : "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    }
}

/// Colours, which only repeat what the words and marks say.
private struct Paint {
    let isOn: Bool

    func bold(_ text: String) -> String { paint(text, "1") }
    func faint(_ text: String) -> String { paint(text, "2") }
    func mark(_ hasPassed: Bool) -> String { hasPassed ? paint("✔", "32") : paint("✘", "31") }

    func difference(_ line: String) -> String {
        line.hasPrefix("- ") ? paint(line, "31") : line.hasPrefix("+ ") ? paint(line, "32") : line
    }

    private func paint(_ text: String, _ style: String) -> String { isOn ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text }
}

extension Sequence<TestReport> {
    /// The reports as JSON:
    /// `{"files":[{"file","passed","tests":[{"name","line","passed","seconds","checks":[{"name","passed","message","details"}]}]}]}`
    public var json: JSONValue {
        .object([
            "files": .array(
                map { report in
                    .object([
                        "file": .string(report.file), "passed": .bool(report.hasPassed),
                        "tests": .array(report.results.map(\.json)),
                    ])
                })
        ])
    }
}

extension TestResult {
    fileprivate var seconds: Double { (duration / .milliseconds(1)).rounded() / 1000 }

    fileprivate var json: JSONValue {
        .object([
            "name": .string(test.name), "line": .number(JSONNumber(test.line)), "passed": .bool(hasPassed),
            "seconds": .number(JSONNumber(seconds)),
            "checks": .array(
                checks.map { check in
                    var object = JSONObject([("name", .string(check.name)), ("passed", .bool(check.failure == nil))])
                    if let failure = check.failure {
                        object["message"] = .string(failure.message)
                        object["details"] = .array(failure.details.map { .string($0) })
                    }
                    return .object(object)
                }),
        ])
    }

    /// The test case of a JUnit report.
    fileprivate func junit(_ file: String) -> String {
        let name = "classname=\"\(TestJUnitReport.escaped(file))\" name=\"\(TestJUnitReport.escaped(test.name))\""
        let head =
            "    <testcase \(name) file=\"\(TestJUnitReport.escaped(file))\" line=\"\(test.line)\" time=\"\(JSONNumber(seconds).text)\""
        guard !hasPassed else { return head + "/>\n" }
        let failures = checks.compactMap { check -> String? in
            guard let failure = check.failure else { return nil }
            let message = TestJUnitReport.escaped("\(check.name): \(failure.message)")
            let details = TestJUnitReport.escaped(failure.details.joined(separator: "\n"))
            return "      <failure type=\"\(check.name)\" message=\"\(message)\">\(details)</failure>\n"
        }
        return head + ">\n" + failures.joined() + "    </testcase>\n"
    }
}

/// The form that build servers read: a suite for each file, a case for each test.
public enum TestJUnitReport {
    public static func render(_ reports: [TestReport]) -> String {
        let suites = reports.map { report in
            let failed = report.results.count { !$0.hasPassed }
            return
                "  <testsuite name=\"\(escaped(report.file))\" tests=\"\(report.results.count)\" failures=\"\(failed)\" errors=\"0\">\n"
                + report.results.map { $0.junit(report.file) }.joined() + "  </testsuite>\n"
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"quern test\">\n" + suites.joined()
            + "</testsuites>\n"
    }

    /// Text for an element or attribute; what XML cannot hold is shown as a picture.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            default: result += VisibleText.of(String(scalar))
            }
        }
        return result
    }
}
