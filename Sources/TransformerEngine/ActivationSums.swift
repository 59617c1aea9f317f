// Sums of squares of what meets each matrix of a model: the raw material of importance matrices.
import Compute

/// Adds up the squares of the activations that meet each tensor, column by column, and counts the rows that did.
///
/// It sees what llama-imatrix sees: the tensors of blocks, expert by expert where there are experts, and `output.weight` where
/// that is wanted. A sum is taken row after row in double precision, so that the number of threads changes no bit.
public final class ActivationSums {
    /// The sums of one tensor.
    public struct Entry: Sendable, Equatable {
        /// (matrices, columns): the matrices are a tensor's experts, or one.
        public fileprivate(set) var sums: [Double]
        /// Rows that met each matrix.
        public fileprivate(set) var counts: [Int]
    }

    /// By the tensors' names.
    public private(set) var entries: [String: Entry] = [:]
    private let includesOutput: Bool

    public init(includesOutput: Bool = false) { self.includesOutput = includesOutput }

    /// Hands out what has been added up since the last time, and begins anew.
    public func take() -> [String: Entry] {
        defer { entries.removeAll(keepingCapacity: true) }
        return entries
    }

    /// - Parameters:
    ///   - names: tensors that take the same input.
    ///   - input: (rows, width)
    ///   - matrix: which of the tensor's `matrixCount` matrices the rows meet.
    func add(
        _ names: [String], _ input: UnsafePointer<Float>, rows: Int, width: Int, matrix: Int, of matrixCount: Int, pool: ThreadPool
    ) {
        let wanted = names.filter { $0.hasPrefix("blk.") || (includesOutput && $0 == "output.weight") }
        guard !wanted.isEmpty, rows > 0 else { return }
        for name in wanted {
            var entry =
                entries.removeValue(forKey: name)
                ?? Entry(sums: [Double](repeating: 0, count: width * matrixCount), counts: [Int](repeating: 0, count: matrixCount))
            entry.counts[matrix] += rows
            entry.sums.withUnsafeMutableBufferPointer { sums in
                guard let start = sums.baseAddress else { return }
                Self.accumulate(into: start + matrix * width, input, rows: rows, width: width, pool)
            }
            entries[name] = entry
        }
    }

    /// Columns that one thread takes at a time.
    private static let blockWidth = 256

    private static func accumulate(
        into sums: UnsafeMutablePointer<Double>, _ input: UnsafePointer<Float>, rows: Int, width: Int, _ pool: ThreadPool
    ) {
        pool.parallelFor((width + blockWidth - 1) / blockWidth) { block in
            let columns = block * blockWidth..<min(width, (block + 1) * blockWidth)
            for row in 0..<rows {
                let values = input + row * width
                for column in columns {
                    let value = Double(values[column])
                    sums[column] += value * value
                }
            }
        }
    }
}
