import GGUF
import Testing
import Tokenization

@Suite("Byte-pair encoding")
struct BytePairTests {
    @Test("merges go by rank, and leftmost among equals")
    func rankOrder() throws {
        let tokenizer = try Tokenizer(
            metadata: SampleVocabulary.bytePairs(["bc", "ab", "aa", "aaaa"], merges: ["b c", "a b", "a a", "aa aa"]))
        #expect(tokenizer.pieces("abc") == ["a", "bc"])
        #expect(tokenizer.pieces("aaaaa") == ["aaaa", "a"])
        #expect(tokenizer.pieces("aaa") == ["aa", "a"])
    }

    @Test("long words merge as short ones do")
    func longWords() throws {
        let tokenizer = try Tokenizer(metadata: SampleVocabulary.bytePairs(["aa", "aaaa"], merges: ["a a", "aa aa"]))
        for count in [31, 32, 33, 34, 1000, 1001] {
            let expected = [String](repeating: "aaaa", count: count / 4) + [[], ["a"], ["aa"], ["aa", "a"]][count % 4]
            #expect(tokenizer.pieces(String(repeating: "a", count: count)) == expected, "\(count)")
        }
    }

    @Test("a step that is no token falls back to bytes")
    func stepsThatAreNoTokens() throws {
        let tokenizer = try Tokenizer(metadata: SampleVocabulary.bytePairs(["abc"], merges: ["a b", "ab c"]))
        #expect(tokenizer.pieces("abc ab") == ["abc", "Ġ", "a", "b"])
        #expect(tokenizer.decode(tokenizer.encode("abc ab")) == "abc ab")
    }

    @Test("a word that is a token is taken whole only where the pre-tokenizer says so")
    func wholeWords() throws {
        let llama = try Tokenizer(metadata: SampleVocabulary.bytePairs(["Ġabc"], pre: "llama-bpe"))
        #expect(llama.pieces(" abc") == ["Ġabc"])
        let gpt2 = try Tokenizer(metadata: SampleVocabulary.bytePairs(["Ġabc"], pre: "gpt-2"))
        #expect(gpt2.pieces(" abc") == ["Ġ", "a", "b", "c"])
    }

    @Test("words seen before give the tokens they gave the first time")
    func repeatedWords() throws {
        let tokenizer = try Tokenizer(metadata: SampleVocabulary.bytePairs(["ab", "Ġab"], merges: ["a b", "Ġ ab"]))
        let words = (0..<500).map { "\($0 % 7 == 0 ? "ab" : "ba\($0 % 11)")" }
        let apart = words.enumerated().flatMap { tokenizer.pieces($0 == 0 ? $1 : " " + $1) }
        #expect(tokenizer.pieces(words.joined(separator: " ")) == apart)
    }

    @Test("BOS and EOS follow the file, else the pre-tokenizer, else the caller")
    func ends() throws {
        var metadata = SampleVocabulary.bytePairs(pre: "llama-bpe", control: ["<s>", "</s>"])
        metadata["tokenizer.ggml.bos_token_id"] = .uint32(256)
        metadata["tokenizer.ggml.eos_token_id"] = .uint32(257)
        #expect(try Tokenizer(metadata: metadata).encode("!") == [256, 33])
        metadata["tokenizer.ggml.add_bos_token"] = .bool(false)
        metadata["tokenizer.ggml.add_eos_token"] = .bool(true)
        let tokenizer = try Tokenizer(metadata: metadata)
        #expect(tokenizer.encode("!") == [33, 257])
        #expect(tokenizer.encode("!", bos: true, eos: false) == [256, 33])
    }

    @Test("user-defined tokens are always found, control tokens on demand, the longest first")
    func specialTokens() throws {
        let tokenizer = try Tokenizer(
            metadata: SampleVocabulary.bytePairs(control: ["<|x|>", "<|x|>y"], userDefined: ["[tool]"]))
        #expect(tokenizer.pieces("a[tool]b") == ["a", "[tool]", "b"])
        #expect(tokenizer.pieces("<|x|>").count == 5)
        #expect(tokenizer.pieces("<|x|>y<|x|>z", parseSpecial: true) == ["<|x|>y", "<|x|>", "z"])
        let ids = tokenizer.encode("a<|x|>[tool]", parseSpecial: true)
        #expect(tokenizer.decode(ids) == "a[tool]")
        #expect(tokenizer.decode(ids, special: true) == "a<|x|>[tool]")
    }

    @Test("Phi-3's special tokens take the white space after them")
    func stripping() throws {
        var metadata = SampleVocabulary.sentencePiece(["▁", "a"])
        metadata["general.name"] = .string("Phi-3 mini")
        metadata["tokenizer.ggml.tokens"] = .strings(["<unk>", "<s>", "</s>", "<|user|>", "▁", "a", "<0x0A>"])
        metadata["tokenizer.ggml.token_type"] = .array(.int32([2, 3, 3, 3, 1, 1, 6]))
        metadata["tokenizer.ggml.scores"] = .array(.float32([Float](repeating: 0, count: 7)))
        let tokenizer = try Tokenizer(metadata: metadata)
        #expect(tokenizer.pieces("<|user|>\n \na", parseSpecial: true) == ["<|user|>", "▁", "a"])
        #expect(tokenizer.pieces("<s> a", parseSpecial: true) == ["<s>", "▁", "▁", "a"])
    }

    @Test("Gemma 4 writes spaces as ▁, other bytes as byte tokens, and begins with BOS whatever the file says")
    func plainUTF8() throws {
        var metadata = GGUFMetadata()
        metadata["tokenizer.ggml.model"] = .string("gemma4")
        metadata["tokenizer.ggml.tokens"] = .strings(["<bos>", "a", "▁", "▁a", "\n", "\n\n", "<0xC3>", "<0xA9>"])
        metadata["tokenizer.ggml.token_type"] = .array(.int32([3, 1, 1, 1, 1, 1, 6, 6]))
        metadata["tokenizer.ggml.merges"] = .strings(["▁ a"])
        metadata["tokenizer.ggml.bos_token_id"] = .uint32(0)
        metadata["tokenizer.ggml.add_bos_token"] = .bool(false)
        let tokenizer = try Tokenizer(metadata: metadata)
        #expect(tokenizer.encode("a a\n\né") == [0, 1, 3, 5, 6, 7])
        #expect(tokenizer.decode([0, 1, 3, 5, 6, 7]) == "a a\n\né")
    }
}
