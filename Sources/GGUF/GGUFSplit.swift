/// The shards of a split file: `NAME-00001-of-00003.gguf` and so on, each with `split.no`, `split.count` and
/// `split.tensors.count`; the first has the metadata. Source: llama.cpp's `gguf-split`.
struct GGUFSplit {
    private let opened: GGUFParser.Header
    private let path: String
    private let count: Int
    private let stem: String

    private static let suffixLength = "-00001-of-00003.gguf".utf8.count

    init(firstOpened: GGUFParser.Header, path: String, count: Int) throws(GGUFError) {
        guard count <= 99_999, let number = firstOpened.metadata.int(GGUFKey.splitNumber), (0..<count).contains(number) else {
            throw .invalidSplit(file: path, problem: "the shard numbers split.no and split.count do not fit each other")
        }
        opened = firstOpened
        self.path = path
        self.count = count
        stem = String(decoding: path.utf8.dropLast(Self.suffixLength), as: UTF8.self)
        guard path == name(of: number) else {
            throw .invalidSplit(
                file: path,
                problem: "shard \(number + 1) of \(count) must be named '…\(Self.suffix(number, count))' to find the others")
        }
    }

    private static func suffix(_ number: Int, _ count: Int) -> String {
        func digits(_ value: Int) -> String { String(repeating: "0", count: max(0, 5 - String(value).count)) + String(value) }
        return "-\(digits(number + 1))-of-\(digits(count)).gguf"
    }

    /// The file name of shard `number`, from 0, of `count`: `STEM-00001-of-00003.gguf`.
    static func name(_ stem: String, _ number: Int, of count: Int) -> String { stem + suffix(number, count) }

    private func name(of number: Int) -> String { Self.name(stem, number, of: count) }

    /// Opens every shard and joins their tensors in order; the metadata is the first one's without the split's own keys.
    func join() throws(GGUFError) -> GGUFParser.Header {
        var joined: GGUFParser.Header?
        for number in 0..<count {
            let shard = try GGUFFile.open(name(of: number))
            guard shard.metadata.int(GGUFKey.splitNumber) == number, shard.metadata.int(GGUFKey.splitCount) == count else {
                throw .invalidSplit(file: name(of: number), problem: "its split.no and split.count are not \(number) and \(count)")
            }
            joined?.tensors += shard.tensors
            joined?.regions += shard.regions
            joined?.shards += Array(repeating: number, count: shard.tensors.count)
            if joined == nil { joined = shard }
        }
        guard var result = joined else { return opened }
        var names: Set<String> = []
        for tensor in result.tensors where !names.insert(tensor.name).inserted {
            throw .duplicateTensor(file: path, tensor: tensor.name)
        }
        if let wanted = result.metadata.int(GGUFKey.splitTensorCount), wanted != result.tensors.count {
            throw .invalidSplit(
                file: path, problem: "\(result.tensors.count) tensors in all shards, but split.tensors.count is \(wanted)")
        }
        for key in GGUFKey.splitKeys { result.metadata[key] = nil }
        result.shardCount = count
        return result
    }
}
