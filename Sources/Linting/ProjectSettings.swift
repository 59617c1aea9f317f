public import Diagnostics
import YAMLText

/// What a project says about checking its Modelfiles, in a file `.quern.yaml` in the folder of the Modelfiles or above it:
///
///     rules:
///       QM0031: off              # off, note, warning or error
///       QM0035: warning          # speaks without --strict too
///     ignore:
///       - vendor/**
///       - "*.draft.modelfile"
///     strict: false
///     failure-threshold: warning
public struct ProjectSettings: Sendable, Equatable {
    public static let fileName = ".quern.yaml"

    /// How a rule speaks.
    public enum Level: String, Sendable, CaseIterable {
        case off, note, warning, error

        var severity: Diagnostic.Severity? { Diagnostic.Severity(rawValue: rawValue) }
    }

    /// The rules whose level is set, by id.
    public var levels: [String: Level] = [:]
    /// Files that are not checked, by their paths from the folder of the settings.
    public var ignored: [GlobPattern] = []
    public var isStrict = false
    /// The least severity that fails.
    public var failureThreshold: Diagnostic.Severity?

    public init() {}

    /// Whether a file is left out; its path starts at the folder of the settings.
    public func ignores(_ path: String) -> Bool { ignored.contains { $0.matches(path) } }

    /// Reads a settings file. What is wrong with it is told, and the rest of it counts.
    public static func read(_ source: SourceText) -> (settings: ProjectSettings, diagnostics: [Diagnostic]) {
        let (node, problems) = YAMLDocument.parse(source)
        guard let node else { return (ProjectSettings(), problems) }
        var (settings, reader) = (ProjectSettings(), YAMLReader())
        let members = reader.members(
            of: node, known: ["rules", "ignore", "strict", "failure-threshold"], what: "a project file")
        if let rules = members["rules"] { settings.levels = levels(rules, &reader) }
        if let ignored = members["ignore"] { settings.ignored = reader.strings(ignored, "ignore").map(GlobPattern.init) }
        if let strict = members["strict"] { settings.isStrict = reader.bool(strict, "strict") ?? false }
        if let threshold = members["failure-threshold"] {
            settings.failureThreshold = reader.word(threshold, "failure-threshold", of: ["note", "warning", "error"])
                .flatMap(Diagnostic.Severity.init)
        }
        return (settings, problems + reader.diagnostics)
    }

    private static func levels(_ node: YAMLNode, _ reader: inout YAMLReader) -> [String: Level] {
        guard let members = node.members else {
            if !node.isNull { reader.wrong(node, "rules", wanted: "a mapping of ids to off, note, warning or error") }
            return [:]
        }
        var levels: [String: Level] = [:]
        for member in members {
            let id = member.key.text ?? ""
            guard let rule = DiagnosticRule.named(id) else {
                report(id, member.key.range, &reader)
                continue
            }
            if let word = reader.word(member.value, rule.id, of: Level.allCases.map(\.rawValue)) {
                levels[rule.id] = Level(rawValue: word)
            }
        }
        return levels
    }

    private static func report(_ id: String, _ range: SourceRange, _ reader: inout YAMLReader) {
        let ids = DiagnosticRule.table.map(\.id)
        // Nearly every id is a typing error away from every other: only one that is longer or shorter can be guessed.
        let meant = id.uppercased().hasPrefix("QM") && id.utf8.count == 6 ? nil : SpellingSuggestion.nearest(to: id, in: ids)
        let hint = meant.map { ", did you mean '\($0)'?" } ?? "; 'quern explain' lists all"
        reader.report(
            .unknownKey, "no rule has the id '\(id)'\(hint)", at: range, fixIts: meant.map { [.replace(range, with: $0)] } ?? [])
    }
}
