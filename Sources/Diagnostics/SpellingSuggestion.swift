/// "Did you mean": the known word nearest to a misspelt one.
public enum SpellingSuggestion {
    /// Longer words are not misspellings of anything we know, and comparing them would cost time.
    private static let longestWord = 64

    /// The candidate with the fewest typing errors from `word`, letter case aside, if they are few: one in three letters.
    ///
    /// Of equally near candidates the first wins.
    public static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
        guard word.unicodeScalars.count <= longestWord else { return nil }
        let lowered = Array(word.lowercased().unicodeScalars)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let letters = Array(candidate.lowercased().unicodeScalars)
            let allowed = max(1, max(letters.count, lowered.count) / 3)
            guard abs(letters.count - lowered.count) <= allowed else { continue }
            let distance = distance(lowered, letters)
            if distance <= allowed, distance < best?.distance ?? .max, distance < letters.count { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// Optimal string alignment distance: insertions, deletions, replacements, and swaps of neighbours.
    private static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
        var beforeLast = Array(repeating: 0, count: second.count + 1)
        var last = Array(0...second.count)
        var current = beforeLast
        for row in first.indices {
            current[0] = row + 1
            for column in second.indices {
                let same = first[row] == second[column]
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (same ? 0 : 1))
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current[column + 1] = cost
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[second.count]
    }
}
