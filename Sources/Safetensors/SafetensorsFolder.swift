import Bytes
import JSONText

/// All weights of a checkpoint folder: one safetensors file, or the shards that its index lists.
///
/// Shards are named by plain file names inside the folder. A link there is followed wherever it leads: that is how the
/// Hugging Face cache is laid out, and it is the folder's owner who made it, not the index.
public struct SafetensorsFolder: Sendable {
    /// The tensors of all files, file by file in order of name, each file's in the order of its data.
    public let tensors: [SafetensorsTensor]
    /// The names of the files that were read.
    public let fileNames: [String]

    public static let indexName = "model.safetensors.index.json"
    private static let singleName = "model.safetensors"
    private static let suffix = ".safetensors"

    public init(path: String) throws(SafetensorsError) {
        let folder = Folder(path)
        let index = try Self.index(in: folder)
        if let index { fileNames = Set(index.values).sorted() } else { fileNames = try Self.unindexedFiles(in: folder) }
        let missing = fileNames.filter { !folder.hasFile($0) }
        guard missing.isEmpty else { throw .missingShards(folder: path, files: missing) }
        var all: [SafetensorsTensor] = []
        var fileOfTensor: [String: String] = [:]
        for fileName in fileNames {
            let file = try SafetensorsFile(path: folder.path(of: fileName))
            if let index { try Self.compare(file, named: fileName, with: index) }
            for tensor in file.tensors {
                if let first = fileOfTensor.updateValue(fileName, forKey: tensor.name) {
                    throw .tensorInTwoFiles(tensor: tensor.name, first: first, second: fileName)
                }
            }
            all.append(contentsOf: file.tensors)
        }
        tensors = all
    }

    /// The file of each tensor as the index has it, or nil where there is no index.
    private static func index(in folder: Folder) throws(SafetensorsError) -> [String: String]? {
        guard folder.hasFile(indexName) else { return nil }
        let path = folder.path(of: indexName)
        let value: JSONValue
        do {
            value = try JSONValue(parsing: ByteRegion.mapping(path).bytes(), limits: JSONLimits(depth: 16, byteCount: 1 << 28))
        } catch let error as BytesError {
            throw .unreadable(error)
        } catch { throw .malformedIndex(file: path, reason: "\(error)") }
        guard let map = value["weight_map"]?.object, !map.isEmpty else {
            throw .malformedIndex(file: path, reason: "'weight_map' is missing, empty or not an object")
        }
        var files: [String: String] = [:]
        for (tensor, value) in map {
            guard let file = value.string else {
                throw .malformedIndex(file: path, reason: "the shard of '\(tensor)' is \(value.kind), not a file name")
            }
            guard isPlainName(file) else { throw .shardNotPlainName(index: path, shard: file) }
            files[tensor] = file
        }
        return files
    }

    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    private static func compare(
        _ file: SafetensorsFile, named name: String, with index: [String: String]
    ) throws(SafetensorsError) {
        let present = Set(file.tensors.map(\.name))
        let absent = index.filter { $0.value == name && !present.contains($0.key) }.keys.sorted()
        guard absent.isEmpty else { throw .tensorsNotInShard(shard: file.name, tensors: absent) }
        let unlisted = present.filter { index[$0] != name }.sorted()
        guard unlisted.isEmpty else { throw .tensorsNotInIndex(shard: file.name, tensors: unlisted) }
    }

    /// Without an index: `model.safetensors`, or else every safetensors file. Shards numbered `-00001-of-00003` must be complete.
    private static func unindexedFiles(in folder: Folder) throws(SafetensorsError) -> [String] {
        let names: [String]
        do throws(BytesError) { names = try folder.names() } catch { throw .unreadable(error) }
        if names.contains(singleName) { return [singleName] }
        let files = names.filter { $0.hasSuffix(suffix) }
        guard !files.isEmpty else { throw .noFiles(folder: folder.path) }
        let missing = Set(files.flatMap(siblings)).subtracting(files).sorted()
        guard missing.isEmpty else { throw .missingShards(folder: folder.path, files: missing) }
        return files
    }

    /// All shards of the set that `name` belongs to by its number, or none where it bears none.
    private static func siblings(of name: String) -> [String] {
        let parts = name.dropLast(suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[parts.count - 2] == "of", let total = Int(parts[parts.count - 1]),
            Int(parts[parts.count - 3]) != nil, (1...99_999).contains(total)
        else { return [] }
        let stem = parts.dropLast(3).joined(separator: "-")
        let width = parts[parts.count - 1].count
        return (1...total).map { number in
            let digits = String(number)
            let padded = String(repeating: "0", count: max(0, width - digits.count)) + digits
            return "\(stem)-\(padded)-of-\(parts[parts.count - 1])\(suffix)"
        }
    }
}
