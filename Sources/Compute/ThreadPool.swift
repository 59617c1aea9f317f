// The threads that compute: a fixed set of own threads that share out the items of one job at a time.
import CKernels
import CLinux
import Glibc
import Synchronization

/// Threads of our own for kernels, apart from Swift's cooperative pool, which must never be blocked.
///
/// A job is a count of items, of which each thread has a share of neighbours. Threads take chunks of their own share from an
/// atomic counter, and then of the others' until none is left. The calling thread
/// works too, so a pool of one thread makes none. Between jobs the threads spin for some ten microseconds, because the next
/// job of a token follows at once, and then sleep. A job is over when every item is done: a thread that has not woken up by
/// then is not waited for, so a processor taken away by a quota costs its share and no more.
///
/// Calls from several threads take turns. A call from inside a job of the same pool runs its items on the calling thread.
public final class ThreadPool: Sendable {
    /// Threads that work on a job, the caller's own included.
    public let threads: Int

    private let crew: ThreadCrew
    private let handles: [pthread_t]

    /// Makes a pool of `threads` threads, at least one; fewer where the system refuses to make more.
    public init(threads: Int = ThreadPool.defaultThreadCount()) {
        let crew = ThreadCrew(threads: min(max(threads, 1), 1024))
        let handles = (1..<max(threads, 1)).prefix(1023).compactMap { crew.hire(index: $0) }
        self.crew = crew
        self.handles = handles
        self.threads = handles.count + 1
    }

    deinit {
        crew.dismiss()
        for handle in handles { pthread_join(handle, nil) }
    }

    /// Calls `body` once for every index in `0..<count`, on all threads, and returns when all calls have.
    ///
    /// Which thread gets which index is not determined. Handing the closure to other threads
    /// costs two small allocations; `run` has none.
    public func parallelFor(_ count: Int, _ body: (_ index: Int) -> Void) {
        guard count > 0 else { return }
        if threads == 1 || count == 1 {
            for index in 0..<count { body(index) }
            return
        }
        withoutActuallyEscaping(body) { escapable in
            withUnsafePointer(to: escapable) { closure in
                // A few chunks per thread level out uneven items; more would only cost atomics.
                run(count, chunk: max(1, count / (threads * 16)), UnsafeRawPointer(closure)) { context, index, _ in
                    context.assumingMemoryBound(to: ((Int) -> Void).self).pointee(index)
                }
            }
        }
    }

    /// Calls `body` once for every thread number in `0..<threads`.
    ///
    /// The number is a share of the work, not the identity of a thread: two numbers may run on one thread, one after the other.
    public func parallelForThreads(_ body: (_ thread: Int) -> Void) { parallelFor(threads, body) }

    /// What an item of a job is: the job's context, the item, and the worker (below `threads`) that runs it. No two calls
    /// with the same worker run at once, so a worker's number may select its scratch memory.
    package typealias Item = @convention(c) (_ context: UnsafeRawPointer, _ index: Int, _ worker: Int) -> Void

    /// `parallelFor` for kernels: a function without captures and its context, so that no call allocates.
    package func run(_ count: Int, chunk: Int = 1, _ context: UnsafeRawPointer, _ item: Item) {
        guard count > 0 else { return }
        if threads == 1 || crew.isMember(handles) {
            for index in 0..<count { item(context, index, 0) }
            return
        }
        crew.perform(ThreadCrew.Job(count: count, chunk: chunk, context: context, item: item))
    }
}
