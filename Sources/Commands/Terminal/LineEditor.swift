import Bytes
import CLinux
import Diagnostics

/// Reads lines from a terminal with editing and history, or plain lines where there is no terminal.
struct LineEditor {
    enum Outcome: Equatable {
        case line(String)
        /// Ctrl+C on an empty line.
        case interrupted
        case endOfInput
    }

    private let isInteractive: Bool
    private var decoder = KeyDecoder()
    private var waiting: [Key] = []
    var history: LineHistory
    private var rowsAbove = 0

    init(history: LineHistory, isInteractive: Bool) {
        self.history = history
        self.isInteractive = isInteractive
    }

    /// Asks for a line. `continuation` stands before the second and further lines of a text with line breaks, `placeholder` is
    /// shown dimmed while nothing is typed.
    mutating func readLine(prompt: String, continuation: String, placeholder: String) throws -> Outcome {
        guard isInteractive else {
            // A terminal that moves no cursor still shows where to type.
            if StandardStream.error.isTerminal { try StandardStream.error.write(prompt) }
            guard let line = Swift.readLine(strippingNewline: true) else { return .endOfInput }
            return .line(line)
        }
        quern_raw_terminal(StandardStream.input.rawValue)
        // Bracketed paste keeps a pasted line break from sending a half-pasted text.
        try StandardStream.error.write("\u{1B}[?2004h")
        defer {
            try? StandardStream.error.write("\u{1B}[?2004l")
            quern_restore_terminal(StandardStream.input.rawValue)
        }
        var buffer = EditBuffer()
        rowsAbove = 0
        try draw(buffer, prompt, continuation, placeholder)
        while true {
            let key = try nextKey()
            if let outcome = handle(key, &buffer) {
                if case .line = outcome { buffer.moveToVeryEnd() }
                try draw(buffer, prompt, continuation, "")
                try StandardStream.error.write("\r\n")
                if case .line(let line) = outcome { history.add(line) }
                return outcome
            }
            try draw(buffer, prompt, continuation, placeholder)
        }
    }

    private mutating func nextKey() throws -> Key {
        while waiting.isEmpty {
            let bytes: [UInt8]
            do { bytes = try StandardStream.input.read(upTo: 4096) } catch { return .endOfInput }
            if bytes.isEmpty { return .endOfInput }
            waiting = decoder.decode(bytes)
        }
        return waiting.removeFirst()
    }

    /// Applies a key; an outcome ends the line.
    private mutating func handle(_ key: Key, _ buffer: inout EditBuffer) -> Outcome? {
        switch key {
        case .enter: return .line(buffer.text)
        case .endOfInput: return .endOfInput
        case .control("d") where buffer.isEmpty: return .endOfInput
        case .control("c"):
            if buffer.isEmpty { return .interrupted }
            buffer.text = ""
        case .text(let text): buffer.insert(text)
        case .paste(let text): buffer.insert(text)
        case .newline: buffer.insert("\n")
        case .tab: buffer.insert("        ")
        case .backspace: buffer.deleteBackward()
        case .delete, .control("d"): buffer.deleteForward()
        case .left, .control("b"): buffer.move(by: -1)
        case .right, .control("f"): buffer.move(by: 1)
        case .home, .control("a"): buffer.moveToStart()
        case .end, .control("e"): buffer.moveToEnd()
        case .wordLeft: buffer.moveWordLeft()
        case .wordRight: buffer.moveWordRight()
        case .control("k"): buffer.deleteToEnd()
        case .control("u"): buffer.deleteToStart()
        case .control("w"): buffer.deleteWord()
        case .control("l"): try? StandardStream.error.write("\u{1B}[2J\u{1B}[H")
        case .up, .control("p"): if let line = history.previous(current: buffer.text) { buffer.text = line }
        case .down, .control("n"): if let line = history.next() { buffer.text = line }
        case .control: break
        }
        return nil
    }

    /// Draws the whole text anew from the first row on and puts the cursor where it belongs.
    private mutating func draw(_ buffer: EditBuffer, _ prompt: String, _ continuation: String, _ placeholder: String) throws {
        let columns = max(Console.columns, 20)
        var frame = rowsAbove > 0 ? "\u{1B}[\(rowsAbove)A" : ""
        frame += "\r\u{1B}[J" + prompt
        var layout = ScreenLayout(columns: columns, column: DisplayWidth.of(prompt))
        var cursor = layout.position
        for (index, character) in buffer.characters.enumerated() {
            if index == buffer.cursor { cursor = layout.position }
            if character == "\n" {
                frame += "\r\n" + continuation
                layout.startLine(after: DisplayWidth.of(continuation))
            } else {
                frame += layout.place(DisplayWidth.of(character)) ? "\r\n" : ""
                frame += String(character)
            }
        }
        if buffer.cursor == buffer.characters.count { cursor = layout.position }
        if buffer.isEmpty, !placeholder.isEmpty {
            let shown = DisplayWidth.truncating(placeholder, to: columns - layout.position.column - 1)
            frame += "\u{1B}[2m\(shown)\u{1B}[0m\u{1B}[\(max(DisplayWidth.of(shown), 1))D"
        }
        if layout.position.row > cursor.row { frame += "\u{1B}[\(layout.position.row - cursor.row)A" }
        frame += "\r" + (cursor.column > 0 ? "\u{1B}[\(cursor.column)C" : "")
        rowsAbove = cursor.row
        try StandardStream.error.write(frame)
    }
}

/// Where characters come to stand on a screen of so many columns.
private struct ScreenLayout {
    let columns: Int
    private(set) var position: (row: Int, column: Int)

    init(columns: Int, column: Int) {
        self.columns = columns
        position = (0, column)
    }

    /// Places a character of so many cells; true when it had to go to a new row.
    mutating func place(_ width: Int) -> Bool {
        let wraps = position.column + width >= columns
        if wraps { position = (position.row + 1, 0) }
        position.column += width
        return wraps
    }

    mutating func startLine(after width: Int) { position = (position.row + 1, width) }
}
