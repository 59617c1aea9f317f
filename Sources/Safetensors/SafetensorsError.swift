public import Bytes
public import JSONText

/// Why safetensors files cannot be used: one case per rule of the format, and of a set of shards.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
    case unreadable(BytesError)

    // One file.
    case tooShort(file: String, byteCount: Int)
    case headerTooLong(file: String, byteCount: UInt64)
    case headerPastEnd(file: String, byteCount: UInt64, available: Int)
    case headerIsNoObject(file: String)
    case malformedHeader(file: String, JSONError)
    case malformedMetadata(file: String)
    case malformedEntry(file: String, tensor: String, member: String)
    case unknownType(file: String, tensor: String, type: String)
    case offsetsReversed(file: String, tensor: String, begin: Int, end: Int)
    case offsetsNotContiguous(file: String, tensor: String, begin: Int, wanted: Int)
    case sizeOverflow(file: String, tensor: String, shape: [Int])
    case sizeMismatch(file: String, tensor: String, byteCount: Int, wanted: Int)
    case dataNotCovered(file: String, end: Int, available: Int)

    // Several files.
    case noFiles(folder: String)
    case missingShards(folder: String, files: [String])
    case malformedIndex(file: String, reason: String)
    case shardNotPlainName(index: String, shard: String)
    case tensorsNotInShard(shard: String, tensors: [String])
    case tensorsNotInIndex(shard: String, tensors: [String])
    case tensorInTwoFiles(tensor: String, first: String, second: String)

    public var description: String {
        switch self {
        case .unreadable, .noFiles, .missingShards, .malformedIndex, .shardNotPlainName, .tensorsNotInShard,
            .tensorsNotInIndex, .tensorInTwoFiles:
            setDescription
        default: fileDescription
        }
    }

    private var fileDescription: String {
        switch self {
        case .tooShort(let file, let count):
            "'\(file)': \(count) bytes, too short for the 8 bytes of a safetensors header length"
        case .headerTooLong(let file, let count):
            "'\(file)': header of \(count) bytes, more than the limit of \(SafetensorsFile.headerByteLimit); not a safetensors file?"
        case .headerPastEnd(let file, let count, let available):
            "'\(file)': header of \(count) bytes, but only \(available) follow its length"
        case .headerIsNoObject(let file):
            "'\(file)': header does not begin with '{'; not a safetensors file?"
        case .malformedHeader(let file, let error): "'\(file)': malformed header: \(error)"
        case .malformedMetadata(let file): "'\(file)': '__metadata__' is not an object of strings"
        case .malformedEntry(let file, let tensor, let member):
            "'\(file)': tensor '\(tensor)': '\(member)' is missing or not what it should be"
        case .unknownType(let file, let tensor, let type): "'\(file)': tensor '\(tensor)': unknown type '\(type)'"
        case .offsetsReversed(let file, let tensor, let begin, let end):
            "'\(file)': tensor '\(tensor)': data ends at \(end), before its begin at \(begin)"
        case .offsetsNotContiguous(let file, let tensor, let begin, let wanted):
            "'\(file)': tensor '\(tensor)': data begins at \(begin), but the data before it ends at \(wanted)"
        case .sizeOverflow(let file, let tensor, let shape): "'\(file)': tensor '\(tensor)': size of shape \(shape) overflows"
        case .sizeMismatch(let file, let tensor, let count, let wanted):
            "'\(file)': tensor '\(tensor)': \(count) bytes of data, but its type and shape need \(wanted)"
        case .dataNotCovered(let file, let end, let available):
            "'\(file)': the tensors end at byte \(end) of the data, but the file has \(available)"
        default: ""
        }
    }

    private var setDescription: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .noFiles(let folder): "'\(folder)': no safetensors file"
        case .missingShards(let folder, let files): "'\(folder)': missing \(Self.list(files))"
        case .malformedIndex(let file, let reason): "'\(file)': \(reason)"
        case .shardNotPlainName(let index, let shard): "'\(index)': shard '\(shard)' is not the plain name of a file"
        case .tensorsNotInShard(let shard, let tensors):
            "'\(shard)': the index puts \(Self.list(tensors)) here, but the file does not have them"
        case .tensorsNotInIndex(let shard, let tensors): "'\(shard)': \(Self.list(tensors)) not in the index"
        case .tensorInTwoFiles(let tensor, let first, let second): "tensor '\(tensor)' is in '\(first)' and in '\(second)'"
        default: ""
        }
    }

    /// The first few of many names.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}
