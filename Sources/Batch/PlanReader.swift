import Diagnostics
import Yams

/// Reads values out of a YAML or JSON document and notes what is wrong with each, so that all problems are told at once.
struct PlanReader {
    private(set) var problems: [PlanProblem] = []

    mutating func note(_ message: String, at node: Node) { note(message, at: Self.place(of: node)) }
    mutating func note(_ message: String, at place: PlanPlace) { problems.append(PlanProblem(place: place, message: message)) }

    static func place(of node: Node) -> PlanPlace { PlanPlace(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1) }

    /// The members of a mapping by key. Keys that are not among `known` are problems.
    mutating func members(of node: Node, _ what: String, known: [String]) -> [String: Node] {
        guard case .mapping(let mapping) = node else {
            note("\(what) is \(Self.kind(node)), wanted a mapping with \(Self.list(known))", at: node)
            return [:]
        }
        var members: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.string, known.contains(name) else {
                let found = key.string ?? Self.kind(key)
                let nearest = SpellingSuggestion.nearest(to: found, in: known)
                note(
                    "unknown key '\(found)' in \(what), "
                        + (nearest.map { "did you mean '\($0)'?" } ?? "wanted one of \(Self.list(known))"), at: key)
                continue
            }
            members[name] = value
        }
        return members
    }

    /// The elements of a sequence; a single value stands for a sequence of it.
    mutating func elements(of node: Node, _ what: String) -> [Node] {
        switch node {
        case .sequence(let sequence):
            if sequence.isEmpty { note("\(what) is empty", at: node) }
            return Array(sequence)
        default: return [node]
        }
    }

    mutating func text(_ node: Node, _ what: String) -> String? {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty, node.null == nil else {
            note("\(what) is \(Self.kind(node)), wanted a text", at: node)
            return nil
        }
        return scalar.string
    }

    mutating func flag(_ node: Node, _ what: String) -> Bool? {
        if let value = node.bool { return value }
        note("\(what) is '\(node.string ?? Self.kind(node))', wanted true or false", at: node)
        return nil
    }

    /// What an error of another room says about a text, at the text's place.
    mutating func parse<Value>(_ node: Node, _ what: String, _ read: (String) throws -> Value) -> Value? {
        guard let text = text(node, what) else { return nil }
        do { return try read(text) } catch {
            note("\(what): \(error)", at: node)
            return nil
        }
    }

    static func kind(_ node: Node) -> String {
        switch node {
        case .scalar: node.null != nil ? "nothing" : "a text"
        case .mapping: "a mapping"
        case .sequence: "a sequence"
        case .alias: "an alias"
        }
    }

    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first.map { "'\($0)'" } ?? "nothing" }
        return words.dropLast().map { "'\($0)'" }.joined(separator: ", ") + " or '\(last)'"
    }
}
