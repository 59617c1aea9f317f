import Diagnostics
import YAMLText

/// Reads values out of a YAML or JSON document and notes what is wrong with each, so that all problems are told at once.
struct PlanReader {
    private(set) var problems: [PlanProblem] = []
    private let source: SourceText

    init(_ source: SourceText) { self.source = source }

    mutating func note(_ message: String, at node: YAMLNode) { note(message, at: place(of: node)) }
    mutating func note(_ message: String, at place: PlanPlace) { problems.append(PlanProblem(place: place, message: message)) }

    func place(of node: YAMLNode) -> PlanPlace { place(of: node.range) }

    func place(of range: SourceRange) -> PlanPlace {
        let position = source.position(at: range.lowerBound)
        return PlanPlace(line: position.line, column: position.column)
    }

    /// The members of a mapping by key. Keys that are not among `known` are problems.
    mutating func members(of node: YAMLNode, _ what: String, known: [String]) -> [String: YAMLNode] {
        guard let written = node.members else {
            note("\(what) is \(node.kind), wanted a mapping with \(Self.list(known))", at: node)
            return [:]
        }
        var members: [String: YAMLNode] = [:]
        for member in written {
            guard let name = member.key.text, known.contains(name) else {
                let found = member.key.text ?? member.key.kind
                let nearest = SpellingSuggestion.nearest(to: found, in: known)
                note(
                    "unknown key '\(found)' in \(what), "
                        + (nearest.map { "did you mean '\($0)'?" } ?? "wanted one of \(Self.list(known))"), at: member.key)
                continue
            }
            members[name] = member.value
        }
        return members
    }

    /// The elements of a list; a single value stands for a list of it.
    mutating func elements(of node: YAMLNode, _ what: String) -> [YAMLNode] {
        guard let elements = node.elements else { return [node] }
        if elements.isEmpty { note("\(what) is empty", at: node) }
        return elements
    }

    mutating func text(_ node: YAMLNode, _ what: String) -> String? {
        if let text = node.text, !text.isEmpty, !node.isNull { return text }
        note("\(what) is \(node.kind), wanted a text", at: node)
        return nil
    }

    /// A truth value; `yes` and `no` are taken too, as people write them.
    mutating func flag(_ node: YAMLNode, _ what: String) -> Bool? {
        if let value = node.bool { return value }
        switch node.text?.lowercased() {
        case "yes", "on": return true
        case "no", "off": return false
        default: note("\(what) is '\(node.text ?? node.kind)', wanted true or false", at: node)
        }
        return nil
    }

    /// What an error of another room says about a text, at the text's place.
    mutating func parse<Value>(_ node: YAMLNode, _ what: String, _ read: (String) throws -> Value) -> Value? {
        guard let text = text(node, what) else { return nil }
        do { return try read(text) } catch {
            note("\(what): \(error)", at: node)
            return nil
        }
    }

    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first.map { "'\($0)'" } ?? "nothing" }
        return words.dropLast().map { "'\($0)'" }.joined(separator: ", ") + " or '\(last)'"
    }
}
