import Foundation
import TestSupport
import Testing
import Tokenization

@Suite("SentencePiece")
struct SentencePieceTests {
    /// Ids that the `sentencepiece` package gives; Tests/Fixtures/Tokenization/make-sentencepiece.py.
    private struct Expectation: Decodable {
        let model: String
        let text: String
        let ids: [TokenID]
    }

    @Test(
        "ids equal those of the sentencepiece package", .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func equalsThePackage() throws {
        let file = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Tokenization/sentencepiece.json")
        let expectations = try JSONDecoder().decode([Expectation].self, from: Data(contentsOf: file))
        #expect(expectations.count > 50)
        var tokenizers: [String: Tokenizer] = [:]
        for expectation in expectations {
            let tokenizer = try tokenizers[expectation.model] ?? Self.tokenizer(expectation.model)
            tokenizers[expectation.model] = tokenizer
            #expect(
                tokenizer.encode(expectation.text, bos: false, eos: false) == expectation.ids,
                "\(expectation.model): \(expectation.text.prefix(40).debugDescription)")
        }
    }

    private static func tokenizer(_ model: String) throws -> Tokenizer {
        let model = try SentencePieceModel(SharedData.bytes("tokenizers/\(model)"))
        return try Tokenizer(metadata: SampleVocabulary.metadata(of: model))
    }

    @Test("the best score is joined first, the leftmost of equals")
    func mergeOrder() throws {
        let tokenizer = try Tokenizer(metadata: SampleVocabulary.sentencePiece(["aa", "▁a", "a", "▁", "b"]))
        #expect(tokenizer.pieces("aaa") == ["▁", "aa", "a"])
        #expect(tokenizer.pieces("ab") == ["▁a", "b"])
    }

    @Test("characters without a token become bytes, or one unknown token where there are none")
    func unknownCharacters() throws {
        let tokenizer = try Tokenizer(metadata: SampleVocabulary.sentencePiece(["▁", "a"]))
        #expect(tokenizer.pieces("é") == ["▁", "<0xC3>", "<0xA9>"])
        #expect(tokenizer.decode(tokenizer.encode("é a")) == "é a")
        let withoutBytes = try Tokenizer(metadata: SampleVocabulary.sentencePiece(["▁", "a"], bytes: false))
        #expect(withoutBytes.pieces("éüa") == ["▁", "<unk>", "a"])
    }

    @Test("BOS comes first and EOS only where asked for")
    func ends() throws {
        let tokenizer = try Tokenizer(metadata: SampleVocabulary.sentencePiece(["▁", "a"]))
        #expect(tokenizer.addsBOS && !tokenizer.addsEOS)
        #expect(tokenizer.encode("").map { tokenizer.vocabulary.text(of: $0) } == ["<s>"])
        #expect(tokenizer.encode("", bos: false, eos: true) == [2])
    }

    @Test("a long text without spaces is joined as a short one is")
    func longWords() throws {
        let tokenizer = try Tokenizer(metadata: SampleVocabulary.sentencePiece(["▁", "aaaa", "aa", "a"]))
        #expect(tokenizer.pieces(String(repeating: "a", count: 400)) == ["▁"] + [String](repeating: "aaaa", count: 100))
        #expect(tokenizer.pieces(String(repeating: "a", count: 16)) == ["▁"] + [String](repeating: "aaaa", count: 4))
    }

    @Test("damaged model files are errors that name the place")
    func damagedModels() {
        #expect(throws: TokenizationError.malformedSentencePieceModel(offset: 0, reason: "no pieces before the end")) {
            try SentencePieceModel([])
        }
        #expect(throws: TokenizationError.malformedSentencePieceModel(offset: 2, reason: "a field of 9 bytes where 1 are left")) {
            try SentencePieceModel([0x0A, 0x09, 0x00])
        }
        #expect(throws: TokenizationError.malformedSentencePieceModel(offset: 0, reason: "wire type 7")) {
            try SentencePieceModel([0x0F])
        }
        #expect(throws: TokenizationError.malformedSentencePieceModel(offset: 11, reason: "a number of more than ten bytes")) {
            try SentencePieceModel([0x0A] + [UInt8](repeating: 0xFF, count: 12))
        }
        #expect(throws: TokenizationError.malformedSentencePieceModel(offset: 2, reason: "a piece of type 9")) {
            try SentencePieceModel([0x0A, 0x02, 0x18, 0x09])
        }
    }

    @Test("any prefix of a model file is read or refused", .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func truncatedModels() throws {
        let bytes = try SharedData.bytes("tokenizers/sentencepiece/test_model.model")
        for length in stride(from: 0, to: bytes.count, by: 4999) {
            guard let model = try? SentencePieceModel(Array(bytes[..<length])) else { continue }
            #expect(model.pieces.count <= 1000)
        }
    }
}
