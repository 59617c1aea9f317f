/// Sizes and times in words, by Ollama's rules.
package enum HumanFormat {
    /// Bytes in decimal units: `5.2 MB`, `142 MB`, `10 B`.
    package static func bytes(_ count: Int) -> String {
        let units = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "KB")]
        guard let (unit, name) = units.first(where: { count >= $0.0 }) else { return "\(count) B" }
        let value = Double(count) / Double(unit)
        if value >= 10 { return "\(Int(value)) \(name)" }
        return value == value.rounded(.down) ? "\(Int(value)) \(name)" : "\(fixed(value, 1)) \(name)"
    }

    /// How long ago `seconds` is; the future is negative, and the far future is for ever.
    package static func ago(_ seconds: Double) -> String {
        if seconds <= -21 * 365 * 86400 { return "Forever" }
        return span(seconds.magnitude) + (seconds >= 0 ? " ago" : " from now")
    }

    private static func span(_ seconds: Double) -> String {
        let (minutes, hours) = (Int(seconds / 60), Int((seconds / 3600).rounded()))
        switch seconds {
        case ..<1: return "Less than a second"
        case ..<2: return "1 second"
        case ..<60: return "\(Int(seconds)) seconds"
        case ..<120: return "About a minute"
        case ..<3600: return "\(minutes) minutes"
        case ..<5400: return "About an hour"
        case ..<(48 * 3600): return "\(hours) hours"
        case ..<(14 * 86400): return "\(hours / 24) days"
        case ..<(60 * 86400): return "\(hours / 24 / 7) weeks"
        case ..<(730 * 86400): return "\(hours / 24 / 30) months"
        default: return "\(hours / 24 / 365) years"
        }
    }

    /// A number with so many digits after the point, rounded to nearest.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value.magnitude * scale).rounded(.toNearestOrEven))
        let whole = scaled / Int(scale)
        let fraction = String(scaled % Int(scale))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return digits == 0
            ? "\(sign)\(whole)" : "\(sign)\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }

    /// A duration as Go prints it: `1.234567s`, `12.3ms`, `2m3.5s`.
    package static func duration(_ duration: Duration) -> String {
        let nanoseconds = duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
        switch nanoseconds {
        case ..<1000: return "\(nanoseconds)ns"
        case ..<1_000_000: return shortest(Double(nanoseconds) / 1e3, 3) + "µs"
        case ..<1_000_000_000: return shortest(Double(nanoseconds) / 1e6, 6) + "ms"
        default:
            let (minutes, rest) = nanoseconds.quotientAndRemainder(dividingBy: 60_000_000_000)
            let seconds = shortest(Double(rest) / 1e9, 9) + "s"
            if minutes == 0 { return seconds }
            return minutes < 60 ? "\(minutes)m\(seconds)" : "\(minutes / 60)h\(minutes % 60)m\(seconds)"
        }
    }

    private static func shortest(_ value: Double, _ digits: Int) -> String {
        var text = fixed(value, digits)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}
