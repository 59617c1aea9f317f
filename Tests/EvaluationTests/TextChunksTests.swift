import Bytes
import Evaluation
import GGUF
import TestSupport
import Testing
import Tokenization

/// Chunks of texts, with a model whose tokens are bytes.
@Suite struct TextChunksTests {
    private func tokenizer() throws -> Tokenizer {
        try Tokenizer(metadata: GGUFFile(ByteRegion(TinyModelFile.llama().bytes), name: "tiny").metadata)
    }

    @Test func `each chunk begins with the token that begins texts`() throws {
        let tokenizer = try tokenizer()
        let text = Array(String(repeating: "x", count: 40).utf8)
        let chunks = try TextChunks(text: text, tokenizer: tokenizer, contextLength: 16)
        let tokens = tokenizer.encode(text)
        #expect(chunks.count == tokens.count / 16)
        #expect(chunks.input(0) == Array(tokens[..<16]))
        #expect(chunks.input(1) == [try #require(tokenizer.vocabulary.bos)] + tokens[17..<32])
    }

    @Test func `targets are the text's own next tokens`() throws {
        let tokenizer = try tokenizer()
        let text = Array("the quick brown fox jumps over the lazy dog".utf8)
        let tokens = tokenizer.encode(text)
        let chunks = try TextChunks(text: text, tokenizer: tokenizer, contextLength: 16)
        #expect(chunks.scored == 8..<15)
        #expect(chunks.targets(1, chunks.scored) == Array(tokens[25..<32]))
    }

    @Test func `one line break at the end is not part of the text`() throws {
        let tokenizer = try tokenizer()
        let text = Array(String(repeating: "y", count: 32).utf8)
        let plain = try TextChunks(text: text, tokenizer: tokenizer, contextLength: 8)
        let broken = try TextChunks(text: text + [10], tokenizer: tokenizer, contextLength: 8)
        #expect(plain.count == broken.count)
        #expect((0..<plain.count).allSatisfy { plain.input($0) == broken.input($0) })
    }

    @Test func `chunks can be left out and limited`() throws {
        let tokenizer = try tokenizer()
        let text = Array((0..<100).map { UInt8(ascii: "a") + UInt8($0 % 26) })
        let all = try TextChunks(text: text, tokenizer: tokenizer, contextLength: 8)
        let some = try TextChunks(text: text, tokenizer: tokenizer, contextLength: 8, skipped: 3, limit: 4)
        #expect(some.count == 4)
        #expect(some.input(0) == all.input(3))
    }

    @Test func `a text of less than two chunks is refused`() throws {
        let tokenizer = try tokenizer()
        let text = Array(String(repeating: "z", count: 20).utf8)
        let tokens = tokenizer.encode(text).count
        #expect(throws: EvaluationError.tooFewTokens(found: tokens, wanted: 32, contextLength: 16)) {
            try TextChunks(text: text, tokenizer: tokenizer, contextLength: 16)
        }
        #expect(throws: EvaluationError.tooFewTokens(found: tokens, wanted: .max, contextLength: 8)) {
            try TextChunks(text: text, tokenizer: tokenizer, contextLength: 8, skipped: .max)
        }
        #expect(throws: EvaluationError.contextLength(7)) {
            try TextChunks(text: text, tokenizer: tokenizer, contextLength: 7)
        }
    }
}
