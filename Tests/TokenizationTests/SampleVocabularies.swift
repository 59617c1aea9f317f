import GGUF
import TestSupport
import Tokenization

/// Small vocabularies made in tests, and metadata around them.
enum SampleVocabulary {
    /// GPT-2's letters for all bytes, then the tokens and merges given.
    static func bytePairs(
        _ tokens: [String] = [], merges: [String] = [], pre: String = "gpt-2", control: [String] = [], userDefined: [String] = []
    ) -> GGUFMetadata {
        let letters = byteLetters
        let all = letters + tokens + control + userDefined
        var metadata = GGUFMetadata()
        metadata["tokenizer.ggml.model"] = .string("gpt2")
        metadata["tokenizer.ggml.pre"] = .string(pre)
        metadata["tokenizer.ggml.tokens"] = .strings(all)
        metadata["tokenizer.ggml.merges"] = .strings(merges)
        metadata["tokenizer.ggml.token_type"] = .array(
            .int32(
                [Int32](repeating: 1, count: letters.count + tokens.count) + [Int32](repeating: 3, count: control.count)
                    + [Int32](repeating: 4, count: userDefined.count)))
        return metadata
    }

    /// The characters that GPT-2 writes the bytes 0 to 255 with.
    static let byteLetters: [String] = {
        var next: UInt32 = 0x100
        return (0..<UInt32(256)).map { byte in
            var scalar = byte
            if !((0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)) {
                scalar = next
                next += 1
            }
            return Unicode.Scalar(scalar).map { String(Character($0)) } ?? ""
        }
    }()

    /// SentencePiece byte pairs: `<unk>`, `<s>`, `</s>`, all byte tokens, then pieces with falling scores.
    static func sentencePiece(_ pieces: [String], bytes: Bool = true) -> GGUFMetadata {
        let digits = Array("0123456789ABCDEF")
        let byteTokens = bytes ? (0..<256).map { "<0x\(digits[$0 >> 4])\(digits[$0 & 15])>" } : []
        var metadata = GGUFMetadata()
        metadata["tokenizer.ggml.model"] = .string("llama")
        metadata["tokenizer.ggml.tokens"] = .strings(["<unk>", "<s>", "</s>"] + byteTokens + pieces)
        metadata["tokenizer.ggml.scores"] = .array(
            .float32([Float](repeating: 0, count: 3 + byteTokens.count) + pieces.indices.map { -Float($0) }))
        metadata["tokenizer.ggml.token_type"] = .array(
            .int32(
                [2, 3, 3] + [Int32](repeating: 6, count: byteTokens.count) + [Int32](repeating: 1, count: pieces.count)))
        return metadata
    }

    /// The metadata that a converter writes for a SentencePiece model file.
    static func metadata(of model: SentencePieceModel) -> GGUFMetadata {
        let types: [TokenKind: Int32] = [.normal: 1, .unknown: 2, .control: 3, .userDefined: 4, .unused: 5, .byte: 6]
        var metadata = GGUFMetadata()
        metadata["tokenizer.ggml.model"] = .string(model.algorithm == .unigram ? "t5" : "llama")
        metadata["tokenizer.ggml.tokens"] = .array(.string(GGUFStrings(model.pieces.map(\.text))))
        metadata["tokenizer.ggml.scores"] = .array(.float32(model.pieces.map(\.score)))
        metadata["tokenizer.ggml.token_type"] = .array(.int32(model.pieces.map { types[$0.kind] ?? 0 }))
        metadata["tokenizer.ggml.unknown_token_id"] = .uint32(UInt32(clamping: model.unknownID))
        metadata["tokenizer.ggml.bos_token_id"] = .uint32(UInt32(clamping: model.beginningID))
        metadata["tokenizer.ggml.eos_token_id"] = .uint32(UInt32(clamping: model.endID))
        metadata["tokenizer.ggml.add_space_prefix"] = .bool(model.addsSpaceBefore)
        metadata["tokenizer.ggml.remove_extra_whitespaces"] = .bool(model.removesExtraSpaces)
        if !model.characterMap.isEmpty { metadata["tokenizer.ggml.precompiled_charsmap"] = .array(.uint8(model.characterMap)) }
        return metadata
    }
}

extension Tokenizer {
    /// The tokens of a text as the vocabulary writes them, without BOS and EOS.
    func pieces(_ text: String, parseSpecial: Bool = false) -> [String] {
        encode(text, bos: false, eos: false, parseSpecial: parseSpecial).map { vocabulary.text(of: $0) }
    }
}
