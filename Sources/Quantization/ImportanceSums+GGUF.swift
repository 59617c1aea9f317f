// llama.cpp's GGUF format of importance matrices: for each tensor `NAME.in_sum2`, (matrices, columns), and `NAME.counts`, both F32.
import Bytes
public import GGUF
import Tensors

extension ImportanceSums {
    private static let sumSuffix = ".in_sum2"
    private static let countSuffix = ".counts"

    mutating func readGGUF(_ region: ByteRegion, file: String) throws(QuantizationError) {
        let gguf: GGUFFile
        do { gguf = try GGUFFile(region, name: file) } catch { throw .invalidImportanceMatrix(file: file, problem: "\(error)") }
        guard let datasets = gguf.metadata.strings("imatrix.datasets"),
            let chunkCount = gguf.metadata.int("imatrix.chunk_count"), let chunkSize = gguf.metadata.int("imatrix.chunk_size")
        else {
            throw .invalidImportanceMatrix(
                file: file, problem: "the metadata imatrix.datasets, chunk_count or chunk_size is missing")
        }
        self.datasets = datasets.map(\.text)
        (self.chunkCount, self.chunkSize) = (chunkCount, min(max(0, chunkSize), 1 << 30))
        for tensor in gguf.tensors where tensor.name.hasSuffix(Self.sumSuffix) || tensor.name.hasSuffix(Self.countSuffix) {
            let isSum = tensor.name.hasSuffix(Self.sumSuffix)
            let name = String(tensor.name.dropLast((isSum ? Self.sumSuffix : Self.countSuffix).count))
            let partner = gguf.tensor(named: name + (isSum ? Self.countSuffix : Self.sumSuffix))
            guard let partner, tensor.type == .f32, partner.type == .f32 else {
                throw .invalidImportanceMatrix(file: file, problem: "'\(name)' needs both sums and counts, in F32")
            }
            guard isSum else { continue }
            let sums = Self.floats(gguf.bytes(of: tensor))
            let counts = try Self.floats(gguf.bytes(of: partner)).map { count throws(QuantizationError) in
                // Counts are whole numbers kept as floats.
                let whole = count.rounded(.toNearestOrAwayFromZero)
                guard whole.isFinite, whole < 0x1p53 else {
                    throw .invalidImportanceMatrix(file: file, problem: "'\(name)' has the count \(count)")
                }
                return max(0, Int(whole))
            }
            guard !counts.isEmpty, sums.count % counts.count == 0 else {
                throw .invalidImportanceMatrix(
                    file: file, problem: "'\(name)': \(sums.count) sums cannot be shared by \(counts.count) counts")
            }
            entries[name] = Entry(sums: sums, counts: counts)
        }
        guard !entries.isEmpty else { throw .invalidImportanceMatrix(file: file, problem: "no sums in it") }
    }

    private static func floats(_ region: ByteRegion) -> [Float] {
        region.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }

    /// The bytes of a GGUF file, the same that llama-imatrix writes for the same sums.
    ///
    /// - Parameter more: metadata that goes after the usual one.
    public func ggufBytes(more: [(key: String, value: GGUFValue)] = []) throws(GGUFError) -> [UInt8] {
        var metadata = GGUFMetadata()
        metadata[GGUFKey.type] = .string("imatrix")
        metadata["imatrix.datasets"] = .strings(datasets)
        metadata["imatrix.chunk_count"] = .uint32(UInt32(clamping: chunkCount))
        metadata["imatrix.chunk_size"] = .uint32(UInt32(clamping: chunkSize))
        for (key, value) in more { metadata[key] = value }
        var tensors: [(name: String, type: TensorType, shape: TensorShape)] = []
        var data: [[Float]] = []
        for name in sortedNames {
            guard let entry = entries[name], !entry.counts.isEmpty else { continue }
            let single = entry.counts.count == 1
            for (suffix, columns, values) in [
                (Self.sumSuffix, entry.columns, entry.sums), (Self.countSuffix, 1, entry.counts.map(Float.init)),
            ] {
                guard let shape = TensorShape(single ? [columns] : [columns, entry.counts.count]) else { continue }
                tensors.append((name + suffix, .f32, shape))
                data.append(values)
            }
        }
        let layout = try GGUFLayout(metadata: metadata, tensors: tensors)
        var writer = ByteWriter()
        writer.write(contentsOf: layout.header)
        for (placement, values) in zip(layout.tensors, data) {
            for value in values { writer.write(value) }
            writer.write(contentsOf: [UInt8](repeating: 0, count: placement.padding))
        }
        return writer.bytes
    }
}
