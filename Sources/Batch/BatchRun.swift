import Bytes
import Compute
import Dispatch
import Synchronization

/// Works through jobs: several at a time, those of other processes last, and goes on when one fails.
public struct BatchRun: Sendable {
    public var jobs: [BatchJob]
    public var state: StateFolder
    /// Jobs at a time; they share the threads.
    public var jobsAtOnce = 1
    public var threads: Int
    /// Make everything anew, also what is there.
    public var isFresh = false
    /// Stay until jobs that another process works on are done, and take over what it leaves.
    public var waitsForOthers = true
    private let surroundings: BatchSurroundings
    private let events: BatchEvent.Handler

    public init(
        _ jobs: [BatchJob], state: StateFolder, threads: Int, surroundings: BatchSurroundings,
        events: @escaping BatchEvent.Handler
    ) {
        (self.jobs, self.state, self.threads, self.surroundings, self.events) = (jobs, state, threads, surroundings, events)
    }

    /// Works until nothing is left or the user asks to stop.
    ///
    /// - Returns: what became of each job, in their order.
    /// - Throws: `Interrupted`, once every job at work has put down what it finished; `BytesError` where the shared state cannot
    ///   be kept.
    public func run() throws -> [JobRecord] {
        try state.prepare()
        let board = Board(jobs)
        let workers = min(max(jobsAtOnce, 1), max(jobs.count, 1))
        let group = DispatchGroup()
        // A queue for each worker, because they block.
        for number in 1..<max(workers, 1) {
            let queue = DispatchQueue(label: "quern.batch.\(number)")
            queue.async(group: group) { self.work(board, threads: max(1, self.threads / workers)) }
        }
        work(board, threads: max(1, threads - (workers - 1) * max(1, threads / workers)))
        group.wait()
        if let error = board.error { throw error }
        return board.records(of: jobs)
    }

    private func work(_ board: Board, threads: Int) {
        let pool = ThreadPool(threads: threads)
        do {
            while let job = board.next() {
                try Interruption.check()
                guard let lock = try state.lock(job.key) else {
                    events(.jobBusy(job))
                    board.putBack(job)
                    continue
                }
                try work(on: job, lock, pool, board)
            }
            if waitsForOthers { try waitForOthers(board, pool) }
        } catch { board.stop(error) }
    }

    private func waitForOthers(_ board: Board, _ pool: ThreadPool) throws {
        while let job = board.nextBusy() {
            try Interruption.check()
            if let lock = try state.lock(job.key) {
                try work(on: job, lock, pool, board)
            } else {
                board.putBack(job)
                Pause.milliseconds(200)
            }
        }
    }

    private func work(on job: BatchJob, _ lock: JobLock, _ pool: ThreadPool, _ board: Board) throws {
        try withExtendedLifetime(lock) {
            let runner = JobRunner(
                job: job, state: state, pool: pool, surroundings: surroundings, isFresh: isFresh, events: events)
            let (record, wasDone) = try runner.run()
            board.note(record)
            events(.jobEnded(job, record, wasDone: wasDone))
        }
    }
}

/// What is still to be done, and what became of the rest.
private final class Board: Sendable {
    private struct State {
        var waiting: ArraySlice<BatchJob>
        var busy: [BatchJob] = []
        var records: [String: JobRecord] = [:]
        var error: (any Error)?
    }

    private let state: Mutex<State>

    init(_ jobs: [BatchJob]) { state = Mutex(State(waiting: jobs[...])) }

    var error: (any Error)? { state.withLock { $0.error } }

    func next() -> BatchJob? { state.withLock { $0.error == nil ? $0.waiting.popFirst() : nil } }

    /// A job that another process had when it was last asked for.
    func nextBusy() -> BatchJob? {
        state.withLock { $0.error == nil && !$0.busy.isEmpty ? $0.busy.removeFirst() : nil }
    }

    func putBack(_ job: BatchJob) { state.withLock { $0.busy.append(job) } }
    func note(_ record: JobRecord) { state.withLock { $0.records[record.key] = record } }
    func stop(_ error: any Error) { state.withLock { $0.error = $0.error ?? error } }

    /// Jobs that were left to other processes are running there.
    func records(of jobs: [BatchJob]) -> [JobRecord] {
        state.withLock { state in
            jobs.map { state.records[$0.key] ?? JobRecord(key: $0.key, input: $0.input, status: .running) }
        }
    }
}
