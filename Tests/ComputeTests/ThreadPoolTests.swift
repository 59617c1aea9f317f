// The pool's contract: every item once, the caller included, nested and concurrent calls, nothing left behind.
import Compute
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct ThreadPoolTests {
    /// Counts calls per item.
    private final class Tally: Sendable {
        let counts: Mutex<[Int]>
        init(_ count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }
        func add(_ index: Int) { counts.withLock { $0[index] += 1 } }
        var all: [Int] { counts.withLock { $0 } }
    }

    @Test(arguments: [1, 2, 3, 5], [0, 1, 2, 7, 1000])
    func everyItemRunsOnce(threads: Int, count: Int) {
        let pool = ThreadPool(threads: threads)
        #expect(pool.threads == threads)
        let tally = Tally(count)
        pool.parallelFor(count) { tally.add($0) }
        #expect(tally.all == [Int](repeating: 1, count: count))
    }

    @Test(arguments: [1, 2, 4]) func everyThreadNumberRunsOnce(threads: Int) {
        let pool = ThreadPool(threads: threads)
        let tally = Tally(threads)
        pool.parallelForThreads { tally.add($0) }
        #expect(tally.all == [Int](repeating: 1, count: threads))
    }

    @Test func manyTinyJobsInARowAllFinish() {
        let pool = ThreadPool(threads: 3)
        let sum = Atomic<Int>(0)
        for round in 0..<20_000 {
            pool.parallelFor(4) { _ in sum.add(1, ordering: .relaxed) }
            #expect(sum.load(ordering: .relaxed) == (round + 1) * 4)
        }
    }

    @Test func jobsAfterASleepWakeTheWorkers() {
        let pool = ThreadPool(threads: 2)
        for _ in 0..<5 {
            Thread.sleep(forTimeInterval: 0.01)
            let tally = Tally(64)
            pool.parallelFor(64) { tally.add($0) }
            #expect(tally.all == [Int](repeating: 1, count: 64))
        }
    }

    @Test func workersTakePart() {
        let pool = ThreadPool(threads: 2)
        // Each of the two items waits for the other, so one thread alone could not finish them.
        let started = Atomic<Int>(0)
        pool.parallelForThreads { _ in
            started.add(1, ordering: .sequentiallyConsistent)
            while started.load(ordering: .sequentiallyConsistent) < 2 { sched_yield() }
        }
        #expect(started.load(ordering: .relaxed) == 2)
    }

    @Test func aCallInsideAJobRunsInPlace() {
        let pool = ThreadPool(threads: 3)
        let tally = Tally(100)
        pool.parallelFor(10) { outer in pool.parallelFor(10) { tally.add(outer * 10 + $0) } }
        #expect(tally.all == [Int](repeating: 1, count: 100))
    }

    @Test func callsFromSeveralThreadsTakeTurns() {
        let pool = ThreadPool(threads: 2)
        let tally = Tally(4 * 500)
        DispatchQueue.concurrentPerform(iterations: 4) { caller in
            for round in 0..<50 { pool.parallelFor(10) { tally.add(caller * 500 + round * 10 + $0) } }
        }
        #expect(tally.all == [Int](repeating: 1, count: 4 * 500))
    }

    @Test func poolsComeAndGo() {
        for round in 0..<50 {
            let pool = ThreadPool(threads: 1 + round % 4)
            let sum = Atomic<Int>(0)
            if round % 3 != 0 { pool.parallelFor(9) { sum.add($0, ordering: .relaxed) } }
            #expect(sum.load(ordering: .relaxed) == (round % 3 != 0 ? 36 : 0))
        }
    }

    @Test func theDefaultIsAtLeastOne() { #expect(ThreadPool.defaultThreadCount() >= 1) }
}

@Suite struct ProcessorQuotaTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func quota(_ membership: String) -> Double? {
        ThreadPool.processorQuota(membership: membership, mount: folder.path)
    }

    @Test func noFilesMeanNoQuota() { #expect(quota("0::/a/b\n") == nil) }

    @Test func aQuotaOfVersion2IsReadFromTheGroup() throws {
        try folder.write(Array("150000 100000\n".utf8), to: "a/b/cpu.max")
        #expect(quota("0::/a/b\n") == 1.5)
    }

    @Test func theTightestGroupAboveCounts() throws {
        try folder.write(Array("max 100000\n".utf8), to: "a/b/cpu.max")
        try folder.write(Array("50000 100000\n".utf8), to: "a/cpu.max")
        #expect(quota("0::/a/b\n") == 0.5)
    }

    @Test func aQuotaOfVersion1IsReadFromItsController() throws {
        try folder.write(Array("300000\n".utf8), to: "cpu,cpuacct/x/cpu.cfs_quota_us")
        try folder.write(Array("100000\n".utf8), to: "cpu,cpuacct/x/cpu.cfs_period_us")
        #expect(quota("5:memory:/y\n4:cpu,cpuacct:/x\n") == 3)
    }

    @Test func minusOneIsNoQuota() throws {
        try folder.write(Array("-1\n".utf8), to: "cpu/cpu.cfs_quota_us")
        try folder.write(Array("100000\n".utf8), to: "cpu/cpu.cfs_period_us")
        #expect(quota("1:cpu:/\n") == nil)
    }

    @Test func malformedFilesSayNothing() throws {
        try folder.write(Array("a lot".utf8), to: "cpu.max")
        #expect(quota("0::/\nnonsense\n::\n") == nil)
    }
}
