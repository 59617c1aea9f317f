import Compute
import Foundation
import GGUF
import Runner
import Sampling
import TestSupport
import Testing
import Tokenization
import TransformerEngine

/// A context that is kept in a file saves time and changes no text, whatever happens to the file.
@Suite struct PromptCaches {
    private let folder: TemporaryFolder
    private let model: LoadedModel

    init() throws {
        folder = try TemporaryFolder()
        model = try Self.model(in: folder, "model", width: 32)
    }

    private static func model(in folder: TemporaryFolder, _ name: String, width: Int) throws -> LoadedModel {
        let file = TinyModelFile.llama(width: width, blocks: 2, name: name, sharpness: 400)
        return try LoadedModel(path: folder.write(file.bytes, to: name + ".gguf").path)
    }

    private var path: String { folder.file("context.kv").path }

    private func options(_ type: CacheType = .f16, contextLength: Int = 256) -> RunOptions {
        var options = RunOptions()
        (options.cacheType, options.contextLength, options.predict) = (type, contextLength, 20)
        options.sampling.temperature = 0
        return options
    }

    private func generator(_ options: RunOptions, _ model: LoadedModel? = nil) throws -> TextGenerator {
        try TextGenerator(model: model ?? self.model, options: options, pool: ThreadPool(threads: 1))
    }

    private func answer(_ generator: TextGenerator, _ prompt: String, _ options: RunOptions) throws -> (text: String, reused: Int) {
        var text = ""
        let summary = try generator.generate(model.tokenizer.encode(prompt), options: options) { text += $0 }
        return (text, summary.reusedTokens)
    }

    private let long = "the quick brown fox jumps over the lazy dog, and the dog says: "

    @Test(arguments: CacheType.allCases)
    func theNextRunGivesTheSameTextAndComputesLess(type: CacheType) throws {
        let options = options(type)
        let first = try generator(options)
        #expect(try first.restore(from: path) == .absent)
        #expect(try answer(first, long, options).reused == 0)
        try first.keepContext(in: path)
        for question in ["why?", "where?", ""] {
            let fresh = try answer(try generator(options), long + question, options)
            let second = try generator(options)
            guard case .restored(let count) = try second.restore(from: path) else {
                Issue.record("nothing was restored")
                return
            }
            #expect(count > long.utf8.count)
            let again = try answer(second, long + question, options)
            #expect(again.text == fresh.text)
            #expect(again.reused >= long.utf8.count - 1 && fresh.reused == 0)
        }
    }

    @Test func aShorterContextTakesWhatItHolds() throws {
        let first = try generator(options())
        _ = try answer(first, long, options())
        try first.keepContext(in: path)
        let small = options(contextLength: 32)
        let second = try generator(small)
        #expect(try second.restore(from: path) == .restored(tokens: 32))
        #expect(try answer(second, "the quick", small).text == answer(try generator(small), "the quick", small).text)
    }

    @Test func whatBelongsToSomethingElseIsNotUsed() throws {
        let first = try generator(options())
        _ = try answer(first, long, options())
        try first.keepContext(in: path)
        #expect(try generator(options(.q8_0)).restore(from: path) == .unusable("its KV cache is of another type"))
        let other = try Self.model(in: folder, "other", width: 16)
        #expect(try generator(options(), other).restore(from: path) == .unusable("it was made with another model"))
    }

    @Test func anotherFileIsNeitherReadNorReplaced() throws {
        for bytes in [[], Array("GGUF".utf8), Array("QUERNKV".utf8), Array("QUERNKV2".utf8) + [UInt8](repeating: 0, count: 500)] {
            try folder.write(bytes, to: "context.kv")
            #expect(throws: RunnerError.noPromptCache(path)) { try generator(options()).restore(from: path) }
            #expect(try [UInt8](Data(contentsOf: folder.file("context.kv"))) == bytes)
        }
    }

    @Test func damageIsNoticed() throws {
        let options = options()
        let first = try generator(options)
        _ = try answer(first, "abab", options)
        try first.keepContext(in: path)
        let whole = try [UInt8](Data(contentsOf: folder.file("context.kv")))
        let second = try generator(options)
        for cut in [9, 71, 72, 80, 95, 103, 120, whole.count - 65, whole.count - 1] {
            try folder.write(Array(whole[..<cut]), to: "context.kv")
            guard case .unusable = try second.restore(from: path) else {
                Issue.record("cut at \(cut)")
                continue
            }
        }
        for position in stride(from: 8, to: whole.count, by: whole.count < 5000 ? 7 : whole.count / 500) {
            var changed = whole
            changed[position] ^= 0xFF
            try folder.write(changed, to: "context.kv")
            guard case .unusable = try second.restore(from: path) else {
                Issue.record("byte \(position)")
                continue
            }
        }
        // Sizes whose sum comes round to the file's own.
        for count in [UInt64.max, 1 << 62, 1 << 63, 1 << 30] {
            var changed = whole
            for byte in 0..<8 { changed[92 + byte] = UInt8(truncatingIfNeeded: count >> (8 * UInt64(byte))) }
            try folder.write(changed, to: "context.kv")
            #expect(try second.restore(from: path) == .unusable("it is damaged"))
        }
        try folder.write(whole, to: "context.kv")
        #expect(try second.restore(from: path) != .absent)
    }
}
