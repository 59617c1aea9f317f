/// What came of one test.
public struct TestResult: Sendable {
    public var test: TestCase
    public var checks: [CheckResult]
    public var duration: Duration
    /// The prompt as it was, for `--update`; nil where it was not asked for or failed.
    public var prompt: String?

    public var hasPassed: Bool { checks.allSatisfy { $0.failure == nil } }
}

/// What came of one expectation.
public struct CheckResult: Sendable {
    /// The key in the file.
    public var name: String
    /// Nil where it held.
    public var failure: CheckFailure?
}

/// Why something did not hold.
public struct CheckFailure: Sendable {
    /// One line.
    public var message: String
    /// More lines: what was found, where it differs.
    public var details: [String] = []

    public init(_ message: String, _ details: [String] = []) { (self.message, self.details) = (message, details) }
}
