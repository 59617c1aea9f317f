public import Bytes
import Tensors

/// A GGUF file made of tensors that lie in other files as they are to be: only the header is new.
///
/// Tensor data is copied inside the kernel, and shared where the file system can do that; none of it passes through this process.
public struct GGUFAssembly: Sendable {
    public let layout: GGUFLayout
    private let sources: [ByteRegion]

    /// - Parameter tensors: tensors of files that are there, in the order that the new file has.
    public init(metadata: GGUFMetadata, tensors: [(tensor: GGUFTensor, bytes: ByteRegion)]) throws(GGUFError) {
        layout = try GGUFLayout(metadata: metadata, tensors: tensors.map { ($0.tensor.name, $0.tensor.type, $0.tensor.shape) })
        sources = tensors.map(\.bytes)
    }

    /// The same tensors as `file`, in their order, under other metadata.
    public init(_ file: GGUFFile, metadata: GGUFMetadata) throws(GGUFError) {
        try self.init(metadata: metadata, tensors: file.tensors.map { ($0, file.bytes(of: $0)) })
    }

    /// Fills up a header. Readers pass over keys that they do not know.
    public static let fillerKey = "quern.filler"
    /// Bytes that file systems share at a time.
    private static let block = 4096

    /// The same tensors as `file` under other metadata, for file systems where files can share blocks: the header is filled up
    /// (`quern.filler`) until tensor data has the place within a block that it has in `file`.
    public static func sharingBlocks(of file: GGUFFile, metadata: GGUFMetadata) throws(GGUFError) -> GGUFAssembly {
        var metadata = metadata
        metadata[fillerKey] = nil
        let plain = try GGUFAssembly(file, metadata: metadata)
        guard let first = file.tensors.first, let start = plain.layout.tensors.first?.fileOffset else { return plain }
        let wanted = file.bytes(of: first).offsetInStorage % block
        if start % block == wanted { return plain }
        metadata[fillerKey] = .string("")
        let shortest = try GGUFAssembly(file, metadata: metadata).layout.tensors.first?.fileOffset ?? start
        let missing = (wanted + block - shortest % block) % block
        metadata[fillerKey] = .string(GGUFString([UInt8](repeating: 0x20, count: missing)))
        return try GGUFAssembly(file, metadata: metadata)
    }

    /// Writes the file. It has its name when it is whole, so `path` may be one of the files that tensors come from.
    ///
    /// - Parameter progress: called with the bytes written so far; what it throws ends the writing.
    public func write(to path: String, permissions: UInt32 = 0o644, progress: (Int) throws -> Void = { _ in }) throws {
        let target = try FileReplacement(path: path, byteCount: layout.totalByteCount, mode: permissions)
        try target.write(layout.header)
        var position = 0
        while position < sources.count {
            // All tensors that lie in one file, one after the other.
            let file = sources[position].path
            let end = sources[position...].firstIndex { $0.path != file } ?? sources.count
            let range = position..<end
            if let file {
                try append(range, of: try OpenFile.reading(file), to: target, progress)
            } else {
                for index in range { try append(index, to: target) { try target.write($0.bytes()) } }
            }
            position = end
        }
        try target.commit()
    }

    private func append(
        _ range: Range<Int>, of file: borrowing OpenFile, to target: FileReplacement, _ progress: (Int) throws -> Void
    ) throws {
        for index in range {
            let start = sources[index].offsetInStorage
            try target.append(start..<start + sources[index].count, of: file)
            try target.write([UInt8](repeating: 0, count: layout.tensors[index].padding))
            try progress(layout.tensors[index].fileOffset + sources[index].count)
        }
    }

    private func append(_ index: Int, to target: FileReplacement, _ write: (ByteRegion) throws -> Void) throws {
        try write(sources[index])
        try target.write([UInt8](repeating: 0, count: layout.tensors[index].padding))
    }
}
