import Bytes

/// Waits until one of a few files changes.
struct FileWatch {
    /// Half a second is soon enough for a person and costs nothing.
    private static let interval = Duration.milliseconds(300)

    private let files: [String]
    private let former: [FileStatus?]

    init(_ files: [String]) {
        self.files = files
        former = Self.look(files)
    }

    /// - Throws: `Interrupted` when the user stops waiting.
    func wait() throws {
        while Self.look(files) == former {
            try Interruption.check()
            try Interruption.sleep(Self.interval)
        }
        // An editor may write a file in several steps.
        try Interruption.sleep(.milliseconds(100))
    }

    private static func look(_ files: [String]) -> [FileStatus?] {
        files.map { ((try? FileStatus.ifPresent($0)) ?? nil) }
    }
}
