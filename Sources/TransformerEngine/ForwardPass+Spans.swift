// Attention of a few tokens at depth: shared out by spans of positions as well as by heads.
import CKernels
import Compute

extension ForwardPass {
    /// One span of the positions before one tile.
    struct SpanJob {
        let tile: Int
        let span: Int
    }

    /// A batch of more tokens than this keeps every thread busy without being split.
    static let splitTokens = 8

    private static let span = Int(QUERN_ATTENTION_SPAN)

    /// Spans that the positions before `position` and it itself lie in.
    static func spans(through position: Int) -> Int { position / span + 1 }

    /// Floats for what the spans of a context give, for batches that are split.
    static func partialFloats(_ parameters: Hyperparameters, contextLength: Int) -> Int {
        splitTokens * parameters.headCount * spans(through: contextLength - 1) * partialWidth(parameters)
    }

    /// Floats of what one span gives for one row.
    static func partialWidth(_ parameters: Hyperparameters) -> Int { Int(quern_partial_floats(Int32(parameters.valueLength))) }

    /// Decides how the attention of the batch is shared out. Either way gives the same bits (`QuernAttention.h`).
    func planSpans() {
        spanJobs.removeAll(keepingCapacity: true)
        firstPartials.removeAll(keepingCapacity: true)
        guard count <= Self.splitTokens, pool.threads > 1, tiles.contains(where: { spans(of: $0) > 1 }) else { return }
        var partial = 0
        for (index, tile) in tiles.enumerated() {
            firstPartials.append(partial)
            for span in 0..<spans(of: tile) { spanJobs.append(SpanJob(tile: index, span: span)) }
            partial += tile.count * parameters.headCount * spans(of: tile)
        }
    }

    /// Spans that the tile's last token sees.
    func spans(of tile: Tile) -> Int { Self.spans(through: tile.position + tile.count - 1) }

    /// The first span that some token of the tile sees through a window; 0 for none.
    func firstSpan(of tile: Tile, window: Int) -> Int { window > 0 ? max(tile.position - window + 1, 0) / Self.span : 0 }

    /// What the spans of a tile's row gave; a row's spans lie one after the other.
    ///
    /// - Parameter row: token times query heads of the KV head, plus query head.
    func partials(tile: Int, head: Int, row: Int) -> UnsafeMutablePointer<Float> {
        let rows = tiles[tile].count * parameters.groupSize
        return spanPartials.row(firstPartials[tile] + (head * rows + row) * spans(of: tiles[tile]))
    }

    /// Joins what the spans of one tile gave for the query heads of one KV head.
    func joinSpans(_ item: Int, window: Int) {
        let (index, head) = item.quotientAndRemainder(dividingBy: parameters.keyValueHeadCount)
        let (tile, group, valueSize) = (tiles[index], parameters.groupSize, parameters.valueLength)
        let first = firstSpan(of: tile, window: window)
        for row in 0..<tile.count * group {
            let out = attended.row(tile.row + row / group) + (head * group + row % group) * valueSize
            vectors.join_spans(
                out, partials(tile: index, head: head, row: row) + first * spanPartials.width, spanPartials.width,
                Int32(spans(of: tile) - first), Int32(valueSize))
        }
    }
}
