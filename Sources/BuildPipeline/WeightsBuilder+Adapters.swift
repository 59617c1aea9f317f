import GGUF
import ModelManifest
import Quantization
import Tensors

/// An adapter, and how much of it counts.
struct OpenedAdapter: Sendable {
    let source: AdapterSource
    let adapter: GGUFAdapter
}

extension WeightsBuilder {
    /// A blob of an adapter that is to stay one: files as they are, what had to be converted or scaled written anew.
    func weights(of opened: OpenedAdapter) throws -> Weights {
        let (adapter, source) = (opened.adapter, opened.source)
        if source.isPackaged {
            var plain = self
            (plain.fileType, plain.merged) = (nil, [])
            return try plain.weights(ofFile: source.path, text: source.path)
        }
        return try write(
            try GGUFQuantization(
                metadata: try adapter.metadata(scaledBy: source.scale), tensors: Self.tensors(of: adapter.file), to: nil,
                allowRequantizing: true),
            step: "converting adapter")
    }

    /// The model's tensors with the adapters' sums added.
    ///
    /// Where the output head is the embedding and an adapter changes one of them, both are written from then on.
    func merging(_ tensors: [GGUFQuantization.Tensor]) throws -> [GGUFQuantization.Tensor] {
        var tensors = tensors
        var places = Dictionary(tensors.enumerated().map { ($1.source.name, $0) }) { first, _ in first }
        for opened in merged {
            for term in opened.adapter.terms {
                let changesHead = [GGUFAdapter.embeddingName, GGUFAdapter.outputName].contains(term.target)
                if changesHead, places[GGUFAdapter.outputName] == nil, let embedding = places[GGUFAdapter.embeddingName] {
                    var head = tensors[embedding]
                    (head.source.name, head.source.sums) = (GGUFAdapter.outputName, [])
                    places[head.source.name] = tensors.count
                    tensors.append(head)
                }
                guard let place = places[term.target] else { continue }
                tensors[place].source.sums.append(try LowRankSum(term, of: opened.adapter, scale: opened.source.scale))
            }
        }
        return tensors
    }

    /// A file's tensors as they are.
    static func tensors(of file: GGUFFile) -> [GGUFQuantization.Tensor] {
        file.tensors.map { tensor in
            GGUFQuantization.Tensor(
                TensorSource(name: tensor.name, storedType: tensor.type, shape: tensor.shape, parts: [file.bytes(of: tensor)]),
                unquantizedType: tensor.type)
        }
    }
}
