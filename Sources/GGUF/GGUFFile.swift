public import Bytes
public import Tensors

/// A tensor of a GGUF file.
public struct GGUFTensor: Sendable, Hashable {
    public let name: String
    public let type: TensorType
    public let shape: TensorShape
    public let byteCount: Int

    public init(name: String, type: TensorType, shape: TensorShape, byteCount: Int) {
        (self.name, self.type, self.shape, self.byteCount) = (name, type, shape, byteCount)
    }
}

/// A GGUF file (version 2 or 3, little endian), or all shards of a split one as if they were one file.
///
/// Opening reads and checks the header; tensor data stays mapped and is read where it lies.
public struct GGUFFile: Sendable {
    public let version: UInt32
    /// Bytes that every tensor's offset is a multiple of.
    public let alignment: Int
    public let metadata: GGUFMetadata
    public let tensors: [GGUFTensor]
    /// Whether the tensors came from several files.
    public let isSplit: Bool
    /// Files that the tensors came from; the first may hold metadata alone.
    public let shardCount: Int
    private let regions: [ByteRegion]
    private let shards: [Int]
    /// One region of each file that tensors lie in.
    private let files: [ByteRegion]
    private let positions: [String: Int]

    /// Opens the file at `path`; when it is one shard of several, opens the others beside it too.
    public init(path: String) throws(GGUFError) {
        let first = try Self.open(path)
        guard let count = first.metadata.int(GGUFKey.splitCount), count > 1 else {
            self.init(first)
            return
        }
        self.init(try GGUFSplit(firstOpened: first, path: path, count: count).join(), isSplit: true)
    }

    /// Reads a file that is in memory already; `name` stands for it in errors.
    public init(_ region: ByteRegion, name: String) throws(GGUFError) {
        var parser = GGUFParser(region, file: name)
        self.init(try parser.parse())
    }

    init(_ header: GGUFParser.Header, isSplit: Bool = false) {
        self.isSplit = isSplit
        version = header.version
        alignment = header.alignment
        metadata = header.metadata
        tensors = header.tensors
        regions = header.regions
        (shards, shardCount) = (header.shards, header.shardCount)
        files = header.regions.reduce(into: []) { if $0.last?.path != $1.path || $0.isEmpty { $0.append($1) } }
        positions = Dictionary(uniqueKeysWithValues: header.tensors.enumerated().map { ($1.name, $0) })
    }

    static func open(_ path: String) throws(GGUFError) -> GGUFParser.Header {
        let region: ByteRegion
        do { region = try ByteRegion.mapping(path) } catch { throw .unreadable("\(error)") }
        var parser = GGUFParser(region, file: path)
        let header = Result { () throws(GGUFError) in try parser.parse() }
        // A header that was cut off while it was read looks wrong in some other way.
        do { try region.checkIntact() } catch { throw .unreadable("\(error)") }
        return try header.get()
    }

    public func tensor(named name: String) -> GGUFTensor? { positions[name].map { tensors[$0] } }

    /// The bytes of a tensor of this file; none for a tensor of another.
    public func bytes(of tensor: GGUFTensor) -> ByteRegion {
        positions[tensor.name].map { regions[$0] } ?? ByteRegion([])
    }

    /// Lets the pages of all tensors leave memory. They come back from the file when they are read again.
    public func releaseTensors() { for region in regions { region.advise(.doneWith) } }

    /// The shard, from 0, that a tensor of this file lies in.
    public func shard(of tensor: GGUFTensor) -> Int { positions[tensor.name].map { shards[$0] } ?? 0 }

    /// The path of shard `number`, from 0, of `count` shards: `STEM-00001-of-00003.gguf`. A stem that ends in `.gguf` is taken without.
    public static func shardPath(_ stem: String, _ number: Int, of count: Int) -> String {
        GGUFSplit.name(stem.hasSuffix(".gguf") ? String(stem.dropLast(".gguf".count)) : stem, number, of: count)
    }

    /// Says whether the tensors read so far were the file's.
    ///
    /// - Throws: `GGUFError.unreadable` where a file became shorter while it was mapped.
    public func checkIntact() throws(GGUFError) {
        do { for region in files { try region.checkIntact() } } catch { throw .unreadable("\(error)") }
    }

    /// Bytes of all tensors, without padding.
    public var tensorByteCount: Int { tensors.reduce(0) { $0 + $1.byteCount } }

    /// Elements of all tensors: the number of weights.
    public var parameterCount: Int { tensors.reduce(0) { $0 + $1.shape.elementCount } }

    /// Whether the bytes begin as a GGUF file does.
    public static func hasMagic(_ bytes: some Sequence<UInt8>) -> Bool { Array(bytes.prefix(4)) == Array("GGUF".utf8) }
}
