public import Diagnostics

/// Takes the parts of a document apart and gathers what is wrong with them: unknown keys, values of the wrong kind.
///
///     var reader = YAMLReader()
///     let members = reader.members(of: node, known: ["rules", "ignore"], what: "a project file")
///     let isStrict = members["strict"].flatMap { reader.bool($0, "strict") }
public struct YAMLReader {
    public private(set) var diagnostics: [Diagnostic] = []

    public init() {}

    public mutating func report(_ rule: DiagnosticRule, _ message: String, at range: SourceRange, fixIts: [FixIt] = []) {
        diagnostics.append(Diagnostic(rule, message, at: range, fixIts: fixIts))
    }

    /// The members of a mapping by key. Keys that are not among the known ones are reported and left out.
    ///
    /// - Parameter what: what the mapping is, in messages: "a project file".
    public mutating func members(of node: YAMLNode, known: [String], what: String) -> [String: YAMLNode] {
        guard let members = node.members else {
            if !node.isNull { wrong(node, what, wanted: "a mapping with \(known.joined(separator: ", "))") }
            return [:]
        }
        var found: [String: YAMLNode] = [:]
        for member in members {
            let key = member.key.text ?? ""
            guard known.contains(key) else {
                reportUnknown(key, member.key.range, known, what)
                continue
            }
            found[key] = member.value
        }
        return found
    }

    private mutating func reportUnknown(_ key: String, _ range: SourceRange, _ known: [String], _ what: String) {
        if let meant = SpellingSuggestion.nearest(to: key, in: known) {
            report(
                .unknownKey, "\(what) has no key '\(key)', did you mean '\(meant)'?", at: range,
                fixIts: [.replace(range, with: meant)])
        } else {
            report(.unknownKey, "\(what) has no key '\(key)', the keys are \(known.joined(separator: ", "))", at: range)
        }
    }

    public mutating func wrong(_ node: YAMLNode, _ what: String, wanted: String) {
        let found = node.text.map { "'\(DisplayWidth.truncating($0, to: 40))'" } ?? node.kind
        report(.invalidSetting, "\(what): \(found) is not \(wanted)", at: node.range)
    }

    public mutating func string(_ node: YAMLNode, _ what: String) -> String? {
        if let text = node.text, !node.isNull { return text }
        wrong(node, what, wanted: "a text")
        return nil
    }

    public mutating func bool(_ node: YAMLNode, _ what: String) -> Bool? {
        if let bool = node.bool { return bool }
        wrong(node, what, wanted: "true or false")
        return nil
    }

    public mutating func int(_ node: YAMLNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
        if let int = node.int, range.contains(int) { return int }
        let wanted =
            range.upperBound == .max ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
        wrong(node, what, wanted: "a whole number \(wanted)")
        return nil
    }

    /// A list, or a single value that stands for a list of one.
    public mutating func list(_ node: YAMLNode) -> [YAMLNode] { node.elements ?? (node.isNull ? [] : [node]) }

    public mutating func strings(_ node: YAMLNode, _ what: String) -> [String] {
        var found: [String] = []
        for element in list(node) { if let text = string(element, what) { found.append(text) } }
        return found
    }

    /// One of several words.
    public mutating func word(_ node: YAMLNode, _ what: String, of known: [String]) -> String? {
        guard let text = node.text, known.contains(text) else {
            let meant = node.text.flatMap { SpellingSuggestion.nearest(to: $0, in: known) }
            let fixIts = meant.map { [FixIt.replace(node.range, with: $0)] } ?? []
            report(
                .invalidSetting, "\(what): '\(node.text ?? node.kind)' is none of \(known.joined(separator: ", "))", at: node.range,
                fixIts: fixIts)
            return nil
        }
        return text
    }
}
