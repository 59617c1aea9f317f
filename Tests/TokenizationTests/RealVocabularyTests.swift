import Foundation
import GGUF
import TestSupport
import Testing
import Tokenization

@Suite("Vocabularies of real models", .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
struct RealVocabularyTests {
    private static let names =
        (try? SharedData.files(in: "vocab").map(\.lastPathComponent).filter { $0.hasSuffix(".gguf") }) ?? []

    private static func tokenizer(_ name: String) throws -> Tokenizer {
        try Tokenizer(metadata: GGUFFile(path: SharedData.url("vocab/\(name)").path).metadata)
    }

    @Test("every text of the .inp files gives the ids of the .out files", arguments: names)
    func expectedIDs(name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        let texts = String(decoding: try SharedData.bytes("vocab/\(name).inp"), as: UTF8.self)
            .components(separatedBy: "\n__ggml_vocab_test__\n")
        let expected = String(decoding: try SharedData.bytes("vocab/\(name).out"), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(texts.count == expected.count)
        for (text, line) in zip(texts, expected) {
            let ids = line.split(separator: " ").compactMap { TokenID($0) }
            #expect(tokenizer.encode(text, bos: false, eos: false) == ids, "\(text.debugDescription)")
        }
    }

    @Test("texts come back as they were", arguments: names.filter { !$0.contains("bert") })
    func roundTrip(name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        for file in try SharedData.files(in: "text") {
            let text = try SharedData.bytes("text/\(file.lastPathComponent)").prefix(20_000)
            let back = tokenizer.decodedBytes(tokenizer.encode(Array(text)))
            #expect(back == Array(text), "\(file.lastPathComponent)")
        }
    }

    /// Starcoder's and DeepSeek Coder's vocabularies lack some of the bytes that no UTF-8 text has.
    @Test(
        "bytes that are not UTF-8 come back as they were",
        arguments: names.filter { name in !["bert", "starcoder", "deepseek"].contains { name.contains($0) } })
    func anyBytes(name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        var generator = SystemRandomNumberGenerator()
        for length in 0..<64 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(tokenizer.decodedBytes(tokenizer.encode(bytes)) == bytes)
        }
    }

    @Test("end tokens are recognised")
    func endOfGeneration() throws {
        let llama = try Self.tokenizer("ggml-vocab-llama-bpe.gguf").vocabulary
        #expect(llama.endOfGeneration.contains(try #require(llama.id(of: "<|eot_id|>"))))
        #expect(llama.endOfGeneration.contains(try #require(llama.id(of: "<|end_of_text|>"))))
        #expect(llama.kind(of: try #require(llama.id(of: "<|eot_id|>"))) == .control)
        let qwen = try Self.tokenizer("ggml-vocab-qwen2.gguf").vocabulary
        #expect(qwen.endOfGeneration.contains(try #require(qwen.id(of: "<|im_end|>"))))
    }

    @Test("special tokens are parsed only where asked for")
    func specialTokens() throws {
        let tokenizer = try Self.tokenizer("ggml-vocab-llama-bpe.gguf")
        let text = "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
        #expect(tokenizer.encode(text, parseSpecial: true) == [128000, 128006, 882, 128007, 271, 13347, 128009])
        #expect(tokenizer.encode(text).count > 7)
        #expect(tokenizer.decode(tokenizer.encode(text, parseSpecial: true)) == "user\n\nHi")
        #expect(tokenizer.decode(tokenizer.encode(text, bos: false, parseSpecial: true), special: true) == text)
    }
}
