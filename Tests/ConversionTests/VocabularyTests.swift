import Conversion
import GGUF
import JSONText
import Testing

@Suite struct VocabularyTests {
    @Test func tokensMergesAndKinds() throws {
        let metadata = try TestCheckpoint().convert().metadata
        #expect(metadata.string(GGUFKey.tokenizerModel) == "gpt2" && metadata.string(GGUFKey.tokenizerPre) == "gpt-2")
        #expect(metadata.strings(GGUFKey.tokens)?.texts == ["a", "b", "ab", "<s>", "<x>", "[PAD5]"])
        #expect(metadata.ints(GGUFKey.tokenTypes) == [1, 1, 1, 3, 4, 5])
        #expect(metadata.strings(GGUFKey.merges)?.texts == ["a b"])
        #expect(metadata[GGUFKey.scores] == nil)
    }

    @Test func mergesAsStringsAreTheSame() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.tokenizer["model"] = ["type": "BPE", "vocab": ["a": 0, "b": 1, "ab": 2], "merges": ["a b"]]
        #expect(try checkpoint.convert().metadata.strings(GGUFKey.merges)?.texts == ["a b"])
    }

    @Test func aBlankInsideAMergeIsSpelledAsAByte() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.tokenizer["model"] = ["type": "BPE", "vocab": ["a": 0], "merges": [["a ", " b"]]]
        #expect(try checkpoint.convert().metadata.strings(GGUFKey.merges)?.texts == ["a\u{120} \u{120}b"])
    }

    @Test func tokensThatOnlyLookAlikeAreTwo() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.tokenizer["model"] = ["type": "BPE", "vocab": ["\u{E9}": 0, "e\u{301}": 1], "merges": []]
        let tokens = try #require(try checkpoint.convert().metadata.strings(GGUFKey.tokens))
        #expect(tokens[0].bytes == [0xC3, 0xA9] && tokens[1].bytes == [0x65, 0xCC, 0x81])
    }

    @Test func namesThatLookSpecialAre() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.tokenizer["added_tokens"] = [
            ["id": 3, "content": "<|tool|>"], ["id": 4, "content": "\u{2581}x", "special": false],
            ["id": 5, "content": "<pad>", "special": false],
        ]
        let metadata = try checkpoint.convert().metadata
        #expect(metadata.ints(GGUFKey.tokenTypes) == [1, 1, 1, 3, 4, 3])
        #expect(metadata.strings(GGUFKey.tokens)?[4].text == " x")
    }

    @Test func tokensThatOnlyTokenizerConfigLists() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.files["tokenizer_config.json"] = """
            {"added_tokens_decoder": {"4": {"content": "other"}, "5": {"content": "<y>", "special": true}, "9": {"content": "z"}}}
            """
        let metadata = try checkpoint.convert().metadata
        #expect(metadata.strings(GGUFKey.tokens)?.texts == ["a", "b", "ab", "<s>", "<x>", "<y>"])
        #expect(metadata.ints(GGUFKey.tokenTypes) == [1, 1, 1, 3, 4, 3])
    }

    @Test func aTokenPastTheEmbeddings() {
        var checkpoint = TestCheckpoint()
        checkpoint.tokenizer["model"] = ["type": "BPE", "vocab": ["a": 0, "b": 6], "merges": []]
        #expect(checkpoint.failure() == "token 'b' has the id 6, but 'vocab_size' is 6")
    }

    @Test(
        arguments: [
            ("model", "x", "'model' is no object"),
            ("model", ["type": "Unigram"], "a vocabulary of type 'Unigram', wanted BPE or WordPiece"),
            ("model", ["type": "BPE"], "'model.vocab' is missing, empty or no object"),
            ("model", ["type": "BPE", "vocab": ["a": -1], "merges": []], "the id of token 'a' is -1"),
            ("model", ["type": "BPE", "vocab": ["a": "0"], "merges": []], "the id of token 'a' is \"0\""),
            ("model", ["type": "BPE", "vocab": ["a": 1, "b": 1], "merges": []], "token 'b' has the id 1, which another one has"),
            ("model", ["type": "BPE", "vocab": ["a": 0]], "'model.merges' is no array"),
            ("model", ["type": "BPE", "vocab": ["a": 0], "merges": ["ab"]], "'model.merges' entry 0 is no pair of tokens"),
            ("model", ["type": "BPE", "vocab": ["a": 0], "merges": [["a", ""]]], "'model.merges' entry 0 is no pair of tokens"),
            ("model", ["type": "BPE", "vocab": ["a": 0], "merges": [["a"]]], "'model.merges' entry 0 is no pair of tokens"),
            ("added_tokens", 3, "'added_tokens' is no array"),
            ("added_tokens", [["id": -3, "content": "x"]], "'added_tokens' entry 0 lacks an id or a content"),
        ] as [(String, JSONValue, String)])
    func tokenizersThatMakeNoSense(key: String, value: JSONValue, problem: String) throws {
        var checkpoint = TestCheckpoint()
        checkpoint.tokenizer[key] = value
        #expect(try #require(checkpoint.failure()).hasSuffix("tokenizer.json': \(problem)"))
    }

    @Test func noTokenizerAtAll() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.files["tokenizer.json"] = .some(nil)
        #expect(try #require(checkpoint.failure()).hasSuffix("none of 'tokenizer.model', 'tokenizer.json' and 'vocab.txt'"))
    }

    @Test func normalizersThatAreLeftOut() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.tokenizer["normalizer"] = ["type": "Sequence", "normalizers": [["type": "NFC"], ["type": "Lowercase"]]]
        #expect(
            try checkpoint.convert().warnings == [
                "tokenizer.json's normalizer 'Lowercase' is left out: runners of GGUF files have no such step"
            ])
    }

    /// Llama 2's kind of vocabulary without its tokenizer.model: the ranks of merges become scores.
    @Test func piecesWithMergesBecomeSentencePiece() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.tokenizer["pre_tokenizer"] = .null
        checkpoint.tokenizer["added_tokens"] = [["id": 0, "content": "<unk>", "special": true]]
        checkpoint.tokenizer["normalizer"] = [
            "type": "Sequence", "normalizers": [["type": "Prepend", "prepend": "\u{2581}"], ["type": "Replace"]],
        ]
        checkpoint.tokenizer["model"] = [
            "type": "BPE", "byte_fallback": true, "unk_token": "<unk>",
            "vocab": ["<unk>": 0, "<0x0A>": 1, "a": 2, "\u{2581}": 3, "\u{2581}a": 4, "aa": 5],
            "merges": ["a a", "\u{2581} a"],
        ]
        let metadata = try checkpoint.convert().metadata
        #expect(metadata.string(GGUFKey.tokenizerModel) == "llama" && metadata.string(GGUFKey.tokenizerPre) == "default")
        #expect(metadata.ints(GGUFKey.tokenTypes) == [2, 6, 1, 1, 1, 1])
        #expect(metadata.floats(GGUFKey.scores) == [-1000, 0, -2, -2, -1, 0])
        #expect(metadata.bool(GGUFKey.addSpacePrefix) == true && metadata[GGUFKey.merges] == nil)
    }
}

@Suite struct DamagedFileTests {
    /// However a byte is changed, the end is a model or an error that says something.
    @Test(arguments: ["config.json", "tokenizer.json"])
    func aDamagedByteIsReadOrRefused(name: String) throws {
        var checkpoint = TestCheckpoint()
        let whole = Array(JSONValue.object(name == "config.json" ? checkpoint.config : checkpoint.tokenizer).text().utf8)
        let replacements: [UInt8] = [0, UInt8(ascii: "-"), UInt8(ascii: "9"), UInt8(ascii: "{"), UInt8(ascii: "\""), 0xFF]
        for index in whole.indices where index % 3 == 0 {
            var damaged = whole
            damaged[index] = replacements[index / 3 % replacements.count]
            checkpoint.data[name] = damaged
            if let failure = checkpoint.failure() { #expect(failure.count > 10) }
        }
        for count in stride(from: 0, to: whole.count, by: 7) {
            checkpoint.data[name] = Array(whole.prefix(count))
            #expect(try #require(checkpoint.failure()).contains(name))
        }
    }
}

@Suite struct SentencePieceTests {
    /// A tokenizer.model: pieces of text, score and type, and the trainer's algorithm.
    private func model(_ pieces: [(String, Float, UInt8)], algorithm: UInt8 = 2) -> String {
        var bytes: [UInt8] = []
        for (text, score, kind) in pieces {
            let bits = score.bitPattern
            let body =
                [0x0A, UInt8(text.utf8.count)] + Array(text.utf8) + [0x15]
                + (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
                + [0x18, kind]
            bytes += [0x0A, UInt8(body.count)] + body
        }
        bytes += [0x12, 2, 0x18, algorithm]
        return String(decoding: bytes, as: UTF8.self)
    }

    private let pieces: [(String, Float, UInt8)] = [
        ("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("a", 0, 1), ("<0x0A>", 0, 6),
    ]

    @Test func piecesAreTakenAndPadded() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.files["tokenizer.model"] = model(pieces)
        checkpoint.files["tokenizer.json"] = .some(nil)
        let metadata = try checkpoint.convert().metadata
        #expect(metadata.strings(GGUFKey.tokens)?.texts == ["<unk>", "<s>", "</s>", "a", "<0x0A>", "[PAD5]"])
        #expect(metadata.ints(GGUFKey.tokenTypes) == [2, 3, 3, 1, 6, 5])
        #expect(metadata.floats(GGUFKey.scores)?.last == -10_000)
        #expect([GGUFKey.unknownTokenID, GGUFKey.bosTokenID, GGUFKey.eosTokenID].map(metadata.int) == [0, 1, 2])
        #expect(metadata.bool(GGUFKey.addBOS) == true && metadata.bool(GGUFKey.addEOS) == false)
        #expect(metadata.string(GGUFKey.tokenizerModel) == "llama")
    }

    @Test func morePiecesThanEmbeddingsAreCut() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.files["tokenizer.model"] = model(pieces + [("b", 0, 1), ("c", 0, 1)])
        checkpoint.files["tokenizer.json"] = .some(nil)
        let converted = try checkpoint.convert()
        #expect(converted.metadata.strings(GGUFKey.tokens)?.count == 6)
        #expect(converted.warnings == ["tokenizer.model has 7 pieces, 'vocab_size' is 6; the rest is left out"])
    }

    @Test func unigramModelsAreNamedT5() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.files["tokenizer.model"] = model(pieces, algorithm: 1)
        let metadata = try checkpoint.convert().metadata
        #expect(metadata.string(GGUFKey.tokenizerModel) == "t5" && metadata.bool(GGUFKey.addSpacePrefix) == true)
    }

    /// Llama 3's tokenizer.model holds tiktoken's ranks.
    @Test func whatIsNoSentencePieceModelYieldsToTokenizerJSON() throws {
        var checkpoint = TestCheckpoint()
        checkpoint.files["tokenizer.model"] = "IQ== 0\nIg== 1\n"
        #expect(try checkpoint.convert().metadata.string(GGUFKey.tokenizerModel) == "gpt2")
        checkpoint.files["tokenizer.json"] = .some(nil)
        #expect(try #require(checkpoint.failure()).contains("tokenizer.model': "))
    }
}
