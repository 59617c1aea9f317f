import Bytes
import JSONText
import ModelManifest

/// What is known to be on disk of an unfinished file: a text file of JSON lines beside it.
///
///     {"journal":1,"request":"sha256:…","header":"sha256:…","size":1315586528}
///     {"tensor":0,"name":"output_norm.weight","offset":5913600,"length":8192,"sha256":"…"}
///     …
///     {"whole":true,"sha256":"…","inode":123,"modified":"1763848800.123456789"}
///
/// The first line says what the file is going to be; another request begins anew. Each tensor's line is written once its bytes are on
/// the disk; its digest is that of the whole file up to the tensor's end, so that one pass over the file checks everything before.
/// The last line is written before the file gets its name, so that a kill between the two costs nothing. A last line that was cut off
/// counts for nothing.
struct PartJournal {
    /// What a file is going to be.
    struct Head: Equatable, Sendable {
        /// Digest of everything that decides the file's bytes.
        var request: Digest
        /// Digest of the GGUF header.
        var header: Digest
        var byteCount: Int

        var json: JSONValue {
            [
                "journal": 1, "request": .string(request.description), "header": .string(header.description),
                "size": .number(JSONNumber(byteCount)),
            ]
        }
    }

    /// A tensor that is on disk.
    struct Mark: Equatable, Sendable {
        var tensor: Int
        var name: String
        var offset: Int
        /// Bytes up to the next tensor, padding included.
        var length: Int
        /// Digest of the file up to the tensor's end.
        var digest: Digest

        var end: Int { offset + length }

        var json: JSONValue {
            [
                "tensor": .number(JSONNumber(tensor)), "name": .string(name), "offset": .number(JSONNumber(offset)),
                "length": .number(JSONNumber(length)), "sha256": .string(digest.hex),
            ]
        }
    }

    /// A file that is complete and perhaps has its name already.
    struct Whole: Equatable, Sendable {
        var digest: Digest
        var inode: UInt64
        var modified: String

        var json: JSONValue {
            [
                "whole": true, "sha256": .string(digest.hex), "inode": .number(JSONNumber(inode)), "modified": .string(modified),
            ]
        }
    }

    private(set) var marks: [Mark] = []
    /// Where the line of each mark ends in the journal.
    private(set) var ends: [Int] = []
    private(set) var whole: Whole?

    /// Tensors of models are thousands, of a hundred bytes each.
    private static let byteLimit = 1 << 28

    /// Reads the journal at `path`; nil where there is none, or one of another request.
    init?(path: String, head: Head) throws(BytesError) {
        guard try FileStatus.ifPresent(path) != nil else { return nil }
        let bytes = try OpenFile.contents(of: path, limit: Self.byteLimit)
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // What follows the last line break is empty, or a line that was cut off.
        lines.removeLast()
        guard let first = lines.first, let value = try? JSONValue(parsing: Array(first)), value == head.json else { return nil }
        var position = first.count + 1
        for line in lines.dropFirst() {
            position += line.count + 1
            guard let value = try? JSONValue(parsing: Array(line)), take(value, end: position) else { return }
        }
    }

    private mutating func take(_ value: JSONValue, end: Int) -> Bool {
        guard let hex = value["sha256"]?.string, let digest = try? Digest("sha256:" + hex), whole == nil else { return false }
        if value["whole"] == true {
            guard let text = value["inode"]?.number?.text, let inode = UInt64(text), let modified = value["modified"]?.string else {
                return false
            }
            whole = Whole(digest: digest, inode: inode, modified: modified)
            return true
        }
        guard value["tensor"]?.int == marks.count, let name = value["name"]?.string, let offset = value["offset"]?.int,
            let length = value["length"]?.int, offset >= 0, length >= 0, !offset.addingReportingOverflow(length).overflow
        else { return false }
        marks.append(Mark(tensor: marks.count, name: name, offset: offset, length: length, digest: digest))
        ends.append(end)
        return true
    }
}
