// How the terms of adapters are added to products.
import CKernels
import Compute

/// Memory for low-rank terms on their way: a batch's tokens at the rank, and some rows of what comes up again.
struct LowRankWorkspace {
    /// Rows of a product that are computed together.
    static let mostRows = 4096

    /// (tokens, rank)
    let inner: FloatMatrix
    /// (tokens, rows)
    let outer: FloatMatrix

    init(rank: Int, rows: Int, batchSize: Int) throws(EngineError) {
        let purpose = "the adapters' terms of \(batchSize) tokens"
        inner = try FloatMatrix(rows: batchSize, width: rank, purpose: purpose)
        outer = try FloatMatrix(rows: batchSize, width: min(rows, Self.mostRows), purpose: purpose)
    }

    /// Floats that a token of a batch takes.
    static func floats(ofTokenAt extent: (rank: Int, rows: Int)) -> Int { extent.rank + min(extent.rows, mostRows) }
}

extension BatchPass {
    /// output += scale * B(A input) for each term; `output` is (tokens, rows) without gaps.
    ///
    /// - Parameters:
    ///   - stride: floats from one token's input to the next one's.
    ///   - tokens: as many as the batch has, or fewer.
    func add(
        _ terms: [LowRankTerm], _ input: UnsafePointer<Float>, _ stride: Int, tokens: Int, to output: UnsafeMutablePointer<Float>,
        rows: Int
    ) {
        guard let lowRank, tokens > 0 else { return }
        for term in terms {
            let inner = lowRank.inner.narrowed(to: term.rank)
            multiplier.multiply(term.down, input: input, inputStride: stride, tokens: tokens, output: inner.start)
            addOuter(term, inner, tokens: tokens, to: output, rows: rows)
        }
    }

    /// hidden += scale * B(A's row of the token): what adapters add to embeddings.
    func addLookedUp(_ terms: [LowRankTerm]) {
        guard let lowRank else { return }
        for term in terms {
            let inner = lowRank.inner.narrowed(to: term.rank)
            forEachToken { token in term.down.expandRow(Int(tokens[token]), into: inner.row(token)) }
            addOuter(term, inner, tokens: count, to: hidden.start, rows: hidden.width)
        }
    }

    private func addOuter(
        _ term: LowRankTerm, _ inner: FloatMatrix, tokens: Int, to output: UnsafeMutablePointer<Float>, rows: Int
    ) {
        guard let lowRank else { return }
        for token in 0..<tokens { vectors.scale(inner.row(token), term.scale, Int64(term.rank)) }
        for first in stride(from: 0, to: rows, by: LowRankWorkspace.mostRows) {
            let part = first..<min(first + LowRankWorkspace.mostRows, rows)
            let outer = lowRank.outer.narrowed(to: part.count)
            multiplier.multiply(
                term.up.part(rows: part), input: UnsafePointer(inner.start), tokens: tokens, output: outer.start)
            pool.parallelFor(tokens) { token in
                vectors.add(output + token * rows + first, outer.row(token), Int64(part.count))
            }
        }
    }
}
