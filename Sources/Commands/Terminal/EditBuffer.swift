/// The text being edited and the place of the cursor in it, counted in characters. Pure, so that every key can be tested.
package struct EditBuffer: Equatable {
    package private(set) var characters: [Character] = []
    package private(set) var cursor = 0

    package init() {}

    package var text: String {
        get { String(characters) }
        set {
            characters = Array(newValue)
            cursor = characters.count
        }
    }

    package var isEmpty: Bool { characters.isEmpty }

    package mutating func insert(_ text: String) {
        // Combining marks typed one by one join the character before the cursor.
        let before = String(characters[..<cursor]) + text
        let joined = Array(before)
        characters.replaceSubrange(..<cursor, with: joined)
        cursor = joined.count
    }

    package mutating func move(by distance: Int) { cursor = min(max(cursor + distance, 0), characters.count) }
    package mutating func moveToStart() { cursor = characters[..<cursor].lastIndex(of: "\n").map { $0 + 1 } ?? 0 }
    package mutating func moveToEnd() { cursor = characters[cursor...].firstIndex(of: "\n") ?? characters.count }

    /// Past the last line's end, where an entered text is left.
    package mutating func moveToVeryEnd() { cursor = characters.count }

    package mutating func moveWordLeft() { cursor = startOfWord }
    package mutating func moveWordRight() {
        while cursor < characters.count, !characters[cursor].isWordPart { cursor += 1 }
        while cursor < characters.count, characters[cursor].isWordPart { cursor += 1 }
    }

    package mutating func deleteBackward() {
        guard cursor > 0 else { return }
        cursor -= 1
        characters.remove(at: cursor)
    }

    package mutating func deleteForward() { if cursor < characters.count { characters.remove(at: cursor) } }
    package mutating func deleteToEnd() {
        characters.removeSubrange(cursor..<(characters[cursor...].firstIndex(of: "\n") ?? characters.count))
    }

    package mutating func deleteToStart() {
        let end = cursor
        moveToStart()
        characters.removeSubrange(cursor..<end)
    }

    package mutating func deleteWord() {
        let start = startOfWord
        characters.removeSubrange(start..<cursor)
        cursor = start
    }

    private var startOfWord: Int {
        var start = cursor
        while start > 0, !characters[start - 1].isWordPart { start -= 1 }
        while start > 0, characters[start - 1].isWordPart { start -= 1 }
        return start
    }
}

extension Character {
    fileprivate var isWordPart: Bool { isLetter || isNumber || self == "_" }
}
