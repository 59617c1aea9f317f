import Bytes
import Compute
import Runner
import Sampling
import TestSupport
import Testing
import Tokenization

@Suite struct BeginningsPutAside {
    private func state(_ count: Int) -> ByteRegion { ByteRegion([UInt8](repeating: 0, count: count)) }

    @Test func theLongestIsFound() {
        var shelf = PrefixShelf(capacity: 1000)
        shelf.put([1, 2, 3, 9], state: state(10))
        shelf.put([1, 2, 3, 4, 5, 8], state: state(10))
        let found = shelf.longest(for: [1, 2, 3, 4, 5, 6])
        #expect(found?.index == 1 && found?.shared == 5)
        #expect(shelf.longest(for: [7, 7]) == nil)
    }

    @Test func theOneUsedLongestAgoLeavesFirst() {
        var shelf = PrefixShelf(capacity: 25)
        for first in Int32(1)...3 { shelf.put([first, 0, 0, 0], state: state(10)) }
        #expect(shelf.entries.map(\.tokens[0]) == [2, 3] && shelf.byteCount == 20)
        _ = shelf.take(0, shared: 1)
        shelf.put([4, 0, 0, 0], state: state(10))
        #expect(shelf.entries.map(\.tokens[0]) == [2, 4])
        shelf.put([5], state: state(26))
        #expect(shelf.byteCount == 20, "what is larger than the shelf is not put there")
    }

    @Test func whatGoesOnReplacesItsBeginning() {
        var shelf = PrefixShelf(capacity: 100)
        shelf.put([1, 2], state: state(10))
        shelf.put([1, 2, 3], state: state(20))
        shelf.put([1], state: state(5))
        #expect(shelf.entries.map(\.tokens) == [[1, 2, 3]] && shelf.byteCount == 20)
    }

    /// Two conversations that take turns in one slot are computed once each.
    @Test func conversationsTakeTurns() throws {
        let folder = try TemporaryFolder()
        let model = try LoadedModel(path: folder.write(TinyModelFile.llama(blocks: 2, sharpness: 400).bytes, to: "m.gguf").path)
        var options = RunOptions()
        (options.contextLength, options.predict, options.sampling.temperature) = (1024, 12, 0)
        func run(_ generator: TextGenerator, _ prompt: String) throws -> (text: String, reused: Int) {
            var text = ""
            let summary = try generator.generate(model.tokenizer.encode(prompt), options: options) { text += $0 }
            return (text, summary.reusedTokens)
        }
        let (one, two) = (String(repeating: "one fish ", count: 12), String(repeating: "two dogs ", count: 12))
        let plain = try TextGenerator(model: model, options: options, pool: ThreadPool(threads: 1))
        let shelving = try TextGenerator(model: model, options: options, shelfCapacity: 64 << 20, pool: ThreadPool(threads: 1))
        for round in 0..<3 {
            for prompt in [one, two] {
                let (wanted, found) = (try run(plain, prompt), try run(shelving, prompt))
                #expect(found.text == wanted.text)
                if round > 0 { #expect(found.reused == model.tokenizer.encode(prompt).count - 1 && wanted.reused < 10) }
            }
        }
    }
}
