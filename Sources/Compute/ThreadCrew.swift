// The workers behind a ThreadPool: how a job is announced, joined and known to be over.
import CKernels
import CLinux
import Glibc
import Synchronization

/// State shared by a pool and its workers. Workers own it too, so it outlives the pool until the last has left.
final class ThreadCrew: @unchecked Sendable {
    struct Job {
        let count: Int
        let chunk: Int
        let context: UnsafeRawPointer
        let item: ThreadPool.Item
    }

    /// An atomic on a cache line of its own: the counters are written by everybody all the time.
    private struct Line: ~Copyable {
        let value: Atomic<Int>
        private let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
        init(_ value: Int) { self.value = Atomic(value) }
    }

    /// Pauses before a waiting thread sleeps: some ten to thirty microseconds.
    private static let patience = 600

    /// Even: no job may be joined. Odd: one may. It only grows, so a late worker never takes an old job for the new one.
    private let phase = Line(0)
    /// Workers inside the current job; the job's memory may go once it is closed and nobody is inside.
    private let inside = Line(0)
    /// For each thread the next item of its share: a thread walks through neighbouring items, and so through neighbouring memory.
    private let next: UnsafeMutablePointer<Line>
    private let threads: Int
    private let sleepers = Line(0)
    private let callerSleeps = Line(0)
    private let stopping = Line(0)
    /// The thread that runs the current job, by its handle; 0 for none.
    private let caller = Line(0)

    // Written by the caller while the phase is even, read by those who joined while it is odd.
    private var job: Job?

    private let turn = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wakeWorkers = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let wakeCaller = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// - Parameter threads: how many there will be at most, the caller's own included.
    init(threads: Int) {
        self.threads = threads
        next = .allocate(capacity: threads)
        for thread in 0..<threads { (next + thread).initialize(to: Line(0)) }
        pthread_mutex_init(turn, nil)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(wakeWorkers, nil)
        pthread_cond_init(wakeCaller, nil)
    }

    deinit {
        pthread_cond_destroy(wakeCaller)
        pthread_cond_destroy(wakeWorkers)
        pthread_mutex_destroy(lock)
        pthread_mutex_destroy(turn)
        next.deinitialize(count: threads)
        next.deallocate()
        wakeCaller.deallocate()
        wakeWorkers.deallocate()
        lock.deallocate()
        turn.deallocate()
    }

    /// Whether the calling thread is at work for this crew already: one of its workers, or the caller of its current job.
    func isMember(_ handles: [pthread_t]) -> Bool {
        let own = pthread_self()
        return caller.value.load(ordering: .relaxed) == Int(bitPattern: UInt(own)) || handles.contains(own)
    }

    /// Runs a job on the calling thread and all workers; returns when every item is done.
    func perform(_ job: Job) {
        pthread_mutex_lock(turn)
        defer { pthread_mutex_unlock(turn) }
        self.job = job
        caller.value.store(Int(bitPattern: UInt(pthread_self())), ordering: .relaxed)
        for thread in 0..<threads { next[thread].value.store(start(ofShare: thread, job), ordering: .relaxed) }
        phase.value.add(1, ordering: .sequentiallyConsistent)
        if sleepers.value.load(ordering: .sequentiallyConsistent) > 0 {
            pthread_mutex_lock(lock)
            pthread_cond_broadcast(wakeWorkers)
            pthread_mutex_unlock(lock)
        }
        takeItems(of: job, worker: 0)
        phase.value.add(1, ordering: .sequentiallyConsistent)
        awaitWorkers()
        caller.value.store(0, ordering: .relaxed)
        self.job = nil
    }

    private func start(ofShare thread: Int, _ job: Job) -> Int {
        job.count / threads * thread + min(thread, job.count % threads)
    }

    /// Takes the items of the worker's own share, and then what is left of the others'.
    private func takeItems(of job: Job, worker: Int) {
        for step in 0..<threads {
            let thread = worker + step < threads ? worker + step : worker + step - threads
            let end = start(ofShare: thread + 1, job)
            while true {
                let first = next[thread].value.add(job.chunk, ordering: .relaxed).oldValue
                guard first < end else { break }
                for index in first..<min(first + job.chunk, end) { job.item(job.context, index, worker) }
            }
        }
    }

    /// Waits until no worker is inside the job that was just closed.
    private func awaitWorkers() {
        for _ in 0..<Self.patience {
            if inside.value.load(ordering: .sequentiallyConsistent) == 0 { return }
            quern_pause()
        }
        pthread_mutex_lock(lock)
        callerSleeps.value.store(1, ordering: .sequentiallyConsistent)
        while inside.value.load(ordering: .sequentiallyConsistent) != 0 { pthread_cond_wait(wakeCaller, lock) }
        callerSleeps.value.store(0, ordering: .relaxed)
        pthread_mutex_unlock(lock)
    }

    // MARK: Workers

    /// Starts worker number `index`; nil where the system has no thread to give.
    func hire(index: Int) -> pthread_t? {
        let contract = Unmanaged.passRetained(Contract(crew: self, index: index))
        var handle = pthread_t()
        // Signals meant for the process go to the threads that expect them; faults still reach their handlers.
        var blocked = sigset_t()
        var previous = sigset_t()
        sigfillset(&blocked)
        for fault in [SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { sigdelset(&blocked, fault) }
        pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let code = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                let contract = Unmanaged<Contract>.fromOpaque(argument).takeRetainedValue()
                quern_name_thread("quern-\(contract.index)")
                contract.crew.work(worker: contract.index)
                return nil
            }, contract.toOpaque())
        guard code == 0 else {
            contract.release()
            return nil
        }
        return handle
    }

    private final class Contract {
        let crew: ThreadCrew
        let index: Int
        init(crew: ThreadCrew, index: Int) { (self.crew, self.index) = (crew, index) }
    }

    /// Sends all workers home; they leave as soon as they look up.
    func dismiss() {
        pthread_mutex_lock(lock)
        stopping.value.store(1, ordering: .sequentiallyConsistent)
        pthread_cond_broadcast(wakeWorkers)
        pthread_mutex_unlock(lock)
    }

    private func work(worker: Int) {
        var lastJoined = 0
        while let current = awaitJob(after: lastJoined) {
            // Say so before looking again: either the caller sees us inside, or we see that the job is closed.
            inside.value.add(1, ordering: .sequentiallyConsistent)
            if phase.value.load(ordering: .sequentiallyConsistent) == current, let job {
                takeItems(of: job, worker: worker)
            }
            lastJoined = current
            let left = inside.value.subtract(1, ordering: .sequentiallyConsistent).newValue
            if left == 0, callerSleeps.value.load(ordering: .sequentiallyConsistent) == 1 {
                pthread_mutex_lock(lock)
                pthread_cond_signal(wakeCaller)
                pthread_mutex_unlock(lock)
            }
        }
    }

    /// The phase of a job that this worker has not joined, waiting for one; nil when it is time to go.
    private func awaitJob(after lastJoined: Int) -> Int? {
        func open() -> Int? {
            let current = phase.value.load(ordering: .sequentiallyConsistent)
            return current % 2 == 1 && current != lastJoined ? current : nil
        }
        for _ in 0..<Self.patience {
            if let current = open() { return current }
            if stopping.value.load(ordering: .relaxed) == 1 { return nil }
            quern_pause()
        }
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        sleepers.value.add(1, ordering: .sequentiallyConsistent)
        defer { sleepers.value.subtract(1, ordering: .sequentiallyConsistent) }
        while stopping.value.load(ordering: .relaxed) == 0 {
            if let current = open() { return current }
            pthread_cond_wait(wakeWorkers, lock)
        }
        return nil
    }
}
