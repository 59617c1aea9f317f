/// Texts compared byte by byte, as runners look for stop texts in what a model writes.
///
/// Swift's own search compares characters, which is another question, and takes far longer to answer it.
extension String {
    func containsBytes(of other: String) -> Bool { byteOffset(of: other) != nil }

    /// The offset of the first byte at which `other` lies in the text; nil where it does not.
    func byteOffset(of other: String) -> Int? {
        let text = utf8.span
        let part = other.utf8.span
        guard !part.isEmpty else { return 0 }
        guard part.count <= text.count else { return nil }
        let first = part[0]
        for start in 0...text.count - part.count where text[start] == first {
            var length = 1
            while length < part.count, text[start + length] == part[length] { length += 1 }
            if length == part.count { return start }
        }
        return nil
    }
}
