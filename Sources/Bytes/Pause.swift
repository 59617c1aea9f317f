import Glibc

/// Waiting without doing anything.
public enum Pause {
    /// Sleeps; a signal may end it early.
    public static func milliseconds(_ count: Int) { usleep(UInt32(clamping: count) &* 1000) }
}
