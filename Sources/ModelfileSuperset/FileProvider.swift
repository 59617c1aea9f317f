/// Gives the files that a Modelfile names with INCLUDE and `@`.
///
/// Reading the superset opens no file itself: the command line gives the disk's files, a language server what is in its editor's
/// unsaved buffers first, a test whatever it likes.
public struct FileProvider: Sendable {
    /// Why there is no text.
    public enum Problem: Error, Hashable, Sendable {
        case missing
        /// Behind a link the file lies outside of the main file's folder.
        case outside
        /// There, but unreadable: a folder, a file without permission, one that is too large.
        case unusable(String)
    }

    /// The bytes of the file at a path with `/` between its parts, relative to the main file's folder and inside of it.
    public let bytes: @Sendable (_ path: String) throws(Problem) -> [UInt8]

    public init(_ bytes: @escaping @Sendable (_ path: String) throws(Problem) -> [UInt8]) { self.bytes = bytes }

    /// No files at all.
    public static let none = FileProvider { _ throws(Problem) in throw .missing }

    /// Files from memory, by path.
    public init(_ texts: [String: String]) {
        self.init { path throws(Problem) in
            guard let text = texts[path] else { throw .missing }
            return Array(text.utf8)
        }
    }
}

/// Paths that stay inside of one folder.
enum FolderPath {
    /// `path` as seen from `folder`, both relative to the main file's folder; nil where it leaves that folder.
    static func resolve(_ path: String, from folder: String) -> String? {
        guard !path.hasPrefix("/"), !path.hasPrefix("~"), !path.contains("\\"), !path.contains("\0") else { return nil }
        var parts = folder.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            guard part == ".." else {
                parts.append(part)
                continue
            }
            guard parts.popLast() != nil else { return nil }
        }
        return parts.joined(separator: "/")
    }

    /// What stands before the last slash.
    static func folder(of path: String) -> String {
        path.utf8.lastIndex(of: 0x2F).map { String(path[..<$0]) } ?? ""
    }
}
