/// Characters that show nothing and are no blank of the grammar.
///
/// Ollama drops them everywhere, which breaks Chinese text (U+3000) and emoji (U+200D). Quern keeps them in values; only where
/// the structure of a file is read, before an instruction, around a name, behind a closing quote, does it look past them.
public enum InvisibleCharacters {
    /// Separators and format characters of Unicode, and controls other than tab, line feed and carriage return.
    public static func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20..<0x7F: return false
        case 0..<0x20, 0x7F..<0xA1: return true
        default:
            switch scalar.properties.generalCategory {
            case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format: return true
            default: return false
            }
        }
    }

    /// The UTF-8 offsets of the invisible characters and blanks at the two ends of `text`.
    public static func ends(of text: String) -> (leading: Range<Int>, trailing: Range<Int>) {
        let scalars = text.unicodeScalars
        let first = scalars.firstIndex { !isSkipped($0) } ?? scalars.endIndex
        let end = scalars[first...].lastIndex { !isSkipped($0) }.map { scalars.index(after: $0) } ?? scalars.endIndex
        let leading = text.utf8.distance(from: text.startIndex, to: first)
        let trailing = text.utf8.distance(from: text.startIndex, to: end)
        return (0..<leading, trailing..<text.utf8.count)
    }

    private static func isSkipped(_ scalar: Unicode.Scalar) -> Bool {
        contains(scalar) || scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }
}
