/// Languages whose counts are left out because nothing short comes to their end.
extension LanguageTable {
    /// A language that agrees with another on all texts up to `room` bytes: on which of them are beginnings, and which are whole.
    public struct Relaxed {
        public var language: Language
        public var room: Int
    }

    /// Counts up to this stay as they are.
    public static let smallestRoom = 8
    /// No text is relaxed beyond so many bytes.
    public static let largestRoom = 64
    /// States of a pattern that are looked at to see how far its ends are.
    private static let lookahead = 300

    /// The language with its large counts left out: a pattern's `{1,63}` that is at its 20th letter is the one at its 19th. Nil where
    /// there is nothing to leave out.
    public func relaxed(_ language: Language) -> Relaxed? {
        var room = Int.max
        let relaxed = relax(language, &room)
        return relaxed == language ? nil : Relaxed(language: relaxed, room: room)
    }

    private func relax(_ language: Language, _ room: inout Int) -> Language {
        switch self[language] {
        case .nothing, .empty, .everything, .bytes, .complement, .multiple: return language
        case .sequence(let first, let second): return sequence(relax(first, &room), relax(second, &room))
        case .union(let parts): return union(parts.map { relax($0, &room) })
        case .intersection(let parts): return relax(language, parts, &room)
        case .repeated(let inner, var minimum, var maximum):
            if maximum != LanguageTable.unbounded, maximum > LanguageTable.smallestRoom {
                room = min(room, Int(maximum))
                maximum = LanguageTable.unbounded
            }
            if minimum > LanguageTable.smallestRoom {
                room = min(room, Int(minimum))
                // No text within the room has so many.
                minimum = Int32(LanguageTable.largestRoom + 1)
            }
            return repeated(inner, minimum: minimum, maximum: maximum)
        }
    }

    /// A pattern with a greatest length: the length is left out where the pattern's ends are near enough wherever one has come to.
    private func relax(_ language: Language, _ parts: [Language], _ room: inout Int) -> Language {
        guard let (length, most, withoutLimit) = lengthLimit(among: parts) else { return language }
        let rest = parts.filter { $0 != length }
        let pattern = intersection(rest)
        guard let need = farthestEnd(of: pattern), most - need > LanguageTable.smallestRoom else { return language }
        room = min(room, most - need)
        return intersection([pattern, withoutLimit])
    }

    /// The part that only counts characters, the most that it allows, and the same without a limit.
    private func lengthLimit(among parts: [Language]) -> (Language, Int, Language)? {
        for part in parts {
            if let most = limitWithoutLeast(part) { return (part, most, .everything) }
            // In the middle of a character.
            if case .sequence(let rest, let following) = self[part], let most = limitWithoutLeast(following) {
                return (part, most, sequence(rest, jsonString))
            }
        }
        return nil
    }

    private func limitWithoutLeast(_ language: Language) -> Int? {
        guard case .repeated(jsonCharacter, 0, let maximum) = self[language], maximum != LanguageTable.unbounded else { return nil }
        return Int(maximum)
    }

    /// The most bytes that may be needed to end a text, from wherever it has come to; nil where that is not seen.
    private func farthestEnd(of language: Language) -> Int? {
        if let known = farthestEnds[language] { return known }
        var order: [Language] = [language]
        var indices: [Language: Int] = [language: 0]
        var before: [[Int]] = [[]]
        var index = 0
        while index < order.count {
            guard order.count < Self.lookahead else {
                farthestEnds[language] = .some(nil)
                return nil
            }
            for transition in derivatives(of: order[index]) where !isEmpty(transition.next) {
                let next = indices[transition.next] ?? order.count
                if next == order.count {
                    indices[transition.next] = next
                    order.append(transition.next)
                    before.append([])
                }
                before[next].append(index)
            }
            index += 1
        }
        var level = order.indices.filter { isNullable(order[$0]) }
        var seen = Set(level)
        var farthest = -1
        while !level.isEmpty {
            farthest += 1
            level = level.flatMap { before[$0] }.filter { seen.insert($0).inserted }
        }
        // What holds from the start holds from everywhere after it.
        for each in order { farthestEnds[each] = .some(farthest) }
        return farthest
    }
}
