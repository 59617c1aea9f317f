import Conversion
import Foundation
import GGUF
import JSONText
import TestSupport
import Testing
import Tokenization

/// Vocabularies of real models, converted from their own files and compared with what llama.cpp's converter made of them.
@Suite(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
struct KnownVocabularyTests {
    private func checkpoint(vocabularySize: Int) -> TestCheckpoint {
        var checkpoint = TestCheckpoint()
        checkpoint.config["vocab_size"] = .number(JSONNumber(vocabularySize))
        checkpoint.config["tie_word_embeddings"] = true
        checkpoint.tensors["lm_head.weight"] = nil
        checkpoint.add("model.embed_tokens.weight", [vocabularySize, 8])
        checkpoint.files["tokenizer.json"] = .some(nil)
        return checkpoint
    }

    private func reference(_ name: String) throws -> GGUFMetadata {
        try GGUFFile(path: SharedData.url("vocab/ggml-vocab-\(name).gguf").path).metadata
    }

    @Test func llama2() throws {
        var checkpoint = checkpoint(vocabularySize: 32000)
        checkpoint.data["tokenizer.model"] = try SharedData.bytes("tokenizers/llama-2/tokenizer.model")
        let (found, wanted) = (try checkpoint.convert().metadata, try reference("llama-spm"))
        for key in [
            GGUFKey.tokenizerModel, GGUFKey.tokens, GGUFKey.tokenTypes, GGUFKey.scores, GGUFKey.bosTokenID, GGUFKey.eosTokenID,
            GGUFKey.unknownTokenID,
        ] { #expect(found[key] == wanted[key], "\(key)") }
        #expect(found.bool(GGUFKey.addBOS) == true && found.bool(GGUFKey.addEOS) == false)
    }

    @Test func gpt2() throws {
        var checkpoint = checkpoint(vocabularySize: 50257)
        checkpoint.data["tokenizer.json"] = try SharedData.bytes("models/tinygpt2-811k/tokenizer.json")
        let (found, wanted) = (try checkpoint.convert().metadata, try reference("gpt-2"))
        for key in [GGUFKey.tokenizerModel, GGUFKey.tokenizerPre, GGUFKey.tokens, GGUFKey.tokenTypes, GGUFKey.merges] {
            #expect(found[key] == wanted[key], "\(key)")
        }
    }

    @Test(arguments: ["test_model", "test_ja_model"])
    func sentencePieceModels(name: String) throws {
        let bytes = try SharedData.bytes("tokenizers/sentencepiece/\(name).model")
        let model = try SentencePieceModel(bytes)
        var checkpoint = checkpoint(vocabularySize: model.pieces.count)
        checkpoint.data["tokenizer.model"] = bytes
        let metadata = try checkpoint.convert().metadata
        #expect(metadata.string(GGUFKey.tokenizerModel) == (model.algorithm == .unigram ? "t5" : "llama"))
        #expect(metadata.strings(GGUFKey.tokens)?.map(\.bytes) == model.pieces.map(\.text))
        #expect(try Tokenizer(metadata: metadata).vocabulary.count == model.pieces.count)
    }

    @Test func tiktokenRanksAloneAreAnError() throws {
        var checkpoint = checkpoint(vocabularySize: 128_256)
        checkpoint.data["tokenizer.model"] = try SharedData.bytes("tokenizers/llama-3/tokenizer.model")
        #expect(try #require(checkpoint.failure()).contains("tokenizer.model': SentencePiece model: "))
    }

    /// The sample's text becomes the ids that transformers gives it.
    @Test func theSamplesPromptsHaveTheirIDs() throws {
        let model = try CheckpointConverter().convert(CheckpointFolder(path: SharedData.url("sample-chat").path))
        let tokenizer = try Tokenizer(metadata: model.metadata)
        let cases = try #require(try JSONValue(parsing: SharedData.bytes("sample-chat/EXPECTED.json")).array)
        #expect(cases.count == 28)
        for expected in cases {
            let prompt = try #require(expected["prompt"]?.string)
            let ids = tokenizer.encode(prompt, bos: nil, eos: nil, parseSpecial: true)
            #expect(ids.map(Int.init) == expected["prompt_ids"]?.array?.compactMap(\.int))
        }
    }
}

@Suite struct PreTokenizerNameTests {
    /// What conversion writes, the tokenizer can read.
    @Test(arguments: Set(PreTokenizerTable.entries.map(\.name)).sorted())
    func isKnownToTheTokenizer(name: String) throws {
        let metadata = try TestCheckpoint().convert(ConversionOptions(preTokenizer: name)).metadata
        #expect(throws: Never.self) { try Tokenizer(metadata: metadata) }
    }

    @Test func noRulesHaveTwoNames() {
        let patterns = PreTokenizerTable.entries.map { $0.patterns.joined(separator: "\n") }
        #expect(Set(patterns.map { Array($0.utf8) }).count == patterns.count)
    }
}
