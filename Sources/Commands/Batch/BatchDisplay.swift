import Batch
import Bytes
import Diagnostics
import JSONText
import Quantization
import Synchronization

/// Shows a batch at work on standard error: a live table on a terminal, plain lines elsewhere, JSON lines for other programs.
///
/// On a terminal, what is finished scrolls by for good; below it stands a table of the jobs at work, drawn anew in place.
final class BatchDisplay: Sendable {
    private enum Manner { case live, plain, json, silent }

    private struct Work {
        let job: BatchJob
        let start = ContinuousClock.now
        /// Bytes of the source that were done with when the work began to count.
        var bytesDone = 0
        var byteCount = 0
        var tensor = ""
    }

    private struct State {
        var working: [Work] = []
        var counts: [JobRecord.Status: Int] = [:]
        /// Lines of the table that are on the screen, the cursor below them.
        var drawnLines = 0
        var lastDrawn = ContinuousClock.now - .seconds(1)
    }

    private let manner: Manner
    private let jobCount: Int
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    init(_ style: ProgressStyle, quiet: Bool, jobCount: Int) {
        self.jobCount = jobCount
        manner =
            switch style {
            case _ where quiet: .silent
            case .none: .silent
            case .json: .json
            case .plain: .plain
            case .auto: Console.isTerminal(.error) ? .live : .plain
            }
    }

    var handler: BatchEvent.Handler { { self.show($0) } }

    /// Takes the table off the screen, before an answer or an error is printed.
    func finish() { state.withLock { erase(&$0) } }

    func show(_ event: BatchEvent) {
        state.withLock { state in
            note(event, &state)
            if manner == .json { return write(event.json.text() + "\n") }
            if let line = line(for: event) {
                erase(&state)
                write(line.withoutControls + "\n")
            }
            if manner == .live { draw(&state) }
        }
    }

    private func note(_ event: BatchEvent, _ state: inout State) {
        switch event {
        case .jobStarted(let job, let start):
            var work = Work(job: job)
            work.byteCount = start.byteCount
            state.working.append(work)
        case .tensor(let job, let progress):
            guard let index = state.working.firstIndex(where: { $0.job.key == job.key }) else { return }
            state.working[index].bytesDone = progress.bytesDone
            state.working[index].byteCount = progress.byteCount
            state.working[index].tensor = progress.tensor
        case .jobEnded(let job, let record, _):
            state.working.removeAll { $0.job.key == job.key }
            state.counts[record.status, default: 0] += 1
        case .warning, .jobBusy: break
        }
    }

    /// The line that stays, where an event has one.
    private func line(for event: BatchEvent) -> String? {
        switch event {
        case .warning(let job, let text): "warning: \(job.input): \(text)"
        case _ where manner == .silent: nil
        case .jobStarted(let job, let start): manner == .plain ? Self.startLine(job, start) : nil
        case .tensor: nil
        case .jobBusy(let job): "\(job.input): another process works on it"
        case .jobEnded(let job, let record, let wasDone): Self.endLine(job, record, wasDone: wasDone)
        }
    }

    private static func startLine(_ job: BatchJob, _ start: BatchEvent.JobStart) -> String {
        let kept = start.kept.reduce(0, +)
        return "\(job.input): \(job.outputs.map(\.target.name).joined(separator: ", "))"
            + (kept > 0 ? ", going on behind \(kept) finished tensors" : "")
    }

    private static func endLine(_ job: BatchJob, _ record: JobRecord, wasDone: Bool) -> String {
        if wasDone { return "\(job.input): done already" }
        guard record.status != .done else {
            let size = record.outputs.reduce(0) { $0 + $1.byteCount }
            return "\(job.input): done, \(record.outputs.count) \(record.outputs.count == 1 ? "file" : "files"), "
                + "\(HumanFormat.bytes(size)) in \(HumanFormat.fixed(record.seconds, 1)) s"
        }
        let problems =
            record.problem.map { [$0] }
            ?? record.outputs.compactMap { output in
                output.problem.map { "\(output.file): \($0)" }
            }
        return "error: \(job.input): " + problems.joined(separator: "; ")
    }

    private func write(_ text: String) { try? StandardStream.error.write(text) }

    private func erase(_ state: inout State) {
        guard state.drawnLines > 0 else { return }
        write("\u{1B}[\(state.drawnLines)A\r\u{1B}[J")
        state.drawnLines = 0
        state.lastDrawn = .now - .seconds(1)
    }

    private func draw(_ state: inout State) {
        guard state.lastDrawn.duration(to: .now) > .milliseconds(100) else { return }
        let columns = max(Console.columns, 20)
        let done = state.counts.values.reduce(0, +)
        let failed = state.counts[.failed, default: 0]
        var lines = [
            "\(done) of \(jobCount) jobs" + (failed > 0 ? ", \(failed) failed" : "") + ", \(Self.clock(start.duration(to: .now)))"
        ]
        lines += state.working.map { Self.row($0, columns: columns) }
        erase(&state)
        write(lines.map { DisplayWidth.truncating($0.withoutControls, to: columns - 1) + "\n" }.joined())
        state.drawnLines = lines.count
        state.lastDrawn = .now
    }

    /// `name ▕█████     ▏ 52% 420 MB/s 0:12 blk.3.ffn_down.weight`
    private static func row(_ work: Work, columns: Int) -> String {
        let seconds = max(work.start.duration(to: .now) / .seconds(1), 0.001)
        let share = work.byteCount > 0 ? Double(work.bytesDone) / Double(work.byteCount) : 0
        let rate = Double(work.bytesDone) / seconds
        let left = share > 0 ? seconds / share - seconds : 0
        let room = max(6, min(24, columns / 5))
        let filled = min(room, Int(share * Double(room)))
        let bar = String(repeating: "█", count: filled) + String(repeating: " ", count: room - filled)
        let name = DisplayWidth.truncating(work.job.input, to: max(8, columns / 3))
        return "  \(DisplayWidth.padding(name, to: max(8, columns / 3))) ▕\(bar)▏ \(HumanFormat.fixed(share * 100, 0))% "
            + "\(HumanFormat.bytes(Int(rate)))/s \(clock(.seconds(left))) \(work.tensor)"
    }

    private static func clock(_ duration: Duration) -> String {
        let seconds = Int(duration / .seconds(1))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return seconds < 3600
            ? "\(seconds / 60):\(two(seconds % 60))" : "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }
}
