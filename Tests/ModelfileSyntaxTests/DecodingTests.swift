import Diagnostics
import ModelfileSyntax
import Testing

@Suite struct DecodingTests {
    private let text = "FROM x\nSYSTEM 你好😀\n"

    private func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return bigEndian ? [high, low] : [low, high]
        }
    }

    @Test func `UTF-8 with and without a byte order mark`() {
        for mark: [UInt8] in [[], [0xEF, 0xBB, 0xBF]] {
            let decoded = ModelfileDecoding.decode(mark + Array(text.utf8), name: "M")
            #expect(decoded.source.text == text)
            #expect(decoded.diagnostics.isEmpty)
        }
    }

    @Test func `UTF-16 of both byte orders with a mark`() {
        for (mark, bigEndian): ([UInt8], Bool) in [([0xFF, 0xFE], false), ([0xFE, 0xFF], true)] {
            let decoded = ModelfileDecoding.decode(mark + utf16(text, bigEndian: bigEndian), name: "M")
            #expect(decoded.source.text == text)
            #expect(decoded.diagnostics.isEmpty)
        }
    }

    @Test func `UTF-16 without a mark is recognised with a warning`() {
        for bigEndian in [false, true] {
            let decoded = ModelfileDecoding.decode(utf16(text, bigEndian: bigEndian), name: "M")
            #expect(decoded.source.text == text)
            #expect(decoded.diagnostics.map(\.rule) == [.unmarkedUTF16])
        }
    }

    @Test func `what is not text becomes the replacement character`() {
        let decoded = ModelfileDecoding.decode(Array("FROM x\nSYSTEM caf".utf8) + [0xE9, 0x20, 0xFF, 0x0A], name: "Modelfile")
        #expect(decoded.source.text == "FROM x\nSYSTEM caf\u{FFFD} \u{FFFD}\n")
        #expect(
            TerminalRenderer().render(decoded.diagnostics, in: decoded.source) == """
                Modelfile:2:11: warning: invalid UTF-8 in 2 places, read as U+FFFD [QM0001]
                 2 | SYSTEM caf\u{FFFD} \u{FFFD}
                   |           ^

                """)
    }

    @Test func `half a pair and half a unit are not text`() {
        let bytes = [0xFF, 0xFE] + utf16("FROM x", bigEndian: false) + [0x3D, 0xD8, 0x41]
        let decoded = ModelfileDecoding.decode(bytes, name: "M")
        #expect(decoded.source.text == "FROM x\u{FFFD}\u{FFFD}")
        #expect(decoded.diagnostics.map(\.rule) == [.invalidEncoding])
    }

    @Test func `a replacement character in the text itself is fine`() {
        #expect(ModelfileDecoding.decode(Array("FROM \u{FFFD}".utf8), name: "M").diagnostics.isEmpty)
    }
}
