import Glibc

/// Another program, run to its end.
public enum ChildProgram {
    /// Runs a program that is found as the shell finds it. What it writes to standard output comes back; standard error is ours.
    ///
    /// - Returns: the exit status, or 128 and the number of the signal that ended it.
    /// - Throws: `BytesError.system` where it cannot be started, or `EFBIG` where it wrote more than `limit` bytes.
    public static func run(_ words: [String], limit: Int = 1 << 24) throws(BytesError) -> (status: Int32, output: [UInt8]) {
        let name = words.first ?? ""
        var ends: [Int32] = [-1, -1]
        try SystemCall.check("make a pipe for", name) { pipe(&ends) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let process: pid_t
        do {
            defer { close(ends[1]) }
            process = try start(words, output: ends[1])
        }
        var (output, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
        while output.count <= limit {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(ends[0], $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            output += buffer.prefix(count)
        }
        var status: Int32 = 0
        // A signal that we take note of must not leave the child behind.
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard output.count <= limit else { throw .system(operation: "read from", path: name, code: EFBIG) }
        return (status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F, output)
    }

    private static func start(_ words: [String], output: Int32) throws(BytesError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        // We ignore SIGPIPE, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, words.first ?? "", &actions, &attributes, &arguments, environ)
        guard code == 0 else { throw .system(operation: "run", path: words.first ?? "", code: code) }
        return process
    }
}
