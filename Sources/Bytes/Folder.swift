import Glibc

/// A folder that is looked into: what it holds, by name.
public struct Folder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// The names of everything directly inside, sorted by their bytes, without `.` and `..`.
    public func names() throws(BytesError) -> [String] {
        guard let stream = opendir(path) else { throw .system(operation: "list", path: path, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .system(operation: "list", path: path, code: errno) }
                return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Where the file `name` inside the folder is.
    public func path(of name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

    /// Whether `name` is a regular file in the folder, or a link to one.
    public func hasFile(_ name: String) -> Bool {
        var status = stat()
        return stat(path(of: name), &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
