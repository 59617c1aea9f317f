// How long a model stays in memory after its last request, as `keep_alive` and OLLAMA_KEEP_ALIVE say it.

/// The time that a model stays loaded after it was last used.
public enum KeepAlive: Sendable, Hashable {
    case forever
    /// Zero unloads the model at once.
    case after(Duration)

    /// What Ollama does where nobody says anything.
    public static let standard = KeepAlive.after(.seconds(300))

    /// A number of seconds; a negative one is forever.
    public init(seconds: Double) {
        self = seconds < 0 || !(seconds < Self.longestSeconds) ? .forever : .after(.seconds(seconds))
    }

    /// A duration as Go writes it (`5m`, `1h30m`, `-1s`), or a number of seconds; nil for any other text.
    public init?(_ text: String) {
        if let seconds = Int(text) {
            self.init(seconds: Double(seconds))
        } else if let seconds = GoDuration.seconds(text) {
            self.init(seconds: seconds)
        } else {
            return nil
        }
    }

    /// Whether the model is to leave with the request.
    public var isImmediate: Bool { self == .after(.zero) }

    /// Longer than anybody waits; beyond it sums of times would overflow.
    private static let longestSeconds = 1e9
}

/// Durations as Go's `time.ParseDuration` reads them.
public enum GoDuration {
    private static let units: [String: Double] = [
        "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600,
    ]

    /// Seconds, or nil where the text is no duration: numbers with units one behind the other, the largest first or not.
    public static func seconds(_ text: String) -> Double? {
        var rest = text[...]
        let sign: Double = rest.hasPrefix("-") ? -1 : 1
        if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var sum = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits.hasPrefix(".") ? "0" + digits : digits), let factor = units[String(unit)] else {
                return nil
            }
            sum += number * factor
        }
        return sign * sum
    }
}
