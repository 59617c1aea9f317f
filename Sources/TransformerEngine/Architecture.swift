// What an architecture has to say for itself, and the list of those that Quern runs.

/// A family of models: how a file of it becomes a network.
///
/// Each one lives in a file of its own under `Architectures`; `Documentation/AddingAnArchitecture.md` walks through adding one.
protocol Architecture {
    /// Its name in `general.architecture`, and the prefix of its metadata keys.
    static var name: String { get }

    /// Finds the weights and puts them together.
    static func load(_ reader: WeightReader) throws(EngineError) -> any Network
}

/// A loaded model: what happens to a batch of tokens from ids to logits. The session calls its steps, layer by layer.
protocol Network: Sendable {
    var vocabularySize: Int { get }
    /// The rotary embeddings that layers choose from, in a session with so many positions; they turn as many components each.
    func ropes(contextLength: Int) -> [RotaryEmbedding]
    /// Which of them turned the keys of a layer: the cache turns them on when positions shift.
    func rope(ofLayer layer: Int) -> Int

    /// Ids to hidden states.
    func embed(_ pass: ForwardPass)
    /// Hidden states through one layer.
    func run(layer: Int, _ pass: ForwardPass)
    /// Hidden states to what the output head takes, in the pass's `branch`.
    func finish(_ pass: ForwardPass)
    /// Hidden states of the rows that logits were asked for, to logits.
    func project(_ pass: ForwardPass, into logits: UnsafeMutablePointer<Float>)
}

/// The architectures that Quern runs, by name.
enum ArchitectureList {
    static var all: [any Architecture.Type] {
        [
            Llama.self, Qwen2.self, Qwen2MoE.self, Qwen3.self, Qwen3MoE.self, Gemma.self, Gemma2.self, Gemma3.self, Phi3.self,
        ]
    }

    static var names: [String] { all.map { $0.name } }

    static func named(_ name: String) throws(EngineError) -> any Architecture.Type {
        guard let match = all.first(where: { $0.name == name }) else {
            guard !EncoderList.names.contains(name) else { throw .encoder(name) }
            throw .unsupportedArchitecture(found: name, supported: names + EncoderList.names)
        }
        return match
    }
}
