/// A pattern of paths: `*` and `?` stand for characters of one name, `**` for any number of folders.
///
/// A pattern without a slash matches a name in any folder; one that matches a folder matches everything in it.
public struct GlobPattern: Sendable, Equatable {
    public let text: String
    private let parts: [[UInt8]]

    public init(_ text: String) {
        self.text = text
        var trimmed = text[...]
        if trimmed.hasPrefix("./") { trimmed = trimmed.dropFirst(2) }
        let names = trimmed.split(separator: "/").map { Array($0.utf8) }
        let isAnywhere = names.count == 1 && !trimmed.hasPrefix("/")
        parts = isAnywhere ? [Array("**".utf8)] + names : names
    }

    public func matches(_ path: String) -> Bool {
        Self.matches(parts[...], path.split(separator: "/").map { Array($0.utf8) }[...])
    }

    private static func matches(_ parts: ArraySlice<[UInt8]>, _ names: ArraySlice<[UInt8]>) -> Bool {
        guard let part = parts.first else { return true }
        if part == Array("**".utf8) {
            let rest = parts.dropFirst()
            return rest.isEmpty || names.indices.contains { matches(rest, names[$0...]) }
        }
        guard let name = names.first, matches(part, name) else { return false }
        return matches(parts.dropFirst(), names.dropFirst())
    }

    /// One name against one part, with one place to go back to: the last `*`.
    private static func matches(_ part: [UInt8], _ name: [UInt8]) -> Bool {
        var (place, offset) = (0, 0)
        var star: (place: Int, offset: Int)?
        while offset < name.count {
            if place < part.count, part[place] == 0x2A {
                star = (place, offset)
                place += 1
            } else if place < part.count, part[place] == name[offset] || part[place] == 0x3F {
                (place, offset) = (place + 1, offset + 1)
            } else if let last = star {
                star = (last.place, last.offset + 1)
                (place, offset) = (last.place + 1, last.offset + 1)
            } else {
                return false
            }
        }
        return part[place...].allSatisfy { $0 == 0x2A }
    }
}
