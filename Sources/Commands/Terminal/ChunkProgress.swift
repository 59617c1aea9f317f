import Bytes
import JSONText

/// Shows how far a command is that reads a text chunk by chunk.
struct ChunkProgress {
    private enum Manner { case live, plain, json, silent }

    private let manner: Manner
    private let step: String
    private let unit: String
    private let total: Int
    /// Chunks that were done before the command began.
    private let before: Int
    private let start = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant?
    private var lastTenth = 0
    private var isLineOpen = false

    init(_ options: ProgressOptions, step: String, unit: String = "chunk", total: Int, before: Int = 0) {
        (self.step, self.unit, self.total, self.before) = (step, unit, total, before)
        manner =
            switch options.progress {
            case _ where options.quiet: .silent
            case .none: .silent
            case .json: .json
            case .plain: .plain
            case .auto: Console.isTerminal(.error) ? .live : .plain
            }
    }

    /// - Parameter figure: what has come out until now, in a word or two.
    mutating func show(_ done: Int, figure: String = "") {
        let now = ContinuousClock.now
        let recent = lastDrawn.map { $0.duration(to: now) < .milliseconds(200) } ?? false
        let text = "\(step): \(unit) \(done) of \(total)" + (figure.isEmpty ? "" : ", \(figure)") + remaining(done, now)
        switch manner {
        case .silent: break
        case .json:
            let value: JSONValue = [
                "status": .string(step), "completed": .number(JSONNumber(done)), "total": .number(JSONNumber(total)),
                "figure": .string(figure),
            ]
            try? StandardStream.error.write(value.text() + "\n")
        case .live where !recent || done == total:
            try? StandardStream.error.write("\r\u{1B}[K" + text.withoutControls)
            (isLineOpen, lastDrawn) = (true, now)
        case .live: break
        case .plain:
            let tenth = total > 0 ? 10 * done / total : 10
            // Work that is over in a moment needs no lines of its own.
            guard tenth > lastTenth, (lastDrawn ?? start).duration(to: now) > .seconds(1) else { break }
            (lastTenth, lastDrawn) = (tenth, now)
            try? StandardStream.error.write(text.withoutControls + "\n")
        }
    }

    /// Ends the live line, before a command prints its answer or its error.
    mutating func finish() {
        if isLineOpen { try? StandardStream.error.write("\n") }
        isLineOpen = false
    }

    private func remaining(_ done: Int, _ now: ContinuousClock.Instant) -> String {
        guard done > before, done < total else { return "" }
        let seconds = start.duration(to: now) / .seconds(1) / Double(done - before) * Double(total - done)
        if seconds < 1 { return "" }
        return seconds < 90 ? ", \(Int(seconds)) s left" : ", \(Int(seconds / 60) + 1) min left"
    }
}
