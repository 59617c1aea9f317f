package import Bytes

/// Times as RFC 3339 writes them, in UTC.
package enum Timestamp {
    /// `2026-08-19T07:05:03.123456789Z`.
    package static func text(of time: FileTime) -> String {
        let (days, second) = floorDivision(time.seconds, 86400)
        let (year, month, day) = date(daysSince1970: days)
        let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return "\(padded(year, 4))-\(two(month))-\(two(day))T\(clock).\(padded(time.nanoseconds, 9))Z"
    }

    /// The Gregorian date, by counting in eras of 400 years that begin in March.
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floorDivision(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivision(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func two(_ value: Int) -> String { padded(value, 2) }

    private static func padded(_ value: Int, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

extension FileTime {
    /// Seconds from this time to a later one; negative where `other` is earlier.
    func secondsUntil(_ other: FileTime) -> Double {
        Double(other.seconds - seconds) + Double(other.nanoseconds - nanoseconds) / 1e9
    }
}
