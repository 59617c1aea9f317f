import Bytes
import Evaluation
import GGUF
import Quantization
import TestSupport
import Testing

/// Importance matrices in the making.
@Suite struct ImportanceCollectionTests {
    private func collect(
        _ tiny: TinyLlama, _ chunks: TextChunks, options: ImportanceCollection.Options = .init(), threads: Int = 2,
        batchSize: Int = 512
    ) throws -> ImportanceCollection {
        var collection = ImportanceCollection(chunks, options: options)
        let session = try tiny.session(contextLength: chunks.contextLength, batchSize: batchSize, threads: threads)
        while !collection.isDone { try collection.readNextChunk(session) }
        return collection
    }

    @Test func `every product of a block is seen, with every token`() throws {
        let tiny = try TinyLlama()
        let chunks = try tiny.chunks(32)
        let sums = try collect(tiny, chunks).sums
        let kinds = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
        var names: Set<String> = []
        for block in 0..<2 { names.formUnion(kinds.map { "blk.\(block).\($0).weight" }) }
        #expect(Set(sums.entries.keys) == names)
        #expect(sums.entries.values.allSatisfy { $0.counts == [32 * chunks.count] })
        #expect(sums.entries["blk.0.attn_q.weight"] == sums.entries["blk.0.attn_k.weight"])
        #expect(sums.entries["blk.1.ffn_down.weight"]?.sums.count == 64)
        #expect(sums.chunkCount == chunks.count)
    }

    @Test func `the sums of a norm's output are its weights' squares`() throws {
        // An RMS norm gives rows whose mean square, before its weights, is one.
        let tiny = try TinyLlama()
        let sums = try collect(tiny, tiny.chunks(32)).sums
        let entry = try #require(sums.entries["blk.0.attn_q.weight"])
        let norm = try #require(tiny.file.tensor(named: "blk.0.attn_norm.weight"))
        let weights = tiny.file.bytes(of: norm).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        var total = 0.0
        for (sum, weight) in zip(entry.sums, weights) { total += Double(sum) / (Double(weight) * Double(weight)) }
        #expect(abs(total / Double(entry.counts[0]) / 32 - 1) < 5e-3)
    }

    @Test func `experts are counted one by one`() throws {
        // More experts than choices: some of them see nothing.
        let tiny = try TinyLlama(experts: 72)
        let chunks = try tiny.chunks(16, letters: 34)
        #expect(chunks.count == 2)
        let sums = try collect(tiny, chunks).sums
        for block in 0..<2 {
            let entries = try ["ffn_gate_exps", "ffn_up_exps", "ffn_down_exps"].map { kind in
                try #require(sums.entries["blk.\(block).\(kind).weight"])
            }
            // Each token goes through two of them.
            #expect(entries[0].counts.count == 72)
            #expect(entries[0].counts.reduce(0, +) == 2 * 32)
            #expect(entries[0] == entries[1] && entries[0].counts == entries[2].counts)
            #expect(sums.entries["blk.\(block).ffn_gate_inp.weight"]?.counts == [32])
            for (expert, count) in entries[2].counts.enumerated() {
                let part = entries[2].sums[expert * 64..<(expert + 1) * 64]
                #expect((count == 0) == part.allSatisfy { $0 == 0 })
            }
        }
        // Those are named, and their columns weigh alike.
        let unseen = sums.entries.filter { $0.value.counts.contains(0) }.keys.sorted()
        #expect(!unseen.isEmpty && sums.partial == unseen)
        #expect(ImportanceMatrix(sums, file: "m").unseen == unseen)
    }

    @Test func `tokens one by one meet the same experts`() throws {
        let tiny = try TinyLlama(experts: 8)
        let chunks = try tiny.chunks(32, letters: 70)
        let (whole, single) = (try collect(tiny, chunks).sums, try collect(tiny, chunks, batchSize: 1).sums)
        for (name, entry) in whole.entries {
            let other = try #require(single.entries[name])
            #expect(entry.counts == other.counts)
            for (left, right) in zip(entry.sums, other.sums) { #expect(abs(left - right) <= 1e-4 * max(abs(left), 1e-3)) }
        }
    }

    @Test func `threads change no bit`() throws {
        let tiny = try TinyLlama()
        let chunks = try tiny.chunks(32)
        let wanted = try collect(tiny, chunks).sums
        #expect(try collect(tiny, chunks, threads: 1).sums == wanted)
        #expect(try collect(tiny, chunks, threads: 3).sums == wanted)
    }

    @Test func `work that was stopped ends as work that was not`() throws {
        let tiny = try TinyLlama()
        let chunks = try tiny.chunks(32)
        let wanted = try collect(tiny, chunks)
        let folder = try TemporaryFolder()
        let session = try tiny.session(contextLength: 32)
        var first = ImportanceCollection(chunks)
        for _ in 0..<3 { try first.readNextChunk(session) }
        let path = try folder.write(first.checkpoint(fingerprint: "abc"), to: "half").path
        var second = ImportanceCollection(chunks)
        #expect(try !second.resume(from: path, fingerprint: "other work"))
        #expect(second.chunksDone == 0)
        #expect(try second.resume(from: path, fingerprint: "abc"))
        #expect(second.chunksDone == 3)
        while !second.isDone { try second.readNextChunk(session) }
        #expect(second.sums == wanted.sums)
        #expect(second.perplexity == wanted.perplexity)
        withExtendedLifetime(folder) {}
    }

    @Test func `perplexity on the way is that of the evaluation`() throws {
        let tiny = try TinyLlama()
        let chunks = try tiny.chunks(32)
        let scores = try TextEvaluation(chunks).scores(tiny.session(contextLength: 32))
        let wanted = Perplexity(scores)
        var options = ImportanceCollection.Options()
        for includesOutput in [false, true] {
            options.includesOutput = includesOutput
            let found = try #require(try collect(tiny, chunks, options: options).perplexity)
            #expect(abs(found.value / wanted.value - 1) < 1e-6)
            #expect(found.surprise.count == scores.count)
        }
    }

    @Test func `a fingerprint tells text, model and options apart`() throws {
        let (tiny, other) = (try TinyLlama(), try TinyLlama(blocks: 1))
        var options = ImportanceCollection.Options()
        func fingerprint(_ tiny: TinyLlama, _ length: Int) throws -> String {
            try ImportanceCollection.fingerprint(of: tiny.file, tiny.chunks(length), options, start: [])
        }
        let first = try fingerprint(tiny, 32)
        #expect(try fingerprint(tiny, 32) == first)
        #expect(try fingerprint(other, 32) != first)
        #expect(try fingerprint(tiny, 16) != first)
        options.includesOutput = true
        #expect(try fingerprint(tiny, 32) != first)
    }
}
