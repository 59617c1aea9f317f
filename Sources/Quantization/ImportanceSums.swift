// What importance matrices are made of: sums of squares of activations, and how many rows of them there were.
public import Bytes
import GGUF

/// The contents of an importance matrix file before anything is divided: what is computed, merged, read and written.
///
/// `ImportanceMatrix` makes weights of it.
public struct ImportanceSums: Sendable, Equatable {
    /// What met one tensor.
    public struct Entry: Sendable, Equatable {
        /// (matrices, columns): sums of squares.
        public var sums: [Float]
        /// Rows that met each of the tensor's matrices: one number, or one for each expert.
        public var counts: [Int]

        public init(sums: [Float], counts: [Int]) { (self.sums, self.counts) = (sums, counts) }

        public var columns: Int { counts.isEmpty ? 0 : sums.count / counts.count }
        /// Matrices that some row met.
        public var seenCount: Int { counts.count { $0 > 0 } }
    }

    /// The two formats of files.
    public enum Format: String, Sendable, CaseIterable {
        case gguf
        /// llama.cpp's format before 2025: means, and no counts of single experts.
        case dat
    }

    /// By the tensors' names.
    public var entries: [String: Entry] = [:]
    /// The texts that it was computed on, by the names that files say.
    public var datasets: [String] = []
    /// Chunks of text that it was computed on; 0 where the file does not say.
    public var chunkCount = 0
    /// Tokens of a chunk.
    public var chunkSize: Int
    /// Whether counts are chunks and sums are divided by the tokens of one, as the old format has them.
    private(set) var countsChunks = false

    public init(chunkSize: Int) { self.chunkSize = chunkSize }

    /// Tensors of which some matrix saw no row, sorted by name.
    public var partial: [String] {
        entries.filter { $0.value.seenCount < $0.value.counts.count }.keys.sorted(by: Self.precedes)
    }

    /// Names in the order in which files have them.
    var sortedNames: [String] { entries.keys.sorted(by: Self.precedes) }

    private static func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

    // MARK: Reading

    public init(path: String) throws(QuantizationError) {
        let region: ByteRegion
        do { region = try ByteRegion.mapping(path) } catch { throw .invalidImportanceMatrix(file: path, problem: "\(error)") }
        try self.init(region, file: path)
        do { try region.checkIntact() } catch { throw .invalidImportanceMatrix(file: path, problem: "\(error)") }
    }

    /// Reads a matrix that is in memory already, in either format; `file` stands for it in errors.
    public init(_ region: ByteRegion, file: String) throws(QuantizationError) {
        self.init(chunkSize: 0)
        let magic = region.part(0..<min(4, region.count))?.bytes() ?? []
        countsChunks = !GGUFFile.hasMagic(magic)
        if countsChunks { try readLegacy(region, file: file) } else { try readGGUF(region, file: file) }
        for (name, entry) in entries where !entry.sums.allSatisfy(\.isFinite) {
            throw .invalidImportanceMatrix(file: file, problem: "'\(name)' has weights that are not finite")
        }
    }

    // MARK: Adding

    /// Adds another matrix's sums and counts, and the texts that it was computed on.
    ///
    /// The chunks are counted anew, as llama-imatrix does it: as many of this matrix's chunks as the busiest tensor saw.
    /// - Parameter file: stands for the other one in errors.
    /// - Throws: `QuantizationError.invalidImportanceMatrix` where a tensor has another width or another number of experts.
    public mutating func add(_ other: ImportanceSums, file: String) throws(QuantizationError) {
        for name in other.sortedNames {
            guard let found = other.entries[name] else { continue }
            let added = other.countsChunks ? found.times(max(chunkSize, 1)) : found
            var entry = entries[name] ?? Entry(sums: [], counts: [])
            guard entry.add(added) else {
                throw .invalidImportanceMatrix(
                    file: file,
                    problem: "'\(name)' has \(added.sums.count) sums and \(added.counts.count) counts, "
                        + "the one before \(entry.sums.count) and \(entry.counts.count)")
            }
            entries[name] = entry
        }
        datasets += other.datasets
        countChunks()
    }

    /// Sets `chunkCount` to what the counts say.
    public mutating func countChunks() {
        let most = entries.values.reduce(0) { max($0, $1.counts.max() ?? 0) }
        chunkCount = chunkSize > 0 ? most / chunkSize : 0
    }
}

extension ImportanceSums.Entry {
    /// Adds up; one count stands for all matrices where the other side counts each of them.
    ///
    /// - Returns: false where the two do not fit.
    mutating func add(_ other: ImportanceSums.Entry) -> Bool {
        guard !sums.isEmpty || !counts.isEmpty else {
            self = other
            return true
        }
        guard sums.count == other.sums.count else { return false }
        var more = other.counts
        if counts.count == 1, more.count > 1 { counts = Array(repeating: counts[0], count: more.count) }
        if more.count == 1, counts.count > 1 { more = Array(repeating: more[0], count: counts.count) }
        guard counts.count == more.count else { return false }
        for index in sums.indices { sums[index] += other.sums[index] }
        for index in counts.indices { counts[index] = counts[index].addingReportingOverflow(more[index]).partialValue }
        return true
    }

    /// Sums and counts for `factor` times as many rows.
    fileprivate func times(_ factor: Int) -> ImportanceSums.Entry {
        ImportanceSums.Entry(
            sums: sums.map { $0 * Float(factor) }, counts: counts.map { $0.multipliedReportingOverflow(by: factor).partialValue })
    }
}
