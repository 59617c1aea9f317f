import Bytes
import Commands
import TestSupport
import Testing

@Suite struct LineEditing {
    func keys(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        return decoder.decode(Array(text.utf8))
    }

    @Test func keysOfATerminal() {
        #expect(keys("hé漢") == [.text("hé漢")])
        #expect(keys("\r\n\t\u{7F}\u{1}\u{4}") == [.enter, .newline, .tab, .backspace, .control("a"), .control("d")])
        #expect(keys("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D\u{1B}OH\u{1B}[3~") == [.up, .down, .right, .left, .home, .delete])
        #expect(keys("\u{1B}b\u{1B}f\u{1B}[1;5C") == [.wordLeft, .wordRight, .wordRight])
        #expect(keys("\u{1B}[200~a\r\nb\u{1B}[201~c") == [.paste("a\nb"), .text("c")])
        #expect(keys("\u{1B}[99;99X" + "x") == [.text("x")])
    }

    @Test func keysArriveInPieces() {
        let input = Array("é\u{1B}[200~漢\n\u{1B}[201~\u{1B}[A!".utf8)
        for cut in 0...input.count {
            var decoder = KeyDecoder()
            let keys = decoder.decode(Array(input[..<cut])) + decoder.decode(Array(input[cut...]))
            #expect(keys == [.text("é"), .paste("漢\n"), .up, .text("!")], "cut at \(cut)")
        }
    }

    @Test func editing() {
        var buffer = EditBuffer()
        buffer.insert("hello wide 漢字")
        buffer.moveWordLeft()
        #expect(buffer.cursor == 11)
        buffer.deleteWord()
        #expect(buffer.text == "hello 漢字")
        buffer.moveToStart()
        buffer.moveWordRight()
        buffer.deleteToEnd()
        #expect(buffer.text == "hello")
        buffer.insert("\nsecond")
        buffer.deleteToStart()
        #expect(buffer.text == "hello\n")
        buffer.deleteBackward()
        buffer.move(by: -100)
        buffer.deleteForward()
        #expect(buffer.text == "ello" && buffer.cursor == 0)
    }

    @Test func aCombiningMarkJoinsTheCharacterBeforeIt() {
        var buffer = EditBuffer()
        buffer.insert("e")
        buffer.insert("\u{301}")
        #expect(buffer.characters.count == 1 && buffer.cursor == 1)
        buffer.deleteBackward()
        #expect(buffer.isEmpty)
    }

    @Test func historyIsKeptAndBounded() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("new folder/history").path
        var history = LineHistory(file: file)
        for number in 0..<120 { history.add("line \(number)") }
        history.add("two\nrows")
        history.add("   ")
        var again = LineHistory(file: file)
        #expect(again.lines.count == 100)
        #expect(again.previous(current: "draft") == "two rows")
        #expect(again.previous(current: "two rows") == "line 119")
        #expect(again.next() == "two rows")
        #expect(again.next() == "draft")
        #expect(again.next() == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}

@Suite struct HumanFormats {
    // Expected texts: §1.0 of Ollama's behaviour.
    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1 KB"), (1500, "1.5 KB"), (10_500, "10 KB"), (5_200_000, "5.2 MB"),
            (142_000_000, "142 MB"),
            (4_661_224_676, "4.7 GB"), (2_000_000_000_000, "2 TB"),
        ] as [(Int, String)])
    func bytes(count: Int, text: String) { #expect(HumanFormat.bytes(count) == text) }

    @Test(
        arguments: [
            (0.5, "Less than a second ago"), (1, "1 second ago"), (30, "30 seconds ago"), (60, "About a minute ago"),
            (600, "10 minutes ago"), (119, "About a minute ago"), (120, "2 minutes ago"), (3599, "59 minutes ago"),
            (5399, "About an hour ago"), (5400, "2 hours ago"), (-700_000_000, "Forever"),
            (3600, "About an hour ago"), (7200, "2 hours ago"), (86400 * 3, "3 days ago"), (86400 * 21, "3 weeks ago"),
            (86400 * 70, "2 months ago"), (86400 * 800, "2 years ago"), (-300, "5 minutes from now"),
        ] as [(Double, String)])
    func ago(seconds: Double, text: String) { #expect(HumanFormat.ago(seconds) == text) }

    @Test func numbers() {
        #expect(HumanFormat.fixed(2.345, 2) == "2.34" || HumanFormat.fixed(2.345, 2) == "2.35")
        #expect(HumanFormat.fixed(-0.001, 2) == "0.00")
        #expect(HumanFormat.fixed(12, 0) == "12")
        #expect(HumanFormat.fixed(1.05, 3) == "1.050")
    }

    @Test func durationsAsGoPrintsThem() {
        #expect(HumanFormat.duration(.milliseconds(1234)) == "1.234s")
        #expect(HumanFormat.duration(.microseconds(12_300)) == "12.3ms")
        #expect(HumanFormat.duration(.seconds(123.5)) == "2m3.5s")
        #expect(HumanFormat.duration(.nanoseconds(5)) == "5ns")
    }

    @Test func tablesLineUpWideCharacters() {
        var table = TextTable()
        table.add(["NAME", "ID"])
        table.add(["漢字", "x"])
        table.add(["a\u{1B}[2J", "y"])
        #expect(table.text == "NAME     ID\n漢字     x\na␛[2J    y\n")
    }
}

@Suite struct Timestamps {
    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000000000Z"), (951_782_400, 5, "2000-02-29T00:00:00.000000005Z"),
            (1_787_123_103, 123_456_789, "2026-08-19T07:05:03.123456789Z"), (-1, 0, "1969-12-31T23:59:59.000000000Z"),
            (4_107_542_399, 0, "2100-02-28T23:59:59.000000000Z"),
        ] as [(Int, Int, String)])
    func areRFC3339(seconds: Int, nanoseconds: Int, text: String) {
        #expect(Timestamp.time(text) == FileTime(seconds: seconds, nanoseconds: nanoseconds))
        #expect(Timestamp.text(of: FileTime(seconds: seconds, nanoseconds: nanoseconds)) == text)
    }
}

@Suite struct SlashCommands {
    @Test(
        arguments: [
            ("/bye", SlashCommand.bye), ("/exit now", .bye),
            ("/set parameter stop a b", .setParameter(name: "stop", values: ["a", "b"])),
            ("/set parameter top_k", .help(topic: "parameters")),
            ("/set system You are  a pirate", .setSystem("You are  a pirate")),
            ("/set system \"\"\"two\nlines\"\"\"", .setSystem("two\nlines")), ("/set nothink", .setNoThink),
            ("/set think high", .setThink(level: "high")), ("/show parameters", .show(.parameters)),
            ("/show", .help(topic: "show")),
            ("/? shortcuts", .help(topic: "shortcuts")), ("/load a b", .misunderstood("Usage:\n  /load <modelname>")),
            ("/frobnicate", .misunderstood("Unknown command '/frobnicate'. Type /? for help")),
        ] as [(String, SlashCommand)])
    func areRead(line: String, command: SlashCommand) { #expect(SlashCommand(line) == command) }

    @Test func messagesAreNoCommands() {
        #expect(SlashCommand("hello /bye") == nil)
        #expect(SlashCommand("") == nil)
    }
}

@Suite struct WordWrapping {
    /// `text` fed in pieces of every size.
    func wrapped(_ text: String, _ width: Int) -> Set<String> {
        Set(
            (1...text.count).map { size in
                var wrapper = WordWrapper(width: width)
                var (output, rest) = ("", text[...])
                while !rest.isEmpty {
                    output += wrapper.feed(String(rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
                return output + wrapper.finish()
            })
    }

    @Test func breaksBetweenWords() {
        #expect(wrapped("the quick brown fox jumps", 10) == ["the quick \nbrown fox \njumps"])
        #expect(wrapped("one\ntwo three four", 10) == ["one\ntwo three \nfour"])
    }

    @Test func wideCharactersBreakAnywhere() { #expect(wrapped("漢字漢字漢字", 8) == ["漢字漢字\n漢字"]) }

    @Test func aWordLongerThanALineIsLeftAlone() {
        #expect(wrapped("a incomprehensibilities b", 10) == ["a incomprehensibilities\nb"])
    }
}

@Suite struct QuotedTexts {
    @Test(arguments: [
        ("\"\"\"a", true), ("\"\"\"", true), ("\"\"\"\"\"", true), ("\"\"\"a\"\"\"", false), ("\"\"\"\"\"\"", false),
        ("a \"\"\"", false),
        ("\"\"\"a\nb\"\"\"", false), ("/set system \"\"\"be", true), ("/set  system \"\"\"be\nbrief\"\"\"", false),
        ("/set system be \"\"\"", false), ("/set systems \"\"\"", false),
    ])
    func runOverLines(line: String, isOpen: Bool) { #expect(QuotedText.isOpen(line) == isOpen) }

    @Test func areMessagesWhateverTheyLookLike() {
        #expect(QuotedText.message("\"\"\"/bye\"\"\"") == "/bye")
        #expect(QuotedText.message("\"\"\"\na\nb\"\"\"") == "\na\nb")
        #expect(QuotedText.message("a\"\"\"") == nil)
        #expect(SlashCommand("/set system \"\"\"Be\nbrief.\"\"\"") == .setSystem("Be\nbrief."))
        #expect(SlashCommand("/set system Say \"\"\"") == .setSystem("Say \"\"\""))
    }
}
