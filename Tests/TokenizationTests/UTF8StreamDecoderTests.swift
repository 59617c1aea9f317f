import Testing
import Tokenization

@Suite("Streaming UTF-8")
struct UTF8StreamDecoderTests {
    @Test("any cut of a text gives the text", arguments: ["abc", "é中🙂", "a\u{301}👨‍👩‍👧é", ""])
    func cuts(text: String) {
        let bytes = Array(text.utf8)
        for size in 1...4 {
            var decoder = UTF8StreamDecoder()
            var result = ""
            for start in stride(from: 0, to: bytes.count, by: size) {
                result += decoder.append(bytes[start..<min(start + size, bytes.count)])
            }
            result += decoder.finish()
            #expect(result == text)
            #expect(!decoder.isHolding)
        }
    }

    @Test("characters are held back only while they can become whole")
    func holding() {
        var decoder = UTF8StreamDecoder()
        #expect(decoder.append([0x61, 0xE4]) == "a")
        #expect(decoder.isHolding)
        #expect(decoder.append([0xB8]) == "")
        #expect(decoder.append([0xAD]) == "中")
        #expect(decoder.append([0xFF, 0xC0, 0x80]) == "\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(decoder.append([0xED, 0xA0]) == "\u{FFFD}\u{FFFD}")
        #expect(!decoder.isHolding)
        #expect(decoder.append([0xF0, 0x9F]) == "")
        #expect(decoder.finish() == "\u{FFFD}")
    }

    @Test("pieces of any bytes give what the whole gives")
    func anyBytes() {
        let interesting: [UInt8] = [0x61, 0x80, 0xBF, 0xC2, 0xE0, 0xA0, 0xED, 0xF0, 0x90, 0xF4, 0x8F, 0xFF]
        for first in interesting {
            for second in interesting {
                for third in interesting {
                    for fourth in interesting {
                        let bytes = [first, second, third, fourth]
                        var decoder = UTF8StreamDecoder()
                        let pieces = bytes.map { decoder.append([$0]) }.joined() + decoder.finish()
                        #expect(pieces == String(decoding: bytes, as: UTF8.self))
                    }
                }
            }
        }
    }
}
