public import Diagnostics

/// Bytes of a file to text: UTF-8, or UTF-16 of either byte order, with or without a byte order mark.
///
/// What is not text becomes U+FFFD, once for each maximal ill-formed part, and one warning names the first place.
public enum ModelfileDecoding {
    public static func decode(_ bytes: [UInt8], name: String) -> (source: SourceText, diagnostics: [Diagnostic]) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return decodeUTF8(bytes[3...], name: name) }
        if bytes.starts(with: [0xFF, 0xFE]) { return decodeUTF16(bytes[2...], isBigEndian: false, name: name) }
        if bytes.starts(with: [0xFE, 0xFF]) { return decodeUTF16(bytes[2...], isBigEndian: true, name: name) }
        guard let isBigEndian = unmarkedUTF16IsBigEndian(bytes) else { return decodeUTF8(bytes[...], name: name) }
        var decoded = decodeUTF16(bytes[...], isBigEndian: isBigEndian, name: name)
        let order = isBigEndian ? "big" : "little"
        decoded.diagnostics.insert(
            Diagnostic(.unmarkedUTF16, "the file is UTF-16 (\(order) endian) without a byte order mark", at: 0..<0), at: 0)
        return decoded
    }

    /// A Modelfile begins with two ASCII characters, of which UTF-16 makes a zero in every other byte; UTF-8 has none.
    private static func unmarkedUTF16IsBigEndian(_ bytes: [UInt8]) -> Bool? {
        guard bytes.count >= 4 else { return nil }
        switch (bytes[0] == 0, bytes[1] == 0, bytes[2] == 0, bytes[3] == 0) {
        case (false, true, false, true): return false
        case (true, false, true, false): return true
        default: return nil
        }
    }

    private static func decodeUTF8(_ bytes: ArraySlice<UInt8>, name: String) -> (source: SourceText, diagnostics: [Diagnostic]) {
        if let text = String(validating: bytes, as: UTF8.self) { return (SourceText(text, name: name), []) }
        return decode(bytes, as: UTF8.self, name: name)
    }

    private static func decodeUTF16(
        _ bytes: ArraySlice<UInt8>, isBigEndian: Bool, name: String
    ) -> (source: SourceText, diagnostics: [Diagnostic]) {
        var units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        // Half a unit at the end is as ill-formed as the first half of a pair with nothing behind it.
        if bytes.count % 2 == 1 { units.append(0xD800) }
        return decode(units, as: UTF16.self, name: name)
    }

    private static func decode<Codec: Unicode.Encoding>(
        _ units: some Sequence<Codec.CodeUnit>, as codec: Codec.Type, name: String
    ) -> (source: SourceText, diagnostics: [Diagnostic]) {
        var parser = Codec.ForwardParser()
        var input = units.makeIterator()
        var text = ""
        var faults: [Int] = []
        scan: while true {
            switch parser.parseScalar(from: &input) {
            case .valid(let encoded): text.unicodeScalars.append(Codec.decode(encoded))
            case .error:
                faults.append(text.utf8.count)
                text.unicodeScalars.append("\u{FFFD}")
            case .emptyInput: break scan
            }
        }
        let encoding = Codec.self == UTF8.self ? "UTF-8" : "UTF-16"
        return (SourceText(text, name: name), warning(faults, encoding: encoding))
    }

    private static func warning(_ faults: [Int], encoding: String) -> [Diagnostic] {
        guard let first = faults.first else { return [] }
        let places = faults.count == 1 ? "" : " in \(faults.count) places"
        return [Diagnostic(.invalidEncoding, "invalid \(encoding)\(places), read as U+FFFD", at: first..<first + 3)]
    }
}
