import GGUF
import Testing
import Tokenization

@Suite("WordPiece")
struct WordPieceTests {
    private static func tokenizer(_ pieces: [String], lowercase: Bool? = nil) throws -> Tokenizer {
        var metadata = GGUFMetadata()
        metadata["tokenizer.ggml.model"] = .string("bert")
        metadata["tokenizer.ggml.tokens"] = .strings(["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + pieces)
        metadata["tokenizer.ggml.token_type"] = .array(.int32([3, 3, 3, 3] + [Int32](repeating: 1, count: pieces.count)))
        metadata["tokenizer.ggml.unknown_token_id"] = .uint32(1)
        metadata["tokenizer.ggml.bos_token_id"] = .uint32(2)
        metadata["tokenizer.ggml.seperator_token_id"] = .uint32(3)
        if let lowercase { metadata["tokenizer.ggml.normalizer.lowercase"] = .bool(lowercase) }
        return try Tokenizer(metadata: metadata)
    }

    @Test("words are spelled by the longest tokens, or unknown as a whole")
    func longestFirst() throws {
        let tokenizer = try Self.tokenizer(["▁un", "▁unaff", "aff", "able", "▁a"])
        #expect(tokenizer.pieces("unaffable a") == ["▁unaff", "able", "▁a"])
        #expect(tokenizer.pieces("unaffablx a") == ["[UNK]", "▁a"])
    }

    @Test("text is lower-cased and loses accents and control characters; punctuation and ideographs stand alone")
    func normalization() throws {
        let tokenizer = try Self.tokenizer(["▁ecole", "▁,", "▁中", "▁文", "▁$"])
        #expect(tokenizer.pieces("É\u{200B}COLE,中文$") == ["▁ecole", "▁,", "▁中", "▁文", "▁$"])
    }

    @Test("Korean syllables are spelled by their letters, and Indic vowels stay")
    func decomposition() throws {
        let tokenizer = try Self.tokenizer([
            "▁\u{1109}", "\u{1166}", "\u{1100}", "\u{1168}", "\u{11AB}", "▁ह", "ि", "न", "द", "ी", "▁ক", "ে", "া",
        ])
        #expect(tokenizer.pieces("세계") == ["▁\u{1109}", "\u{1166}", "\u{1100}", "\u{1168}"])
        #expect(tokenizer.pieces("센") == ["▁\u{1109}", "\u{1166}", "\u{11AB}"])
        // The virama is an accent to Unicode; the vowel O of Bengali is two marks.
        #expect(tokenizer.pieces("हिन्दी") == ["▁ह", "ि", "न", "द", "ी"])
        #expect(tokenizer.pieces("ক\u{9CB}") == ["▁ক", "ে", "া"])
    }

    @Test("a word of more than a hundred characters is unknown")
    func longWords() throws {
        let tokenizer = try Self.tokenizer(["▁é", "é", "▁x", "x"], lowercase: false)
        for letter in ["x", "é"] {
            let whole = String(repeating: letter, count: 100)
            #expect(tokenizer.pieces(whole).count == 100)
            #expect(tokenizer.pieces(whole + letter) == ["[UNK]"])
        }
    }

    @Test("a cased model keeps case and accents")
    func cased() throws {
        let tokenizer = try Self.tokenizer(["▁École", "▁ecole"], lowercase: false)
        #expect(tokenizer.pieces("École ecole") == ["▁École", "▁ecole"])
    }

    @Test("text stands between CLS and SEP")
    func ends() throws {
        let tokenizer = try Self.tokenizer(["▁a"])
        #expect(tokenizer.encode("a") == [2, 4, 3])
        #expect(tokenizer.encode("a", bos: false, eos: false) == [4])
        #expect(tokenizer.decode([2, 4, 4, 3]) == "a a")
    }
}
