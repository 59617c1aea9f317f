// What LoRA adapters add to a model's products.
import Compute
public import GGUF
import Synchronization
import Tensors

/// An adapter that a model is loaded with, and how much of it counts.
public struct ScaledAdapter: Sendable {
    public let adapter: GGUFAdapter
    /// Multiplies the adapter's own scale; one is the adapter as it was trained.
    public let scale: Float

    public init(_ adapter: GGUFAdapter, scale: Float = 1) { (self.adapter, self.scale) = (adapter, scale) }
}

/// `scale * B(A x)`, added to a product (Hu et al. 2021).
struct LowRankTerm: Sendable {
    /// A: (rank, columns); of the embedding transposed, (vocabulary, rank), so that a token's row is looked up.
    let down: WeightMatrix
    /// B: (rows, rank)
    let up: WeightMatrix
    let scale: Float

    var rank: Int { up.columns }

    /// The terms of a stack's matrices, one by one.
    func parts(of count: Int) -> [LowRankTerm] {
        let (inner, outer) = (down.rows / count, up.rows / count)
        return (0..<count).map { index in
            LowRankTerm(
                down: down.part(rows: index * inner..<(index + 1) * inner), up: up.part(rows: index * outer..<(index + 1) * outer),
                scale: scale)
        }
    }

    /// The term of some of the product's rows.
    func part(rows: Range<Int>) -> LowRankTerm { LowRankTerm(down: down, up: up.part(rows: rows), scale: scale) }
}

/// The terms of all adapters by the tensor that they change; knows which of them found a product to be added to.
final class LowRankTerms: Sendable {
    private let terms: [String: [LowRankTerm]]
    /// The adapters' targets in the order of their files.
    private let targets: [String]
    private let used = Mutex<Set<String>>([])
    let byteCount: Int

    /// - Throws: `EngineError.adapter` where one does not fit the file, naming the first tensor.
    init(_ adapters: [ScaledAdapter], for base: GGUFFile) throws(EngineError) {
        var terms: [String: [LowRankTerm]] = [:]
        var targets: [String] = []
        for scaled in adapters {
            let adapter = scaled.adapter
            do { try adapter.check(against: base) } catch { throw .adapter(error) }
            for term in adapter.terms {
                targets.append(term.target)
                terms[term.target, default: []].append(
                    LowRankTerm(
                        down: try Self.matrix(term.down, of: adapter), up: try Self.matrix(term.up, of: adapter),
                        scale: term.scale * scaled.scale))
            }
        }
        (self.terms, self.targets) = (terms, targets)
        byteCount = adapters.reduce(0) { $0 + $1.adapter.byteCount }
    }

    private static func matrix(_ tensor: GGUFTensor, of adapter: GGUFAdapter) throws(EngineError) -> WeightMatrix {
        do {
            return try WeightMatrix(
                type: tensor.type, rows: tensor.shape.rows, columns: tensor.shape.columns, bytes: adapter.file.bytes(of: tensor))
        } catch { throw .tensorType(tensor.name, error) }
    }

    /// The terms of the tensor `name`, which whoever asks will add.
    func take(_ name: String) -> [LowRankTerm] {
        guard let found = terms[name] else { return [] }
        used.withLock { _ = $0.insert(name) }
        return found
    }

    /// - Throws: `EngineError.adapterTarget` for the first tensor whose terms nobody took: a norm, a stack that the model reads as something else.
    func checkAllTaken() throws(EngineError) {
        let used = used.withLock { $0 }
        if let left = targets.first(where: { !used.contains($0) }) { throw .adapterTarget(left) }
    }

    /// The largest rank, and the most rows of a product that has a term; nil without adapters.
    var extent: (rank: Int, rows: Int)? {
        let all = terms.values.joined()
        guard let rank = all.map(\.rank).max(), let rows = all.map(\.up.rows).max() else { return nil }
        return (rank, rows)
    }
}
