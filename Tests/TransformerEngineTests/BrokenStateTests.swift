import Compute
import GGUF
import Testing
import TransformerEngine

/// Numbers that are infinite or none are traced to the layer where they began.
@Suite struct BrokenStateTests {
    private func error(_ tensor: String, _ value: Float = .nan, inspects: Bool = true) throws -> EngineError? {
        let file = try TinyModel(name: "llama-biases").edited(firstFloat: [tensor: value])
        let session = try InferenceSession(model: TransformerModel(file: file), contextLength: 16, pool: ThreadPool(threads: 2))
        session.inspectsLayers = inspects
        do {
            // Token 0 has the damaged row of the embedding.
            try session.evaluate([3, 0, 2], logits: .last)
            return nil
        } catch {
            #expect(session.logitCount == 0)
            return error
        }
    }

    private func state(_ tensor: String, _ value: Float = .nan) throws -> BrokenState? {
        guard case .notFiniteState(let state)? = try error(tensor, value) else { return nil }
        return state
    }

    @Test func `the first layer and its part are named`() throws {
        for (tensor, part, layer) in [
            ("blk.0.attn_norm.weight", BrokenState.Part.attention, 0), ("blk.1.attn_v.bias", .attention, 1),
            ("blk.0.ffn_norm.weight", .feedForward, 0), ("blk.1.ffn_norm.weight", .feedForward, 1),
        ] {
            let state = try #require(try state(tensor), "\(tensor)")
            #expect(state.part == part && state.layer == layer && state.value.isNaN, "\(tensor): \(state)")
            #expect(state.description.contains("layer \(layer)'s") && state.description.contains("not a number"))
        }
    }

    @Test func `the embedding and the output are named too`() throws {
        let embedding = try #require(try state("token_embd.weight", .infinity))
        #expect(embedding == BrokenState(part: .embedding, layer: nil, position: 1, component: 0, value: .infinity))
        #expect(embedding.description == "the embedding (token_embd) is infinite at position 1, component 0")
        let output = try #require(try state("output_norm.weight"))
        #expect(output.part == .output && output.layer == nil && output.position == 2)
    }

    @Test func `without looking, the error says how to look`() throws {
        let error = try error("blk.0.ffn_norm.weight", inspects: false)
        #expect(error == .notFinite && error?.description.contains("--debug-layers") == true)
    }
}
