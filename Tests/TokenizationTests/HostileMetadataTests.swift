import GGUF
import Testing
import Tokenization

@Suite("Metadata that does not fit")
struct HostileMetadataTests {
    private func error(_ change: (inout GGUFMetadata) -> Void) -> TokenizationError? {
        var metadata = SampleVocabulary.bytePairs(["ab"], merges: ["a b"])
        change(&metadata)
        do {
            _ = try Tokenizer(metadata: metadata)
            return nil
        } catch { return error }
    }

    @Test("a file without a tokenizer, or with one that is not supported")
    func models() {
        #expect(error { $0["tokenizer.ggml.model"] = nil } == .noTokenizer)
        #expect(error { $0["tokenizer.ggml.model"] = .uint32(1) } == .noTokenizer)
        #expect(error { $0["tokenizer.ggml.model"] = .string("rwkv") } == .unsupportedModel("rwkv"))
        #expect(
            TokenizationError.unsupportedModel("rwkv").description
                == "tokenizer model 'rwkv' is not supported; supported are 'gpt2', 'gemma4', 'whitespace', 'llama', 'bert' and 't5'"
        )
    }

    @Test("missing, empty and mistyped lists")
    func lists() {
        #expect(error { $0["tokenizer.ggml.tokens"] = nil } == .missingKey("tokenizer.ggml.tokens"))
        #expect(error { $0["tokenizer.ggml.tokens"] = .strings([]) } == .emptyVocabulary)
        #expect(
            error { $0["tokenizer.ggml.tokens"] = .uint32(7) }
                == .wrongType(key: "tokenizer.ggml.tokens", found: "a uint32", wanted: "an array of strings"))
        #expect(error { $0["tokenizer.ggml.merges"] = nil } == .missingKey("tokenizer.ggml.merges"))
        #expect(
            error { $0["tokenizer.ggml.merges"] = .bool(true) }
                == .wrongType(key: "tokenizer.ggml.merges", found: "a bool", wanted: "an array of strings"))
        #expect(error { $0["tokenizer.ggml.pre"] = .string("mystery") } == .unknownPreTokenizer("mystery"))
    }

    @Test("lists that are too short for the tokens; longer ones are read as far as there are tokens")
    func counts() {
        #expect(
            error { $0["tokenizer.ggml.scores"] = .array(.float32([1])) }
                == .tooFewElements(key: "tokenizer.ggml.scores", found: 1, tokens: 257))
        #expect(
            error { $0["tokenizer.ggml.token_type"] = .array(.int32([1, 1])) }
                == .tooFewElements(key: "tokenizer.ggml.token_type", found: 2, tokens: 257))
        #expect(error { $0["tokenizer.ggml.token_type"] = .array(.int32([Int32](repeating: 1, count: 300))) } == nil)
        #expect(
            error { $0["tokenizer.ggml.scores"] = .strings(["1"]) }
                == .wrongType(key: "tokenizer.ggml.scores", found: "an array of 1 strings", wanted: "an array of numbers"))
    }

    @Test("every end that the file lists ends a reply; numbers of no token do nothing")
    func ends() throws {
        var metadata = SampleVocabulary.bytePairs(["ab"], merges: ["a b"])
        metadata["tokenizer.ggml.eos_token_id"] = .uint32(7)
        metadata["tokenizer.ggml.eos_token_ids"] = .array(.int32([7, 256, -1, 9999]))
        #expect(try Tokenizer(metadata: metadata).vocabulary.endOfGeneration == [7, 256])
        metadata["tokenizer.ggml.eos_token_ids"] = .string("7")
        #expect(try Tokenizer(metadata: metadata).vocabulary.endOfGeneration == [7])
    }

    @Test("merges that are no pairs")
    func merges() {
        for text in ["", "ab", " ", "a ", "  "] {
            #expect(error { $0["tokenizer.ggml.merges"] = .strings(["a b", text]) } == .malformedMerge(index: 1, text: text))
        }
    }

    @Test("a token that is longer than any token")
    func longTokens() {
        let long = String(repeating: "x", count: 70_000)
        #expect(error { $0["tokenizer.ggml.tokens"] = .strings(["a", long]) } == .tokenTooLong(id: 1, bytes: 70_000))
    }

    @Test("ids outside the vocabulary are ignored")
    func ids() throws {
        var metadata = SampleVocabulary.bytePairs()
        for key in ["bos", "eos", "eot", "unknown", "padding"] { metadata["tokenizer.ggml.\(key)_token_id"] = .uint32(.max) }
        metadata["tokenizer.ggml.add_bos_token"] = .bool(true)
        let tokenizer = try Tokenizer(metadata: metadata)
        #expect(tokenizer.vocabulary.eot == nil && tokenizer.vocabulary.unknown == nil)
        for id in [TokenID.min, -1, 256, .max] {
            #expect(tokenizer.bytes(of: id, special: true).isEmpty)
            #expect(tokenizer.vocabulary.kind(of: id) == .unused)
            #expect(tokenizer.vocabulary.text(of: id).isEmpty)
        }
    }

    @Test("empty and equal tokens, unknown types and scores that are no numbers do no harm")
    func oddTokens() throws {
        var metadata = SampleVocabulary.sentencePiece(["a", "a", "", "▁", "aa", "b"])
        var types = [Int32](repeating: 1, count: 265)
        types[262] = -7
        metadata["tokenizer.ggml.token_type"] = .array(.int32(types))
        metadata["tokenizer.ggml.scores"] = .array(
            .float32([Float](repeating: 0, count: 259) + [.nan, .nan, .infinity, -.infinity, .nan, -0.0]))
        let tokenizer = try Tokenizer(metadata: metadata)
        #expect(tokenizer.encode("aab", bos: false).last == 264)
        #expect(tokenizer.vocabulary.text(of: 261) == "[EMPTY_261]")
    }

    @Test("a vocabulary without tokens for bytes drops what it cannot say")
    func missingBytes() throws {
        var metadata = SampleVocabulary.bytePairs()
        metadata["tokenizer.ggml.tokens"] = .strings(["a", "b"])
        metadata["tokenizer.ggml.token_type"] = .array(.int32([1, 1]))
        #expect(try Tokenizer(metadata: metadata).encode("axb") == [0, 1])
    }

    @Test("damaged character maps are refused or match nothing")
    func characterMaps() throws {
        var metadata = SampleVocabulary.sentencePiece(["▁", "a"])
        metadata["tokenizer.ggml.model"] = .string("t5")
        for bytes: [UInt8] in [[], [1, 2, 3], [255, 255, 255, 255, 0], [4, 0, 0, 0, 1, 1, 1, 1], [4, 0, 0, 0, 1, 1, 1, 1, 7]] {
            metadata["tokenizer.ggml.precompiled_charsmap"] = .array(.uint8(bytes))
            #expect(throws: TokenizationError.self) { try Tokenizer(metadata: metadata) }
        }
        metadata["tokenizer.ggml.precompiled_charsmap"] = .array(.int32([1]))
        #expect(throws: TokenizationError.self) { try Tokenizer(metadata: metadata) }
        var state: UInt64 = 9
        for _ in 0..<200 {
            var bytes: [UInt8] = [0, 1, 0, 0]
            for _ in 0..<300 {
                state = state &* 6_364_136_223_846_793_005 &+ 1
                bytes.append(UInt8(truncatingIfNeeded: state >> 40))
            }
            metadata["tokenizer.ggml.precompiled_charsmap"] = .array(.uint8(bytes + [0]))
            let tokenizer = try Tokenizer(metadata: metadata)
            #expect(tokenizer.encode((0...UInt8.max).map { $0 }).count > 0)
        }
    }
}
