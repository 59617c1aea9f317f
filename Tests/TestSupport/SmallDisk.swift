import Foundation

/// A small file system of its own, for as long as the value lives; nil where mounting is not allowed.
public final class SmallDisk {
    public let folder: TemporaryFolder
    public var path: String { folder.path }

    public init?(megabytes: Int) {
        guard let folder = try? TemporaryFolder(),
            Self.run("/bin/mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path) == 0
        else { return nil }
        self.folder = folder
    }

    public func makeReadOnly() -> Bool { Self.run("/bin/mount", "-o", "remount,ro", path) == 0 }

    deinit { _ = Self.run("/bin/umount", "-l", path) }

    public static let isAllowed = SmallDisk(megabytes: 1) != nil
    public static let absenceReason = "mounting a small disk is not allowed here"

    /// Runs a program and returns its exit status, or nil where it could not be started.
    private static func run(_ program: String, _ arguments: String...) -> Int32? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
