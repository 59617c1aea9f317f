import Bytes
import CLinux
import Glibc

/// The streams of a command: answers go to standard output, everything else to standard error.
enum Console {
    static func put(_ text: String) throws { try StandardStream.output.write(text) }
    static func putLine(_ text: String = "") throws { try StandardStream.output.write(text + "\n") }

    /// Notes never fail a command: whoever closed standard error does not want them.
    static func note(_ text: String) { try? StandardStream.error.write(text + "\n") }

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
