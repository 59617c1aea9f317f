import Diagnostics

/// Breaks text that arrives in pieces between words, so that it fits a terminal. Pure: text in, text out.
///
/// A word is held back until it is whole. Wide characters (Chinese, Japanese, Korean) are words of their own, since no blanks
/// stand between theirs; a word longer than a line is left to the terminal.
package struct WordWrapper {
    private let width: Int
    private var column = 0
    private var word = ""

    package init(width: Int) { self.width = max(width, 8) }

    package mutating func feed(_ text: String) -> String {
        var output = ""
        for character in text {
            if character.isNewline {
                output += flushWord() + "\n"
                column = 0
            } else if character == " " || character == "\t" {
                output += flushWord()
                // A blank at the end of a line would start the next one.
                if column < width {
                    output.append(character)
                    column += 1
                }
            } else {
                if DisplayWidth.of(character) > 1 { output += flushWord() }
                word.append(character)
                if DisplayWidth.of(character) > 1 { output += flushWord() }
            }
        }
        return output
    }

    /// What is still held back.
    package mutating func finish() -> String { flushWord() }

    private mutating func flushWord() -> String {
        guard !word.isEmpty else { return "" }
        defer { word = "" }
        let length = DisplayWidth.of(word)
        let breaks = column > 0 && column + length > width && length <= width
        column = breaks ? length : column + length
        return (breaks ? "\n" : "") + word
    }
}
