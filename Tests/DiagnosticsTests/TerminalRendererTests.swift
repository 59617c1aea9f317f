import Diagnostics
import Testing

@Suite struct TerminalRendererTests {
    private func render(
        _ text: String, _ range: SourceRange, notes: [Diagnostic.Note] = [], fixIts: [FixIt] = [], width: Int = 120,
        color: Bool = false
    ) -> String {
        let diagnostic = Diagnostic(.unknownInstruction, "wrong", at: range, notes: notes, fixIts: fixIts)
        return TerminalRenderer(color: color, width: width).render(diagnostic, in: SourceText(text))
    }

    @Test func `carets`() {
        #expect(
            render("FROM x\nFOO bar\n", 7..<10) == """
                Modelfile:2:1: error: wrong [QM0010]
                 2 | FOO bar
                   | ^^^

                """)
    }

    @Test func `carets stand under wide and combining characters`() {
        #expect(
            render("日本e\u{301} x 👨‍👩‍👧z", 10..<11) == """
                Modelfile:1:6: error: wrong [QM0010]
                 1 | 日本é x 👨‍👩‍👧z
                   |       ^

                """)
        #expect(
            render("a 日本 b", 2..<8) == """
                Modelfile:1:3: error: wrong [QM0010]
                 1 | a 日本 b
                   |   ^^^^

                """)
    }

    @Test func `tabs are four blanks and controls are pictures`() {
        #expect(
            render("\ta\u{1B}[31m\u{202E}b", 10..<11) == """
                Modelfile:1:9: error: wrong [QM0010]
                 1 |     a␛[31m\u{FFFD}b
                   |            ^

                """)
    }

    @Test func `an empty range gets one caret`() {
        #expect(render("ab", 2..<2).hasSuffix(" 1 | ab\n   |   ^\n"))
        #expect(render("", 0..<0).hasSuffix(" 1 |\n   | ^\n"))
    }

    @Test func `a range of several lines is marked on its first`() {
        #expect(render("abc\ndef", 1..<6).hasSuffix(" 1 | abc\n   |  ^^\n"))
    }

    @Test func `notes point at their places and mends follow`() {
        let notes = [Diagnostic.Note("see here", at: 0..<4), Diagnostic.Note("nowhere")]
        let text = "FROM x\n" + String(repeating: "#\n", count: 9) + "FOO\n"
        #expect(
            render(text, 25..<28, notes: notes, fixIts: [.replace(25..<28, with: "FROM")]) == """
                Modelfile:11:1: error: wrong [QM0010]
                 11 | FOO
                    | ^^^
                Modelfile:1:1: note: see here
                  1 | FROM x
                    | ^^^^
                    = note: nowhere
                    = help: write 'FROM'

                """)
    }

    @Test func `a long line is shown in part`() {
        let text = String(repeating: "a", count: 200) + "X" + String(repeating: "b", count: 200)
        let lines = render(text, 200..<201, width: 45).split(separator: "\n")
        #expect(lines[1] == " 1 | …aaaaaaaaaaaaXbbbbbbbbbbbbbbbbbbbbbbbbb…")
        #expect(DisplayWidth.of(lines[1]) <= 45)
        let caret = lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) }
        let marked = lines[1].firstIndex(of: "X").map { lines[1].distance(from: lines[1].startIndex, to: $0) }
        #expect(caret == marked)
    }

    @Test func `colour changes no word`() {
        let plain = render("FOO", 0..<3)
        let colored = render("FOO", 0..<3, color: true)
        #expect(colored.contains("\u{1B}[1;31m"))
        #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    }

    @Test func `a hostile file name cannot speak to the terminal`() {
        let diagnostic = Diagnostic(.strayText, "found '\u{1B}]0;x\u{7}'", at: 0..<1)
        let text = TerminalRenderer().render(diagnostic, in: SourceText("a", name: "M\u{1B}[2J"))
        #expect(!text.contains("\u{1B}") && !text.contains("\u{7}"))
    }
}
