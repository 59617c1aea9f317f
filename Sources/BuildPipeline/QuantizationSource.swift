import Bytes
import Conversion
import GGUF
public import Quantization
import Tensors

/// What files are quantized from: a GGUF file with its shards, or a checkpoint folder. Opened once for any number of outputs.
public struct QuantizationSource: Sendable {
    private enum Content: Sendable {
        case file(GGUFFile)
        case checkpoint(ConvertedModel)
    }

    public let path: String
    /// The files that it is read from, in order.
    public let files: [String]
    private let content: Content

    /// Reads headers and configuration, and no weights.
    public init(path: String) throws {
        self.path = path
        if try FileStatus(path: path).kind == .folder {
            content = .checkpoint(try CheckpointConverter().convert(CheckpointFolder(path: path)))
            let folder = Folder(path)
            files = try folder.names().filter(folder.hasFile).map(folder.path(of:))
        } else {
            let file = try GGUFFile(path: path)
            content = .file(file)
            var paths = file.tensors.compactMap { file.bytes(of: $0).path }
            paths = paths.indices.filter { $0 == 0 || paths[$0] != paths[$0 - 1] }.map { paths[$0] }
            files = paths.isEmpty ? [path] : paths
        }
    }

    /// What was odd about a checkpoint and how it was taken.
    public var warnings: [String] { if case .checkpoint(let model) = content { model.warnings } else { [] } }

    /// Bytes of the tensors as they are.
    public var tensorByteCount: Int {
        switch content {
        case .file(let file): file.tensorByteCount
        case .checkpoint(let model): model.tensors.reduce(0) { $0 + $1.source.parts.reduce(0) { $0 + $1.count } }
        }
    }

    /// Decides what becomes of each tensor, and reads no weights.
    ///
    /// - Parameter keepsShards: each tensor of a GGUF file stays in the shard that it is in.
    public func plan(to fileType: FileType, options: QuantizationOptions, keepsShards: Bool = false) throws -> QuantizationPlan {
        switch content {
        case .file(let file): try QuantizationPlan(file, to: fileType, options: options, keepsShards: keepsShards)
        case .checkpoint(let model): try model.plan(to: fileType, options: options)
        }
    }
}
