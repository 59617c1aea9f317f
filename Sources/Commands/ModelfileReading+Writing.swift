import Bytes

/// Changing a Modelfile in place.
extension ModelfileReading {
    /// Replaces the file by `bytes`, whole or not at all; its permissions stay as they are. A link stays a link: the file that it
    /// leads to is replaced.
    func replace(by bytes: [UInt8]) throws { try Self.replace(path, by: bytes) }

    static func replace(_ path: String, by bytes: [UInt8]) throws {
        let file = try FileSystem.resolved(path)
        let replacement = try FileReplacement(path: file, mode: try FileStatus(path: file).permissions)
        try replacement.write(bytes)
        try replacement.commit()
    }
}
