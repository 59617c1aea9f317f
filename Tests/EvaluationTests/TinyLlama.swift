import Bytes
import Compute
import Evaluation
import GGUF
import TestSupport
import Tokenization
import TransformerEngine

/// A random llama whose tokens are bytes, and a text that is random enough for it.
struct TinyLlama {
    let file: GGUFFile
    let tokenizer: Tokenizer
    let model: TransformerModel

    init(width: Int = 32, blocks: Int = 2, experts: Int = 0) throws {
        let bytes = TinyModelFile.llama(width: width, blocks: blocks, experts: experts).bytes
        file = try GGUFFile(ByteRegion(bytes), name: "tiny")
        tokenizer = try Tokenizer(metadata: file.metadata)
        model = try TransformerModel(file: file)
    }

    func session(contextLength: Int, batchSize: Int = 512, threads: Int = 2) throws -> InferenceSession {
        try InferenceSession(
            model: model, contextLength: contextLength, batchSize: batchSize, cacheType: .f32, pool: ThreadPool(threads: threads))
    }

    func chunks(_ contextLength: Int, letters: Int = 200) throws -> TextChunks {
        var state: UInt32 = 7
        let text = (0..<letters).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(ascii: "c") + UInt8(state >> 24) % 20
        }
        return try TextChunks(text: text, tokenizer: tokenizer, contextLength: contextLength)
    }
}
