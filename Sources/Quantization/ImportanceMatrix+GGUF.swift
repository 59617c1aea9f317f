import Bytes
import GGUF
import Tensors

extension ImportanceMatrix.Contents {
    private static let sumSuffix = ".in_sum2"
    private static let countSuffix = ".counts"

    /// Reads the GGUF format: sums of squares, and one count of tokens per expert to divide them by.
    init(gguf region: ByteRegion, file: String) throws(QuantizationError) {
        let gguf: GGUFFile
        do { gguf = try GGUFFile(region, name: file) } catch { throw .invalidImportanceMatrix(file: file, problem: "\(error)") }
        guard let datasets = gguf.metadata.strings("imatrix.datasets"),
            let chunkCount = gguf.metadata.int("imatrix.chunk_count"), gguf.metadata.int("imatrix.chunk_size") != nil
        else {
            throw .invalidImportanceMatrix(
                file: file, problem: "the metadata imatrix.datasets, chunk_count or chunk_size is missing")
        }
        self.datasets = datasets.map(\.text)
        self.chunkCount = chunkCount
        for tensor in gguf.tensors where tensor.name.hasSuffix(Self.sumSuffix) || tensor.name.hasSuffix(Self.countSuffix) {
            let isSum = tensor.name.hasSuffix(Self.sumSuffix)
            let name = String(tensor.name.dropLast((isSum ? Self.sumSuffix : Self.countSuffix).count))
            let partner = gguf.tensor(named: name + (isSum ? Self.countSuffix : Self.sumSuffix))
            guard let partner, tensor.type == .f32, partner.type == .f32 else {
                throw .invalidImportanceMatrix(file: file, problem: "'\(name)' needs both sums and counts, in F32")
            }
            guard isSum else { continue }
            let (sums, counts) = (Self.floats(gguf.bytes(of: tensor)), Self.floats(gguf.bytes(of: partner)))
            guard !counts.isEmpty, sums.count % counts.count == 0 else {
                throw .invalidImportanceMatrix(
                    file: file, problem: "'\(name)': \(sums.count) sums cannot be shared by \(counts.count) counts")
            }
            weights[name] = Self.means(sums, counts: counts)
            if !counts.allSatisfy({ Self.rounded($0) > 0 }) { unseen.append(name) }
        }
        guard !weights.isEmpty else { throw .invalidImportanceMatrix(file: file, problem: "no sums in it") }
    }

    private static func means(_ sums: [Float], counts: [Float]) -> [Float] {
        let columns = sums.count / counts.count
        return sums.indices.map { index in
            let count = rounded(counts[index / columns])
            return count > 0 ? sums[index] / count : 1
        }
    }

    /// Counts are whole numbers kept as floats.
    private static func rounded(_ count: Float) -> Float { count.rounded(.toNearestOrAwayFromZero) }

    private static func floats(_ region: ByteRegion) -> [Float] {
        region.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }
}
