import Diagnostics
import Testing

@Suite struct SourceTextTests {
    @Test func `lines end with line feed carriage return or both`() {
        let source = SourceText("a\nb\rc\r\nd\n")
        #expect(source.lineStarts == [0, 2, 4, 7, 9])
        #expect((1...5).map { source.text(in: source.range(ofLine: $0)) } == ["a", "b", "c", "d", ""])
        #expect(source.line(at: 6) == 3)
    }

    @Test func `columns count scalars for people and UTF-16 units for editors`() {
        let source = SourceText("x\né😀z")
        let z = source.count - 1
        #expect(source.position(at: z) == SourcePosition(line: 2, column: 3))
        #expect(source.utf16Position(at: z) == UTF16Position(line: 1, character: 3))
        #expect(source.offset(at: UTF16Position(line: 1, character: 3)) == z)
    }

    @Test func `every offset of a scalar survives the way to an editor and back`() {
        let source = SourceText("né 日本😀\r\n\tü\n")
        var offset = 0
        for scalar in source.text.unicodeScalars {
            if scalar != "\n" || offset == source.count - 1 {
                #expect(source.offset(at: source.utf16Position(at: offset)) == offset)
            }
            offset += String(scalar).utf8.count
        }
    }

    @Test func `places outside the text are its ends`() {
        let source = SourceText("ab\ncd")
        #expect(source.position(at: 99) == SourcePosition(line: 2, column: 3))
        #expect(source.position(at: -1) == SourcePosition(line: 1, column: 1))
        #expect(source.offset(at: UTF16Position(line: 0, character: 99)) == 2)
        #expect(source.offset(at: UTF16Position(line: 9, character: 0)) == 5)
        #expect(source.offset(at: UTF16Position(line: -1, character: 0)) == 0)
        #expect(source.range(ofLine: 3) == 5..<5)
        #expect(source.text(in: 3..<99) == "cd")
    }

    @Test func `an empty text has one line`() {
        let source = SourceText("")
        #expect(source.lineCount == 1)
        #expect(source.position(at: 0) == SourcePosition(line: 1, column: 1))
    }

    @Test func `fix its are made together unless they overlap`() {
        let source = SourceText("FORM x\nPARAMETR a")
        let first = FixIt.replace(0..<4, with: "FROM")
        let second = FixIt("both", [FixIt.Edit(7..<15, "PARAMETER"), FixIt.Edit(17..<17, "!")])
        let overlapping = FixIt.delete(2..<6, "no")
        #expect(source.applying([second, first, overlapping]) == "FROM x\nPARAMETER a!")
        #expect(source.applying([]) == source.text)
    }
}
