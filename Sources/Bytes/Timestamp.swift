/// Times as RFC 3339 writes them, in UTC.
public enum Timestamp {
    /// `2026-08-19T07:05:03.123456789Z`.
    public static func text(of time: FileTime) -> String {
        let (days, second) = floorDivision(time.seconds, 86400)
        let (year, month, day) = date(daysSince1970: days)
        let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return "\(padded(year, 4))-\(two(month))-\(two(day))T\(clock).\(padded(time.nanoseconds, 9))Z"
    }

    /// Reads a time with whatever offset and whatever part of a second; nil for any other text.
    public static func time(_ text: String) -> FileTime? {
        let pattern =
            /([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9})[0-9]*)?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))/
        guard let match = text.wholeMatch(of: pattern) else { return nil }
        func number(_ digits: Substring?) -> Int { Int(digits ?? "0") ?? 0 }
        guard (1...12).contains(number(match.2)), (1...31).contains(number(match.3)) else { return nil }
        let days = days(year: number(match.1), month: number(match.2), day: number(match.3))
        let offset = (number(match.9) * 3600 + number(match.10) * 60) * (match.8 == "-" ? -1 : 1)
        let fraction = match.7.map { String($0) + String(repeating: "0", count: 9 - $0.count) } ?? "0"
        return FileTime(
            seconds: days * 86400 + number(match.4) * 3600 + number(match.5) * 60 + number(match.6) - offset,
            nanoseconds: Int(fraction) ?? 0)
    }

    /// Days since 1970-01-01 of a Gregorian date; the other way round, by the same source as `date`.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivision(year, 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
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
    public func secondsUntil(_ other: FileTime) -> Double {
        Double(other.seconds - seconds) + Double(other.nanoseconds - nanoseconds) / 1e9
    }
}
