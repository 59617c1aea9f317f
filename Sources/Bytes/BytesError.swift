/// What can go wrong while touching files and bytes: the operation, the path and the system's reason.
public enum BytesError: Error, Equatable, CustomStringConvertible {
    /// A system call failed. `operation` is a verb phrase such as "open"; `code` is `errno`.
    case system(operation: String, path: String, code: Int32)
    /// Something else than a file stands where one is to be written: a folder, a device, a pipe.
    case notRegularFile(path: String)
    /// A read went past the end: `needed` bytes at `offset` of `available`.
    case truncated(offset: Int, needed: UInt64, available: Int)
    /// A file became shorter while it was mapped; what was read of it since is worth nothing.
    case truncatedUnderneath(path: String)

    public var description: String {
        switch self {
        case .system(let operation, let path, let code):
            "cannot \(operation) '\(path)': \(SystemCall.reason(code))"
        case .notRegularFile(let path): "cannot write '\(path)': not a regular file"
        case .truncated(let offset, let needed, let available):
            "\(needed) bytes wanted at offset \(offset), but the data ends at \(available)"
        case .truncatedUnderneath(let path): "'\(path)' became shorter while it was read"
        }
    }

    /// The `errno` behind the error, when there is one.
    public var code: Int32? {
        if case .system(_, _, let code) = self { code } else { nil }
    }
}
