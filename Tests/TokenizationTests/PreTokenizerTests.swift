import TestSupport
import Testing
import Tokenization

@Suite("Pre-tokenizers")
struct PreTokenizerTests {
    private static func words(_ name: String, _ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        var start = 0
        return try PreTokenizer(named: name).words(in: bytes.span).map { end in
            defer { start = Int(end) }
            return String(decoding: bytes[start..<Int(end)], as: UTF8.self)
        }
    }

    @Test(
        "each family cuts as its models do",
        arguments: [
            ("gpt-2", "I'm 1234!  Don't\n\n x", ["I", "'m", " 1234", "!", " ", " Don", "'t", "\n\n", " x"]),
            ("gpt-2", "IT'S", ["IT", "'", "S"]),
            ("starcoder", "a12", ["a", "1", "2"]),
            ("llama-bpe", "IT'S 12345\n\n  x\t(y)!\n", ["IT", "'S", " ", "123", "45", "\n\n", " ", " x", "\t", "(y", ")!\n"]),
            ("qwen2", "a 12", ["a", " ", "1", "2"]),
            ("qwen2", "e\u{301}a", ["e", "\u{301}a"]),
            ("qwen35", "e\u{301}a", ["e\u{301}a"]),
            ("ufakzeka", "o'd", ["o", "'d"]),
            ("gpt-4o", "HelloWorld iPhone's ABCdef", ["Hello", "World", " i", "Phone's", " ABCdef"]),
            ("tekken", "HelloWorld it's 12", ["Hello", "World", " it", "'s", " ", "1", "2"]),
            ("falcon", "a+b 12345", ["a", "+", "b", " ", "123", "45"]),
            ("deepseek-v3", "x1234中文.foo", ["x", "123", "4", "中文", ".foo"]),
            ("deepseek-coder", "a 12\nb", ["a", " ", "1", "2", "\n", "b"]),
            ("deepseek-llm", "ab 12  ", ["ab", " ", "12", "  "]),
            ("poro-chat", "a, b", ["a", ",", " b"]),
            ("superbpe", "1234567", ["1", "234", "567"]),
            ("tiny_aya", "1234567", ["1", "234", "567"]),
            ("afmoe", "12345 a", ["12", "345", " a"]),
            ("kimi-k2", "中文abc's", ["中文", "abc's"]),
            ("chameleon", "IMGIMGABZ<sentinel:1>", ["IMGIMGABZ", "<", "sentinel", ":", "1", ">"]),
            ("exaone-moe", "ab cd, e", ["ab cd", ",", " e"]),
            ("jais-2", "a       b", ["a", "    ", "  ", " b"]),
            ("bailingmoe", "\n\n", ["\n\n"]),
            ("gemma4", "a b\n\nc", ["a b", "\n\n", "c"]),
            ("laguna", "a\n\nb", ["a", "\n\n", "b"]),
        ])
    func families(name: String, text: String, expected: [String]) throws {
        #expect(try Self.words(name, text) == expected)
    }

    @Test("every name cuts any text without losing a byte", arguments: PreTokenizer.names)
    func nothingIsLost(name: String) throws {
        let preTokenizer = try PreTokenizer(named: name)
        let alphabet = ["a", "B", "é", "中", "1", "٣", " ", "\n", "\r", "\t", "'s", ".", "$", "\u{301}", "\u{3000}", "🙂", "\u{0}"]
        var state: UInt64 = 1
        for length in stride(from: 0, to: 200, by: 3) {
            var bytes: [UInt8] = []
            for _ in 0..<length {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes += Array(alphabet[Int(state >> 33) % alphabet.count].utf8)
                if state >> 60 == 0 { bytes.append(UInt8(truncatingIfNeeded: state >> 40) | 0x80) }
            }
            let ends = preTokenizer.words(in: bytes.span).map(Int.init)
            #expect(ends == Array(Set(ends)).sorted())
            #expect(ends.last ?? 0 == bytes.count && ends.first != 0)
        }
    }

    @Test(
        "endless runs of one character take no longer than their length allows",
        arguments: [" ", "\n", "a", "A", "1", ".", "中", "\u{301}"])
    func endlessRuns(character: String) throws {
        let bytes = Array(String(repeating: character, count: 5_000).utf8)
        for name in PreTokenizer.names {
            #expect(try PreTokenizer(named: name).words(in: bytes.span).last == Int32(bytes.count))
        }
    }

    @Test("a name that nobody knows is an error, no name is the default")
    func names() throws {
        #expect(throws: TokenizationError.unknownPreTokenizer("mystery")) { try PreTokenizer(named: "mystery") }
        #expect(try Self.words("", "12345") == Self.words("default", "12345"))
    }
}
