import ArgumentParser
import BuildPipeline
import Bytes
import Diagnostics
import JSONText
import Synchronization

/// How progress is shown on standard error.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    /// A live line on a terminal, plain lines elsewhere.
    case auto
    /// A line for each step, and for each tenth of a long one.
    case plain
    /// A JSON object for each event.
    case json
    /// Nothing but warnings.
    case none
}

/// Shows the events of a build as they come.
final class ProgressDisplay: Sendable {
    private enum Manner { case live, plain, json, silent }

    private struct State {
        var status = ""
        /// The line that is on the screen without a line break after it.
        var isLineOpen = false
        var lastTenth = -1
        var lastDrawn = ContinuousClock.Instant.now
        var stepStart = ContinuousClock.Instant.now
    }

    private let manner: Manner
    private let state = Mutex(State())

    init(_ style: ProgressStyle, quiet: Bool) {
        manner =
            switch style {
            case _ where quiet: .silent
            case .none: .silent
            case .json: .json
            case .plain: .plain
            case .auto: Console.isTerminal(.error) ? .live : .plain
            }
    }

    var handler: BuildEvent.Handler { { self.show($0) } }

    func show(_ event: BuildEvent) {
        state.withLock { state in
            switch (manner, event) {
            case (.json, _): write(Self.json(event) + "\n")
            case (_, .warning(let text)):
                closeLine(&state)
                write("warning: \(text.withoutControls)\n")
            case (.silent, _): break
            case (.plain, .status(let text)):
                if text != state.status { write(text + "\n") }
                state.lastDrawn = .now
            case (.plain, .progress(let step, let completed, let total)): showTenth(step, completed, total, &state)
            case (.live, .status(let text)):
                closeLine(&state)
                write("\(text)")
                state.isLineOpen = true
            case (.live, .progress(let step, let completed, let total)): drawBar(step, completed, total, &state)
            }
            if case .status(let text) = event { state.status = text }
        }
    }

    /// Ends the live line, before a command prints its answer or its error.
    func finish() { state.withLock { closeLine(&$0) } }

    private func write(_ text: String) { try? StandardStream.error.write(text) }

    private func closeLine(_ state: inout State) {
        if state.isLineOpen { write("\n") }
        state.isLineOpen = false
        state.lastTenth = -1
    }

    private func showTenth(_ step: String, _ completed: Int, _ total: Int, _ state: inout State) {
        if step != state.status {
            state.status = step
            state.lastTenth = -1
        }
        let tenth = total > 0 ? Int(Double(completed) / Double(total) * 10) : 10
        // A step that is over in a moment needs no lines of its own.
        guard tenth > state.lastTenth, state.lastDrawn.duration(to: .now) > .seconds(1) else { return }
        state.lastTenth = tenth
        state.lastDrawn = .now
        write("\(step) \(tenth * 10)%\n")
    }

    private func drawBar(_ step: String, _ completed: Int, _ total: Int, _ state: inout State) {
        if step != state.status {
            // The status line of the step becomes its bar.
            state.status = step
            state.stepStart = .now
        }
        let isLast = completed >= total
        guard isLast || state.lastDrawn.duration(to: .now) > .milliseconds(100) else { return }
        state.lastDrawn = .now
        let share = total > 0 ? Double(completed) / Double(total) : 1
        let figures = " \(HumanFormat.fixed(share * 100, 0))% \(HumanFormat.bytes(completed))/\(HumanFormat.bytes(total))"
        let room = max(8, min(40, Console.columns - DisplayWidth.of(step) - figures.count - 6))
        let filled = Int(share * Double(room))
        let bar = String(repeating: "█", count: filled) + String(repeating: " ", count: room - filled)
        write("\r\u{1B}[K\(step) ▕\(bar)▏\(figures)")
        state.isLineOpen = true
    }

    private static func json(_ event: BuildEvent) -> String {
        let value: JSONValue =
            switch event {
            case .status(let text): ["status": .string(text)]
            case .warning(let text): ["warning": .string(text)]
            case .progress(let step, let completed, let total):
                ["status": .string(step), "completed": .number(JSONNumber(completed)), "total": .number(JSONNumber(total))]
            }
        return value.text()
    }
}
