import Glibc

/// The calendar where the machine stands.
public enum LocalCalendar {
    /// Days since 1970-01-01 by the local clock.
    public static func today() -> Int { Int((Double(now()) / 86400).rounded(.down)) }

    /// Seconds since 1970-01-01 by the local clock.
    public static func now() -> Int {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        return now + parts.tm_gmtoff
    }
}
