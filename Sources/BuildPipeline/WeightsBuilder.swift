import Bytes
import Compute
import Conversion
import GGUF
import ModelManifest
import ModelStore
import Packaging
import Quantization
import Tensors

/// Makes blobs of weights: files are taken as they are, checkpoints converted, either quantized on the way when asked for.
///
/// One pass over mapped input: rows are read, converted, hashed and written a few MiB at a time; nothing in between touches the
/// disk.
struct WeightsBuilder {
    let session: StoreSession
    var fileType: FileType?
    /// Adapters that are added to the model's weights.
    var merged: [OpenedAdapter] = []
    let linksFiles: Bool
    let pool: ThreadPool
    let events: BuildEvent.Handler

    /// A blob of weights and what it says of itself.
    struct Weights {
        let blob: StoredBlob
        let facts: WeightFacts
        /// The name of the file it came from, where there was one.
        var fileName: String?
    }

    func weights(ofCheckpoint folder: String) throws -> Weights {
        events(.status("converting model"))
        let model = try CheckpointConverter().convert(CheckpointFolder(path: folder))
        for warning in model.warnings { events(.warning(warning)) }
        let step = fileType.map { "quantizing \(model.sourceType.name) model to \($0.name)" } ?? "converting model"
        let tensors = try merging(model.tensors.map { .init($0.source, unquantizedType: $0.type) })
        return try write(
            try GGUFQuantization(metadata: model.metadata, tensors: tensors, to: fileType), step: step)
    }

    func weights(ofFile path: String, text: String) throws -> Weights {
        events(.status("parsing GGUF"))
        let file = try GGUFFile(path: path)
        let facts = WeightFacts(file)
        if let fileType, facts.kind == .model, fileType.name != Self.fileTypeName(of: file) {
            return try quantize(file, to: fileType, text: text)
        }
        if facts.kind == .model, !merged.isEmpty { return try merge(file, text: text) }
        if file.isSplit { return try join(file) }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let blob = try session.ingest(path, mode: linksFiles ? .link : .copy) { completed, total in
            events(.progress(step: "copying \(name)", completed: completed, total: total))
        }
        events(.status(blob.status))
        return Weights(blob: blob, facts: facts, fileName: name)
    }

    /// The weights of a model in the store, quantized anew or merged with adapters; nil where they are what they should be already.
    func remade(_ layer: Descriptor, text: String) throws -> Weights? {
        guard fileType != nil || !merged.isEmpty else { return nil }
        _ = try session.adopt(layer)
        let file = try GGUFFile(path: session.store.path(of: layer.digest))
        if let fileType, Self.fileTypeName(of: file) != fileType.name { return try quantize(file, to: fileType, text: text) }
        return merged.isEmpty ? nil : try merge(file, text: text)
    }

    /// Adapters added to the weights, every tensor in the type that it has.
    private func merge(_ file: GGUFFile, text: String) throws -> Weights {
        let current = Self.fileTypeName(of: file)
        guard ["F32", "F16", "BF16"].contains(current) else {
            throw BuildError.quantizedBase(text: text, fileType: current)
        }
        let tensors = try merging(Self.tensors(of: file))
        return try write(
            try GGUFQuantization(metadata: file.metadata, tensors: tensors, to: nil), step: "merging adapters")
    }

    private static func fileTypeName(of file: GGUFFile) -> String {
        file.metadata.int(GGUFKey.fileType).flatMap { FileType.name(ofNumber: $0) } ?? "F32"
    }

    private func quantize(_ file: GGUFFile, to fileType: FileType, text: String) throws -> Weights {
        let current = Self.fileTypeName(of: file)
        guard ["F32", "F16", "BF16"].contains(current) else {
            throw merged.isEmpty
                ? BuildError.alreadyQuantized(text: text, fileType: current)
                : BuildError.quantizedBase(text: text, fileType: current)
        }
        let tensors = try merging(Self.tensors(of: file))
        return try write(
            try GGUFQuantization(metadata: file.metadata, tensors: tensors, to: fileType),
            step: "quantizing \(current) model to \(fileType.name)")
    }

    /// One file of all shards, every tensor as it is.
    private func join(_ file: GGUFFile) throws -> Weights {
        let whole = try GGUFQuantization(metadata: file.metadata, tensors: Self.tensors(of: file), to: nil, allowRequantizing: true)
        return try write(whole, step: "joining shards")
    }

    func write(_ file: GGUFQuantization, step: String) throws -> Weights {
        events(.status(step))
        let writer = try session.makeBlob(expecting: file.totalByteCount)
        try file.write(on: pool, to: { try writer.write($0) }) { progress in
            try Interruption.check()
            events(.progress(step: step, completed: progress.bytesDone, total: progress.byteCount))
        }
        let blob = try writer.finish()
        events(.status(blob.status))
        // What was written says best what it is.
        return Weights(blob: blob, facts: WeightFacts(try GGUFFile(path: session.store.path(of: blob.digest))))
    }
}
