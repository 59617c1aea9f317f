import Diagnostics
import ModelfileSyntax

/// Comments that ask for silence: `# quern: ignore QM0012, QM0031` above an instruction silences these rules in all of it;
/// without ids it silences every rule.
struct Suppressions {
    private struct Entry {
        let range: SourceRange
        /// Empty for all.
        let ids: Set<String>
    }

    private var entries: [Entry] = []

    init(_ tree: ModelfileSyntaxTree) {
        for item in tree.items {
            for comment in Self.commentsAbove(item.firstToken) {
                guard let ids = Self.ids(in: tree.source.text(in: comment.range)) else { continue }
                entries.append(Entry(range: item.range, ids: ids))
            }
        }
    }

    func filter(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        guard !entries.isEmpty else { return diagnostics }
        return diagnostics.filter { diagnostic in
            !entries.contains { entry in
                entry.range.contains(diagnostic.range.lowerBound) && (entry.ids.isEmpty || entry.ids.contains(diagnostic.id))
            }
        }
    }

    /// The comments straight above a token, no empty line in between.
    private static func commentsAbove(_ token: SyntaxToken) -> [Trivia] {
        var comments: [Trivia] = []
        var newlines = 0
        for trivia in token.leadingTrivia.reversed() {
            switch trivia.kind {
            case .newline: newlines += 1
            case .comment:
                comments.append(trivia)
                newlines = 0
            case .blanks, .invisible: continue
            }
            if newlines > 1 { break }
        }
        return comments
    }

    /// The ids that a comment names, nil where it is no order to ignore.
    private static func ids(in comment: String) -> Set<String>? {
        let words = comment.drop { $0 == "#" }.split { $0 == " " || $0 == "\t" || $0 == "," }
        guard words.count >= 2, words[0].lowercased() == "quern:", words[1].lowercased() == "ignore" else { return nil }
        return Set(words.dropFirst(2).map { $0.uppercased() })
    }
}
