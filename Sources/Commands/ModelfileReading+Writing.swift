import Bytes

/// Changing a Modelfile in place.
extension ModelfileReading {
    /// Replaces the file by `bytes`, whole or not at all; its permissions stay as they are.
    func replace(by bytes: [UInt8]) throws {
        let replacement = try FileReplacement(path: path, mode: try FileStatus(path: path).permissions)
        try replacement.write(bytes)
        try replacement.commit()
    }
}
