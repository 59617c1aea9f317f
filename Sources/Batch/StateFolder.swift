public import Bytes
import JSONText

/// What all processes that work on a plan share: a folder with a record and a lock for each job.
///
/// `PLAN.state/` beside the plan, unless the user says otherwise. Any file system that all of them see will do, as long as its locks
/// (`flock`) hold between machines.
public struct StateFolder: Sendable {
    public let path: String

    private static let recordByteLimit = 1 << 24

    public init(_ path: String) { self.path = path }

    public static func beside(plan: String) -> StateFolder { StateFolder(plan + ".state") }

    /// Makes the folder.
    public func prepare() throws(BytesError) {
        for folder in ["jobs", "locks"] { try FileSystem.makeFolder(Folder(path).path(of: folder)) }
    }

    private func recordPath(_ key: String) -> String { "\(path)/jobs/\(key).json" }

    /// A lock on a job for this process alone; nil where another one holds it. It ends with the process, however that ends.
    func lock(_ key: String) throws(BytesError) -> JobLock? {
        let file = try OpenFile.lockFile("\(path)/locks/\(key).lock")
        return try file.tryLock() ? JobLock(file: file) : nil
    }

    /// Whether some process works on a job.
    func isLocked(_ key: String) -> Bool {
        let lockPath = "\(path)/locks/\(key).lock"
        guard (try? FileStatus.ifPresent(lockPath)) != nil, let file = try? OpenFile.lockFile(lockPath) else { return false }
        return (try? file.tryLock()) == false
    }

    /// What is recorded of a job; nil where nothing is, or nothing that can be read.
    func record(of key: String) -> JobRecord? {
        guard (try? FileStatus.ifPresent(recordPath(key))) != nil,
            let bytes = try? OpenFile.contents(of: recordPath(key), limit: Self.recordByteLimit),
            let value = try? JSONValue(parsing: bytes)
        else { return nil }
        return JobRecord(value)
    }

    func write(_ record: JobRecord) throws(BytesError) {
        try FileReplacement.write(record.json.bytes(.pretty) + [UInt8(ascii: "\n")], to: recordPath(record.key))
    }

    /// Writes a file of the folder whole.
    public func write(_ bytes: [UInt8], to name: String) throws(BytesError) {
        try FileSystem.makeFolder(path)
        try FileReplacement.write(bytes, to: Folder(path).path(of: name))
    }
}

/// Held while a job is worked on.
final class JobLock: Sendable {
    private let file: OpenFile
    init(file: consuming OpenFile) { self.file = file }
}
