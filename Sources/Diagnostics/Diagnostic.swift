/// A problem in a text, as data: what is wrong, where, and how it can be mended. Renderers make it visible.
public struct Diagnostic: Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable, Comparable, CaseIterable {
        case note, warning, error

        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            }
        }

        public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    }

    /// A remark about the same problem, at another place or at none.
    public struct Note: Sendable, Hashable {
        public var message: String
        public var range: SourceRange?
        /// The text that the range lies in; nil for the text of the diagnostic itself.
        public var source: SourceText?

        public init(_ message: String, at range: SourceRange? = nil, in source: SourceText? = nil) {
            self.message = message
            self.range = range
            self.source = source
        }
    }

    /// The rule that was broken; it carries the stable id.
    public var rule: DiagnosticRule
    public var severity: Severity
    /// One line: lower case, no final full stop.
    public var message: String
    public var range: SourceRange
    public var notes: [Note]
    public var fixIts: [FixIt]

    /// A diagnostic of `rule`, with the rule's own severity unless one is given.
    public init(
        _ rule: DiagnosticRule, _ message: String, at range: SourceRange, severity: Severity? = nil, notes: [Note] = [],
        fixIts: [FixIt] = []
    ) {
        self.rule = rule
        self.severity = severity ?? rule.severity
        self.message = message
        self.range = range
        self.notes = notes
        self.fixIts = fixIts
    }

    public var id: String { rule.id }
}

extension Sequence<Diagnostic> {
    public var containsErrors: Bool { contains { $0.severity == .error } }

    /// The diagnostics in the order of the text; those at one place keep their order.
    public func inTextOrder() -> [Diagnostic] {
        let all = Array(self)
        let places = all.map(\.range.lowerBound)
        let order = places.indices.sorted { (places[$0], $0) < (places[$1], $1) }
        return order.map { all[$0] }
    }
}
