// How fast the threads of a pool read memory: the ceiling of generation, which reads every weight once for a token.
public import Bytes
import CKernels

/// Measures reading.
public enum ReadBandwidth {
    /// Reads all regions a few times on all threads of `pool`, each thread its own stretches of neighbours, as products do.
    ///
    /// - Returns: bytes per second of the fastest reading; nil where there is nothing to read.
    public static func measure(_ regions: [ByteRegion], pool: ThreadPool, repetitions: Int = 5) -> Double? {
        let job = Job(regions)
        guard job.byteCount > 0 else { return nil }
        var best: Duration?
        for _ in 0..<max(repetitions, 1) {
            let start = ContinuousClock.now
            pool.parallelFor(job.pieces.count) { job.read($0) }
            let duration = start.duration(to: .now)
            best = min(best ?? duration, duration)
        }
        return best.map { Double(job.byteCount) / ($0 / .seconds(1)) }
    }

    /// The regions, cut into pieces that threads take in turn.
    private struct Job {
        static let pieceLength = 1 << 16
        let regions: [ByteRegion]
        let pieces: [(region: Int, start: Int, length: Int)]
        let byteCount: Int
        let table = KernelTable.selected

        init(_ regions: [ByteRegion]) {
            self.regions = regions
            pieces = regions.indices.flatMap { region in
                stride(from: 0, to: regions[region].count, by: Self.pieceLength)
                    .map { (region, $0, min(Self.pieceLength, regions[region].count - $0)) }
            }
            byteCount = regions.reduce(0) { $0 + $1.count }
        }

        func read(_ index: Int) {
            let piece = pieces[index]
            regions[piece.region].withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                let start = base.assumingMemoryBound(to: UInt8.self) + piece.start
                _ = quern_read_memory(table.instructionSet, start, piece.length)
            }
        }
    }
}
