import Bytes
import Tensors

/// One file as several shards, and several as one, with the names and bytes that llama.cpp's `gguf-split` gives them.
///
/// The first shard has all metadata. Each has `split.no`, `split.tensors.count` and `split.count`, in this order, at the end.
public struct GGUFShards: Sendable {
    public let assemblies: [GGUFAssembly]

    /// When a shard is full.
    public enum Limit: Sendable, Equatable {
        case tensors(Int)
        /// Bytes of tensors, padding included, headers not. A tensor that is larger has a shard of its own.
        case bytes(Int)
    }

    /// - Parameter metadataFirst: the first shard has metadata alone.
    /// - Throws: `GGUFError.unwritable` for more shards than names can count.
    public init(splitting file: GGUFFile, at limit: Limit, metadataFirst: Bool = false) throws(GGUFError) {
        var groups: [[GGUFTensor]] = metadataFirst ? [[], []] : [[]]
        var byteCount = 0
        for (index, tensor) in file.tensors.enumerated() {
            // gguf-split pads to 32 when it counts, whatever the file's alignment.
            let size = (tensor.byteCount + 31) / 32 * 32
            let isFull =
                switch limit {
                case .tensors(let count): index > 0 && index % max(count, 1) == 0
                case .bytes(let count): byteCount + size > count && byteCount > 0
                }
            if isFull {
                groups.append([])
                byteCount = 0
            }
            groups[groups.count - 1].append(tensor)
            byteCount += size
        }
        let count = groups.count
        guard count <= Int(UInt16.max) else {
            throw .unwritable(problem: "\(count) shards, more than the 65535 that can be counted")
        }
        var assemblies: [GGUFAssembly] = []
        for (number, group) in groups.enumerated() {
            var metadata = number == 0 ? file.metadata : GGUFMetadata()
            metadata.append(GGUFKey.splitNumber, .uint16(UInt16(number)))
            metadata.append(GGUFKey.splitTensorCount, .int32(Int32(clamping: file.tensors.count)))
            metadata.append(GGUFKey.splitCount, .uint16(UInt16(count)))
            assemblies.append(try GGUFAssembly(metadata: metadata, tensors: group.map { ($0, file.bytes(of: $0)) }))
        }
        self.assemblies = assemblies
    }

    /// One file of all shards. As gguf-split leaves it, the metadata still says what the file was, with a `split.count` of 0.
    ///
    /// - Parameter path: the first shard.
    /// - Throws: `GGUFError.invalidSplit` where it is no shard.
    public static func merging(_ path: String) throws(GGUFError) -> GGUFAssembly {
        let first = try GGUFFile.open(path)
        guard let count = first.metadata.int(GGUFKey.splitCount), count > 0 else {
            throw .invalidSplit(file: path, problem: "not a shard of a split file: it has no split.count")
        }
        guard first.metadata.int(GGUFKey.splitNumber) == 0 else {
            throw .invalidSplit(file: path, problem: "not the first shard, which has the metadata")
        }
        let file = try GGUFFile(path: path)
        var metadata = first.metadata
        metadata.append(GGUFKey.splitCount, .uint16(0))
        return try GGUFAssembly(file, metadata: metadata)
    }
}
