// LoRA adapters that are merged into the weights on their way to a file.
import Bytes
public import GGUF
public import Tensors

extension LowRankSum {
    /// What an adapter's term adds to its tensor.
    ///
    /// - Parameter scale: multiplies the adapter's own.
    /// - Throws: `QuantizationError.unsupported` for factors in a type that has no floats.
    public init(_ term: GGUFAdapter.Term, of adapter: GGUFAdapter, scale: Float) throws(QuantizationError) {
        let down = try Self.floats(term.down, of: adapter)
        let up = try Self.floats(term.up, of: adapter)
        let factor = term.scale * scale
        // Of the embedding A is (vocabulary, rank) and B (width, rank): the written rows are A's.
        if term.isLookUp {
            self.init(rank: term.rank, down: Self.transposed(up, columns: term.rank), up: down.map { $0 * factor })
        } else {
            self.init(rank: term.rank, count: term.matrixCount, down: down, up: up.map { $0 * factor })
        }
    }

    private static func floats(_ tensor: GGUFTensor, of adapter: GGUFAdapter) throws(QuantizationError) -> [Float] {
        guard RowCodec.knows(tensor.type) else { throw .unsupported(tensor: tensor.name, type: tensor.type) }
        return RowCodec.reference.dequantize(adapter.file.bytes(of: tensor).bytes(), of: tensor.type)
    }

    private static func transposed(_ values: [Float], columns: Int) -> [Float] {
        let rows = values.count / columns
        return (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
    }

    /// Adds the sum's rows from `first` on to `count` rows of `values`.
    ///
    /// Each element is summed over the rank first, in order, and then added: the same bits on every machine. No fused operation is
    /// used, which would differ from processor to processor.
    func add(to values: UnsafeMutablePointer<Float>, first: Int, count: Int) {
        down.withUnsafeBufferPointer { down in
            up.withUnsafeBufferPointer { up in
                guard let down = down.baseAddress, let up = up.baseAddress else { return }
                let height = rows / self.count
                for row in first..<first + count {
                    let product = row / height
                    add(down + product * rank * columns, up + row * rank, to: values + (row - first) * columns)
                }
            }
        }
    }

    private func add(_ down: UnsafePointer<Float>, _ factors: UnsafePointer<Float>, to row: UnsafeMutablePointer<Float>) {
        typealias Lanes = SIMD16<Float>
        let (columns, rank) = (columns, rank)
        var column = 0
        while column + Lanes.scalarCount <= columns {
            var sum = Lanes.zero
            for index in 0..<rank {
                let values = UnsafeRawPointer(down + index * columns + column).loadUnaligned(as: Lanes.self)
                sum += values * factors[index]
            }
            let place = UnsafeMutableRawPointer(row + column)
            place.storeBytes(of: place.loadUnaligned(as: Lanes.self) + sum, as: Lanes.self)
            column += Lanes.scalarCount
        }
        while column < columns {
            var sum: Float = 0
            for index in 0..<rank { sum += down[index * columns + column] * factors[index] }
            row[column] += sum
            column += 1
        }
    }
}
