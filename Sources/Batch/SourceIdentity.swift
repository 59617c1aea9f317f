import Bytes
import JSONText
import ModelManifest

/// What a file was when it was read, to know it again: size, time of modification, and the digest of its beginning, where headers are.
struct SourceIdentity: Equatable, Sendable {
    private let files: [JSONValue]

    private static let beginningByteCount = 1 << 20

    init(files paths: [String]) throws(BytesError) {
        var files: [JSONValue] = []
        for path in paths {
            let status = try FileStatus(path: path)
            let file = try OpenFile.reading(path)
            var beginning = [UInt8](repeating: 0, count: min(Self.beginningByteCount, status.size))
            beginning.removeLast(beginning.count - (try file.read(into: &beginning)))
            files.append([
                "name": .string(PathText.lastComponent(path)), "size": .number(JSONNumber(status.size)),
                "modified": .string(status.modified.text), "beginning": .string(Digest(of: beginning).description),
            ])
        }
        self.files = files
    }

    var json: JSONValue { .array(files) }
}

extension FileTime {
    /// Seconds and nanoseconds, exactly.
    var text: String {
        let fraction = String(nanoseconds)
        return "\(seconds)." + String(repeating: "0", count: max(0, 9 - fraction.count)) + fraction
    }
}
