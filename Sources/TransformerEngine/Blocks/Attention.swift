// The weights of self-attention, and what a forward pass does with them.
import CKernels
import Compute

/// Self-attention of one layer (Vaswani et al. 2017) with grouped queries (Ainslie et al. 2023).
struct Attention: Sendable {
    /// Queries, keys and values.
    let inputs: LinearGroup
    let output: Linear
    /// RMS norms of single heads, before rotary embedding.
    var queryNorm: WeightVector?
    var keyNorm: WeightVector?
    /// Positions that a query sees, its own included; nil for all before it.
    let window: Int?
    /// Which of the network's rotary embeddings turns queries and keys.
    var rope = 0
    /// Multiplies products of queries and keys.
    var scale: Float
    /// Bounds what comes of that: `softCap * tanh(score / softCap)` (Bello et al. 2016).
    var softCap: Float?

    /// Reads `attn_q`, `attn_k`, `attn_v` (or `attn_qkv`, which is the three of them) and `attn_output`, with their biases where
    /// there are any.
    init(_ block: WeightReader, window: Int?) throws(EngineError) {
        let parameters = block.parameters
        let (heads, keyValueHeads) = (parameters.headCount, parameters.keyValueHeadCount)
        let rows = [
            heads * parameters.keyLength, keyValueHeads * parameters.keyLength, keyValueHeads * parameters.valueLength,
        ]
        inputs = LinearGroup(
            block.has("attn_qkv.weight")
                ? try block.fusedLinears("attn_qkv", rows: rows, columns: parameters.width)
                : [
                    try block.linear("attn_q", rows: rows[0], columns: parameters.width),
                    try block.linear("attn_k", rows: rows[1], columns: parameters.width),
                    try block.linear("attn_v", rows: rows[2], columns: parameters.width),
                ])
        output = try block.linear("attn_output", rows: parameters.width, columns: heads * parameters.valueLength)
        self.window = window
        scale = parameters.attentionScale ?? 1 / Float(parameters.keyLength).squareRoot()
    }

    /// Reads the norms `attn_q_norm` and `attn_k_norm` too.
    init(normingHeads block: WeightReader, window: Int?) throws(EngineError) {
        try self.init(block, window: window)
        queryNorm = try block.vector("attn_q_norm.weight", count: block.parameters.keyLength)
        keyNorm = try block.vector("attn_k_norm.weight", count: block.parameters.keyLength)
    }
}

extension ForwardPass {
    /// `branch` (normed) to queries, keys and values; keys and values to the cache; what the queries found to `attended`.
    func attend(_ attention: Attention, layer: Int) {
        multiply(attention.inputs, branch, into: headStarts)
        forEachToken { token in finishHeads(attention, token: token, layer: layer) }
        var job = AttentionJob(
            pass: Unmanaged.passUnretained(self), layer: layer, window: Int32(attention.window ?? 0), scale: attention.scale,
            softCap: attention.softCap ?? 0)
        let heads = parameters.keyValueHeadCount
        guard spanJobs.isEmpty else {
            return withUnsafePointer(to: &job) { job in
                pool.run(spanJobs.count * heads, job, AttentionJob.span)
                pool.run(tiles.count * heads, job, AttentionJob.join)
            }
        }
        if tiles.count * heads == 1 {
            runTile(0, worker: 0, job)
        } else {
            withUnsafePointer(to: &job) { pool.run(tiles.count * heads, $0, AttentionJob.tile) }
        }
    }

    /// Norms and turns one token's heads, and puts its keys and values into the cache.
    private func finishHeads(_ attention: Attention, token: Int, layer: Int) {
        let (keySize, valueSize) = (parameters.keyLength, parameters.valueLength)
        let rope = ropes[attention.rope]
        let cosines = UnsafePointer(self.cosines.row(token) + attention.rope * parameters.ropeLength)
        let sines = UnsafePointer(self.sines.row(token) + attention.rope * parameters.ropeLength)
        func finish(_ head: UnsafeMutablePointer<Float>, _ norm: WeightVector?) {
            if let norm { vectors.rms_norm(head, head, norm.start, Int64(keySize), parameters.normEpsilon) }
            rope.rotate(head, cosines, sines, vectors)
        }
        for head in 0..<parameters.headCount { finish(queries.row(token) + head * keySize, attention.queryNorm) }
        let place = places[token]
        for head in 0..<parameters.keyValueHeadCount {
            let key = keys.row(token) + head * keySize
            finish(key, attention.keyNorm)
            cache.store(
                key: key, value: values.row(token) + head * valueSize, layer: layer, slot: place.slot, head: head,
                position: place.position)
        }
    }

    /// Attention of one tile of tokens for the query heads of one KV head.
    fileprivate func runTile(_ item: Int, worker: Int, _ job: AttentionJob) {
        // Late tokens see the most: they come first, so that threads finish together.
        let (index, head) = item.quotientAndRemainder(dividingBy: parameters.keyValueHeadCount)
        attend(tile: tiles.count - 1 - index, head: head, span: nil, worker: worker, job)
    }

    /// One span of that.
    fileprivate func runSpan(_ item: Int, worker: Int, _ job: AttentionJob) {
        let (index, head) = item.quotientAndRemainder(dividingBy: parameters.keyValueHeadCount)
        let span = spanJobs[index]
        // What lies before the window is not joined either.
        guard span.span >= firstSpan(of: tiles[span.tile], window: Int(job.window)) else { return }
        attend(tile: span.tile, head: head, span: span.span, worker: worker, job)
    }

    private func attend(tile index: Int, head: Int, span: Int?, worker: Int, _ job: AttentionJob) {
        let tile = tiles[index]
        let (group, keySize, valueSize) = (parameters.groupSize, parameters.keyLength, parameters.valueLength)
        var attention = quern_attention()
        attention.query_stride = queries.width
        attention.keys = UnsafeRawPointer(cache.keys(layer: job.layer, slot: tile.slot, head: head))
        attention.values = UnsafeRawPointer(cache.values(layer: job.layer, slot: tile.slot, head: head))
        attention.out_stride = attended.width
        (attention.key_size, attention.value_size) = (Int32(keySize), Int32(valueSize))
        attention.window = job.window
        (attention.scale, attention.soft_cap) = (job.scale, job.softCap)
        attention.scratch = attentionScratch.row(worker)
        (attention.tokens, attention.first) = (Int32(tile.count), Int32(tile.position))
        // A group too large for one call of the kernel goes in parts.
        let most = min(group, Int(QUERN_ATTENTION_ROWS) / tile.count)
        for first in stride(from: 0, to: group, by: most) {
            attention.group = Int32(min(most, group - first))
            attention.queries = UnsafePointer(queries.row(tile.row) + (head * group + first) * keySize)
            attention.out = attended.row(tile.row) + (head * group + first) * valueSize
            if let span {
                attention.span = Int32(span)
                attention.partials = partials(tile: index, head: head, row: first) + span * spanPartials.width
                attention.partial_stride = spans(of: tile) * spanPartials.width
            }
            cache.kernels.attend(&attention)
        }
    }
}

/// What the items of an attention job share.
private struct AttentionJob {
    let pass: Unmanaged<ForwardPass>
    let layer: Int
    let window: Int32
    let scale: Float
    let softCap: Float

    static let tile: @convention(c) (UnsafeRawPointer, Int, Int) -> Void = { context, item, worker in
        let job = context.assumingMemoryBound(to: AttentionJob.self).pointee
        job.pass._withUnsafeGuaranteedRef { $0.runTile(item, worker: worker, job) }
    }

    static let span: @convention(c) (UnsafeRawPointer, Int, Int) -> Void = { context, item, worker in
        let job = context.assumingMemoryBound(to: AttentionJob.self).pointee
        job.pass._withUnsafeGuaranteedRef { $0.runSpan(item, worker: worker, job) }
    }

    static let join: @convention(c) (UnsafeRawPointer, Int, Int) -> Void = { context, item, _ in
        let job = context.assumingMemoryBound(to: AttentionJob.self).pointee
        job.pass._withUnsafeGuaranteedRef { $0.joinSpans(item, window: Int(job.window)) }
    }
}
