/// A moment by the clock on the wall: what `strftime_now` tells.
public struct JinjaTime: Sendable, Equatable {
    public let year: Int
    public let month: Int
    public let day: Int
    public let hour: Int
    public let minute: Int
    public let second: Int

    /// - Parameter secondsSince1970: already moved to the local time zone.
    public init(secondsSince1970 seconds: Int) {
        let bounded = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let days = Int((Double(bounded) / 86400).rounded(.down))
        let rest = bounded - days * 86400
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        // Days since 0000-03-01 in eras of 400 years, so that the leap day comes last.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    public static let epoch = JinjaTime(secondsSince1970: 0)

    /// `2024-07-26`, `2024-07-26T12:30`, `2024-07-26 12:30:05` (a zone at the end is not looked at), or seconds since 1970.
    public init?(_ text: String) {
        if let seconds = Int(text) {
            self.init(secondsSince1970: seconds)
            return
        }
        let fields = Array(text.split { !$0.isASCII || !$0.isNumber }.prefix(6).map { Int($0) ?? -1 })
        let isDate = text.utf8.first?.isDigit == true && fields.count >= 3 && !fields.contains(-1)
        guard isDate, (1...9999).contains(fields[0]), (1...12).contains(fields[1]), (1...31).contains(fields[2]) else { return nil }
        let clock = fields.dropFirst(3) + [0, 0, 0]
        let (hour, minute, second) = (clock[3], clock[4], clock[5])
        guard hour < 24, minute < 60, second < 62, fields[2] <= Self.length(of: fields[1], in: fields[0]) else { return nil }
        self.init(year: fields[0], month: fields[1], day: fields[2], hour: hour, minute: minute, second: second)
    }

    private init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    /// Whole days since 1970-01-01.
    public var daysSince1970: Int {
        let past = year - 1
        return past * 365 + past / 4 - past / 100 + past / 400 + dayOfYear - 719_163
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func length(of month: Int, in year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// From 1.
    private var dayOfYear: Int { (1..<month).reduce(day) { $0 + Self.length(of: $1, in: year) } }

    /// Sunday is 0.
    private var weekday: Int {
        let past = year - 1
        return (past * 365 + past / 4 - past / 100 + past / 400 + dayOfYear) % 7
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// C's strftime in the C locale, for a time without a zone.
    func formatted(_ format: String) -> String {
        var output = ""
        var isDirective = false
        var isUnpadded = false
        for character in format.unicodeScalars {
            if !isDirective {
                if character == "%" { isDirective = true } else { output.unicodeScalars.append(character) }
            } else if character == "-" {
                isUnpadded = true
            } else {
                let text = directive(character) ?? "%\(character)"
                output += isUnpadded ? Self.unpadded(text) : text
                (isDirective, isUnpadded) = (false, false)
            }
        }
        return output
    }

    private static func unpadded(_ text: String) -> String {
        let rest = text.drop { $0 == "0" || $0 == " " }
        return rest.isEmpty ? "0" : String(rest)
    }

    private func directive(_ letter: Unicode.Scalar) -> String? {
        switch letter {
        case "Y": Self.padded(year, 4)
        case "y": Self.padded(year % 100)
        case "C": Self.padded(year / 100)
        case "m": Self.padded(month)
        case "d": Self.padded(day)
        case "e": day < 10 ? " \(day)" : "\(day)"
        case "j": Self.padded(dayOfYear, 3)
        case "H": Self.padded(hour)
        case "I": Self.padded(hour % 12 == 0 ? 12 : hour % 12)
        case "M": Self.padded(minute)
        case "S": Self.padded(second)
        case "f": "000000"
        case "p": hour < 12 ? "AM" : "PM"
        case "P": hour < 12 ? "am" : "pm"
        case "B": Self.months[month - 1]
        case "b", "h": String(Self.months[month - 1].prefix(3))
        case "A": Self.weekdays[weekday]
        case "a": String(Self.weekdays[weekday].prefix(3))
        case "w": "\(weekday)"
        case "u": "\(weekday == 0 ? 7 : weekday)"
        case "U": Self.padded((dayOfYear + 6 - weekday) / 7)
        case "W": Self.padded((dayOfYear + 6 - (weekday + 6) % 7) / 7)
        case "D", "x": formatted("%m/%d/%y")
        case "F": formatted("%Y-%m-%d")
        case "T", "X": formatted("%H:%M:%S")
        case "R": formatted("%H:%M")
        case "r": formatted("%I:%M:%S %p")
        case "c": formatted("%a %b %e %H:%M:%S %Y")
        case "z", "Z": ""
        case "n": "\n"
        case "t": "\t"
        case "%": "%"
        default: nil
        }
    }

    private static func padded(_ value: Int, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
