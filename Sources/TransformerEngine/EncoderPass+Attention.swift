// Attention in which every token of a sequence sees all of them.
import CKernels
import Compute

extension EncoderPass {
    /// `hidden` to queries, keys and values; what the queries found, through the output matrix, to `branch`.
    func attend(_ attention: EncoderAttention, rope: RotaryEmbedding?) {
        multiply(attention.inputs, hidden, into: [queries.start, keys.start, values.start])
        forEachToken { token in finishHeads(token, rope) }
        var context = Unmanaged.passUnretained(self)
        withUnsafePointer(to: &context) { context in
            pool.run(tiles.count * parameters.keyValueHeadCount, context) { context, item, worker in
                context.assumingMemoryBound(to: Unmanaged<EncoderPass>.self).pointee
                    ._withUnsafeGuaranteedRef { $0.runTile(item, worker: worker) }
            }
        }
        multiply(attention.output, attended, into: branch.start)
    }

    /// Turns one token's heads and puts its keys and values into their cells.
    private func finishHeads(_ token: Int, _ rope: RotaryEmbedding?) {
        let (keySize, valueSize) = (parameters.keyLength, parameters.valueLength)
        if let rope {
            let (cosines, sines) = (UnsafePointer(cosines.row(token)), UnsafePointer(sines.row(token)))
            for head in 0..<parameters.headCount {
                rope.rotate(queries.row(token) + head * keySize, cosines, sines, vectors)
            }
            for head in 0..<parameters.keyValueHeadCount {
                rope.rotate(keys.row(token) + head * keySize, cosines, sines, vectors)
            }
        }
        let (sequence, position) = (owners[token], Int64(positions[token]))
        for head in 0..<parameters.keyValueHeadCount {
            cells.store_key(keyStart(sequence, head), position, keys.row(token) + head * keySize, Int32(keySize))
            cells.store_value(valueStart(sequence, head), position, values.row(token) + head * valueSize, Int32(valueSize))
        }
    }

    /// The cells of a head's keys: a sequence has those of one head after those of another.
    private func keyStart(_ sequence: Int, _ head: Int) -> UnsafeMutablePointer<Float> {
        let place = sequences[sequence]
        return keyCells.row(place.cell) + head * place.capacity * parameters.keyLength
    }

    private func valueStart(_ sequence: Int, _ head: Int) -> UnsafeMutablePointer<Float> {
        let place = sequences[sequence]
        return valueCells.row(place.cell) + head * place.capacity * parameters.valueLength
    }

    /// Attention of one tile of tokens for the query heads of one KV head.
    private func runTile(_ item: Int, worker: Int) {
        let tile = tiles[item / parameters.keyValueHeadCount]
        let head = item % parameters.keyValueHeadCount
        let (group, keySize, valueSize) = (parameters.groupSize, parameters.keyLength, parameters.valueLength)
        var job = quern_attention()
        job.query_stride = queries.width
        job.out_stride = attended.width
        job.keys = UnsafeRawPointer(keyStart(tile.sequence, head))
        job.values = UnsafeRawPointer(valueStart(tile.sequence, head))
        (job.key_size, job.value_size) = (Int32(keySize), Int32(valueSize))
        (job.tokens, job.visible) = (Int32(tile.count), Int32(sequences[tile.sequence].rows.count))
        job.scale = 1 / Float(keySize).squareRoot()
        job.scratch = attentionScratch.row(worker)
        // A group too large for one call of the kernel goes in parts.
        let most = min(group, Int(QUERN_ATTENTION_ROWS) / tile.count)
        for first in stride(from: 0, to: group, by: most) {
            job.group = Int32(min(most, group - first))
            job.queries = UnsafePointer(queries.row(tile.row) + (head * group + first) * keySize)
            job.out = attended.row(tile.row) + (head * group + first) * valueSize
            cells.attend(&job)
        }
    }
}
