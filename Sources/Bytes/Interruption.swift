import CLinux
import Glibc

/// Whether the user asked to stop (SIGINT, SIGTERM). Long work looks here between pieces, cleans up and throws.
public enum Interruption {
    /// From here on the first signal asks, and a second one ends the process at once.
    public static func watch() { quern_watch_interrupts() }

    public static var isRequested: Bool { quern_interrupted() != 0 }

    /// Forgets a request that was honoured, for a prompt that goes on after an interrupted answer.
    public static func clear() { quern_clear_interrupt() }

    /// Waits; a signal ends the wait.
    ///
    /// - Throws: `Interrupted` once the user asked to stop.
    public static func sleep(_ duration: Duration) throws(Interrupted) {
        try check()
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(clamping: seconds), tv_nsec: Int(clamping: attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
        try check()
    }

    /// - Throws: `Interrupted` once the user asked to stop.
    public static func check() throws(Interrupted) { if isRequested { throw Interrupted() } }
}

/// The user stopped the work.
public struct Interrupted: Error, Equatable, CustomStringConvertible {
    public init() {}
    public var description: String { "interrupted" }
}
