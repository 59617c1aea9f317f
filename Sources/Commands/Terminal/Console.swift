import Bytes
import CLinux
import Glibc

/// The streams of a command: answers go to standard output, everything else to standard error.
enum Console {
    static func put(_ text: String) throws { try StandardStream.output.write(text) }
    static func putLine(_ text: String = "") throws { try StandardStream.output.write(text + "\n") }

    /// Notes never fail a command: whoever closed standard error does not want them. Names from files may stand in them, so control
    /// characters become their pictures.
    static func note(_ text: String) { try? StandardStream.error.write(text.withoutControls + "\n") }

    /// Whether control sequences and colour make sense on a stream: a terminal that is not dumb, and no NO_COLOR for colour.
    static func isTerminal(_ stream: StandardStream) -> Bool { stream.isTerminal && environment("TERM") != "dumb" }

    static func allowsColour(_ stream: StandardStream) -> Bool {
        isTerminal(stream) && (environment("NO_COLOR") ?? "").isEmpty
    }

    /// Cells in a row of the terminal, 80 where there is none.
    static var columns: Int {
        let columns = Int(quern_terminal_columns(StandardStream.error.rawValue))
        return columns > 0 ? columns : 80
    }

    static func environment(_ name: String) -> String? { Environment[name] }
}

extension String {
    /// The text with pictures in place of characters that would move a terminal's cursor or change its state; line breaks and tabs
    /// stay.
    var withoutControls: String {
        String(String.UnicodeScalarView(unicodeScalars.map(Self.picture(of:))))
    }

    private static func picture(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x9, 0xA: scalar
        case 0x0..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        case 0x80..<0xA0: "\u{FFFD}"
        default: scalar
        }
    }
}
