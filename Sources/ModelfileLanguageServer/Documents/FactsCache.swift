import Linting
import ModelfileSyntax

/// What was found out on the disk, kept while somebody types: opening a model for every letter would take too long. Forgotten
/// whenever a file is opened or saved, or the editor tells of a change on the disk.
final class FactsCache {
    /// All that the facts depend on: the sources, and whether anything in the file asks what is in them.
    private struct Key: Hashable {
        var folder: String
        var sources: [ModelfileEntry]
        var asksForContents: Bool

        init(_ tree: ModelfileSyntaxTree, _ folder: String) {
            self.folder = folder
            let entries = tree.entries
            sources = entries.filter { [.from, .adapter, .draft].contains($0.instruction) }
            asksForContents = entries.contains {
                $0.instruction == .template || $0.instruction == .parameter && $0.argument == "num_ctx"
            }
        }
    }

    /// Sources that somebody types letter by letter would fill the memory.
    private static let countLimit = 256

    private let environment: EditorEnvironment
    private var facts: [Key: SourceFacts] = [:]
    private var settings: [String: ProjectSettings?] = [:]

    init(_ environment: EditorEnvironment) { self.environment = environment }

    func facts(_ tree: ModelfileSyntaxTree, _ folder: String) -> SourceFacts {
        let key = Key(tree, folder)
        if let known = facts[key] { return known }
        if facts.count >= Self.countLimit { facts.removeAll() }
        let found = environment.facts(tree, folder)
        facts[key] = found
        return found
    }

    func settings(_ path: String) -> ProjectSettings? {
        if let known = settings[path] { return known }
        let found = environment.settings(path)
        settings.updateValue(found, forKey: path)
        return found
    }

    func forget() {
        facts.removeAll()
        settings.removeAll()
    }
}
