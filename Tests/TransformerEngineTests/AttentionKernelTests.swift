import CKernels
import Compute
import Foundation
import Testing

/// The attention kernels of each instruction set and type of cache against all scores at once in double precision.
@Suite(.serialized) struct AttentionKernelTests {
    static let tables = KernelTable.available()
    private static let capacity = 2304

    private func kernels(_ table: KernelTable) -> quern_vector_table { quern_vector_kernels(table.instructionSet).pointee }

    private func caches(_ table: KernelTable) -> [quern_cache_table] {
        let caches = kernels(table).cache
        return [caches.0, caches.1, caches.2, caches.3]
    }

    private func numbers(_ count: Int, seed: Int, scale: Float = 1) -> [Float] {
        (0..<count).map { Float((($0 &* 7919 &+ seed &* 104_729) % 2003) - 1001) / 1001 * scale }
    }

    /// Keys and values of one head in a cache, and as they are read back.
    private struct Head {
        let cache: quern_cache_table
        let sizes: (key: Int, value: Int)
        var keys: [UInt8]
        var values: [UInt8]
        var readKeys: [[Float]] = []
        var readValues: [[Float]] = []

        init(_ cache: quern_cache_table, sizes: (key: Int, value: Int), rows: [(key: [Float], value: [Float])]) {
            (self.cache, self.sizes) = (cache, sizes)
            var table = cache
            func bytes(_ size: Int) -> Int { Int(quern_cache_row_bytes(&table, Int32(size))) * AttentionKernelTests.capacity }
            keys = [UInt8](repeating: 0, count: bytes(sizes.key))
            values = [UInt8](repeating: 0, count: bytes(sizes.value))
            for (position, row) in rows.enumerated() {
                cache.store_key(&keys, Int64(position), row.key, Int32(sizes.key))
                cache.store_value(&values, Int64(position), row.value, Int32(sizes.value))
            }
            for position in rows.indices {
                var (key, value) = ([Float](repeating: 0, count: sizes.key), [Float](repeating: 0, count: sizes.value))
                cache.load_key(keys, Int64(position), &key, Int32(sizes.key))
                cache.load_value(values, Int64(position), &value, Int32(sizes.value))
                readKeys.append(key)
                readValues.append(value)
            }
        }

        /// What `attend` computes, by rows.
        func attend(_ queries: [Float], _ shape: Shape) -> [Float] {
            var out = [Float](repeating: .nan, count: shape.tokens * shape.group * sizes.value)
            run(queries, shape, out: &out, partials: nil, span: 0, spans: 1)
            return out
        }

        /// The same, span by span, joined at the end.
        func attendBySpans(_ queries: [Float], _ shape: Shape, join: quern_vector_table) -> [Float] {
            let (rows, width) = (shape.tokens * shape.group, sizes.value + 2)
            let spans = shape.last / Int(QUERN_ATTENTION_SPAN) + 1
            let first = shape.window > 0 ? max(shape.first - shape.window + 1, 0) / Int(QUERN_ATTENTION_SPAN) : 0
            var partials = [Float](repeating: .nan, count: rows * spans * width)
            var out = [Float](repeating: .nan, count: rows * sizes.value)
            for span in (first..<spans).reversed() {
                partials.withUnsafeMutableBufferPointer {
                    run(queries, shape, out: &out, partials: $0.baseAddress, span: span, spans: spans)
                }
            }
            for row in 0..<rows {
                partials.withUnsafeBufferPointer { partials in
                    out.withUnsafeMutableBufferPointer { out in
                        guard let partials = partials.baseAddress, let out = out.baseAddress else { return }
                        join.join_spans(
                            out + row * sizes.value, partials + (row * spans + first) * width, width, Int32(spans - first),
                            Int32(sizes.value))
                    }
                }
            }
            return out
        }

        private func run(
            _ queries: [Float], _ shape: Shape, out: inout [Float], partials: UnsafeMutablePointer<Float>?, span: Int, spans: Int
        ) {
            var scratch = [Float](repeating: .nan, count: Int(QUERN_ATTENTION_SCRATCH))
            var job = quern_attention()
            (job.query_stride, job.out_stride) = (shape.group * sizes.key, shape.group * sizes.value)
            (job.tokens, job.group, job.first) = (Int32(shape.tokens), Int32(shape.group), Int32(shape.first))
            (job.key_size, job.value_size) = (Int32(sizes.key), Int32(sizes.value))
            (job.window, job.visible, job.scale) = (Int32(shape.window), Int32(shape.visible), 0.25)
            job.partials = partials.map { $0 + span * (sizes.value + 2) }
            (job.partial_stride, job.span) = (spans * (sizes.value + 2), Int32(span))
            queries.withUnsafeBufferPointer { queries in
                out.withUnsafeMutableBufferPointer { out in
                    scratch.withUnsafeMutableBufferPointer { scratch in
                        keys.withUnsafeBytes { keys in
                            values.withUnsafeBytes { values in
                                (job.queries, job.out, job.scratch) = (queries.baseAddress, out.baseAddress, scratch.baseAddress)
                                (job.keys, job.values) = (keys.baseAddress, values.baseAddress)
                                cache.attend(&job)
                            }
                        }
                    }
                }
            }
        }
    }

    struct Shape: CustomTestStringConvertible {
        let first: Int
        let tokens: Int
        let group: Int
        var window = 0
        var visible = 0

        var last: Int { visible > 0 ? visible - 1 : first + tokens - 1 }
        func position(ofRow row: Int) -> Int { visible > 0 ? visible - 1 : first + row / group }
        var testDescription: String { "first \(first) tokens \(tokens) group \(group) window \(window) visible \(visible)" }
    }

    /// Attention in double precision, all scores at once.
    private func reference(_ query: ArraySlice<Float>, _ head: Head, position: Int, window: Int) -> [Double] {
        let from = window > 0 ? max(0, position - window + 1) : 0
        let scores = (from...position).map { p in
            zip(query, head.readKeys[p]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } * 0.25
        }
        let highest = scores.max() ?? 0
        let weights = scores.map { exp($0 - highest) }
        let total = weights.reduce(0, +)
        return (0..<head.sizes.value).map { d in
            weights.enumerated().reduce(0.0) { $0 + $1.element / total * Double(head.readValues[from + $1.offset][d]) }
        }
    }

    private func expectReference(_ out: [Float], _ queries: [Float], _ head: Head, _ shape: Shape) {
        for row in 0..<shape.tokens * shape.group {
            let query = queries[row * head.sizes.key..<(row + 1) * head.sizes.key]
            let wanted = reference(query, head, position: shape.position(ofRow: row), window: shape.window)
            let found = out[row * head.sizes.value..<(row + 1) * head.sizes.value]
            let worst = zip(found, wanted).map { abs(Double($0) - $1) / max(1, abs($1)) }.max() ?? 0
            // Transformed heads round more than once; not a number is never below a bound.
            #expect(
                worst < (head.cache.block_size > 1 ? 5e-5 : 1e-5),
                "row \(row), \(shape.testDescription), block of \(head.cache.block_bytes)")
        }
    }

    private static let shapes = [
        Shape(first: 0, tokens: 1, group: 1), Shape(first: 0, tokens: 7, group: 3), Shape(first: 63, tokens: 1, group: 4),
        Shape(first: 64, tokens: 1, group: 5), Shape(first: 60, tokens: 10, group: 2), Shape(first: 100, tokens: 48, group: 1),
        Shape(first: 130, tokens: 5, group: 4, window: 9), Shape(first: 3, tokens: 2, group: 2, window: 50),
        Shape(first: 140, tokens: 3, group: 1, window: 70), Shape(first: 10, tokens: 6, group: 1, window: 1),
        // An encoder's: all positions are seen, by those before them too.
        Shape(first: 0, tokens: 1, group: 1, visible: 1), Shape(first: 0, tokens: 7, group: 3, visible: 7),
        Shape(first: 0, tokens: 48, group: 1, visible: 150), Shape(first: 0, tokens: 3, group: 2, visible: 64),
        Shape(first: 48, tokens: 17, group: 2, visible: 65),
    ]

    @Test(arguments: tables, [(8, 8), (32, 32), (40, 24), (64, 64), (128, 128), (20, 7)])
    func `attention is the softmax of all scores`(table: KernelTable, sizes: (Int, Int)) {
        let rows = (0..<150).map { (numbers(sizes.0, seed: $0 + 10, scale: 2), numbers(sizes.1, seed: $0 + 500)) }
        for cache in caches(table) {
            let head = Head(cache, sizes: sizes, rows: rows)
            for shape in Self.shapes {
                let queries = numbers(shape.tokens * shape.group * sizes.0, seed: shape.first + 1, scale: 2)
                expectReference(head.attend(queries, shape), queries, head, shape)
            }
        }
    }

    @Test(arguments: tables) func `spans joined by anybody give the same bits as one call`(table: KernelTable) {
        let rows = (0..<2200).map { (numbers(16, seed: $0 + 10, scale: 3), numbers(24, seed: $0 + 5000)) }
        for cache in caches(table) {
            let head = Head(cache, sizes: (16, 24), rows: rows)
            for shape in [
                Shape(first: 1023, tokens: 2, group: 3), Shape(first: 1500, tokens: 1, group: 4),
                Shape(first: 2199, tokens: 1, group: 1),
                Shape(first: 2046, tokens: 3, group: 1, window: 1023), Shape(first: 2100, tokens: 2, group: 2, window: 30),
                Shape(first: 1023, tokens: 1, group: 2),
            ] {
                let queries = numbers(shape.tokens * shape.group * 16, seed: shape.first + 1, scale: 2)
                let whole = head.attend(queries, shape)
                expectReference(whole, queries, head, shape)
                #expect(head.attendBySpans(queries, shape, join: kernels(table)) == whole, "\(shape.testDescription)")
            }
        }
    }

    @Test(arguments: tables) func `floats are stored as F16 and read back`(table: KernelTable) {
        let specials: [Float] = [0, -0.0, 1, -2, 65504, 65520, 6e-8, 3e-8, 2.9e-8, 6.1e-5, .infinity, 0.1]
        let rows = (0..<64).map { position in
            let row = (0..<24).map { specials[($0 + position) % specials.count] }
            return (row, row)
        }
        let head = Head(caches(table)[0], sizes: (24, 24), rows: rows)
        for (position, row) in rows.enumerated() {
            let wanted = row.0.map { Float(Float16($0)) }
            #expect(head.readKeys[position] == wanted && head.readValues[position] == wanted)
        }
    }

    @Test(arguments: tables) func `blocks come back within half a step, the same from every table`(table: KernelTable) {
        for size in [7, 20, 32, 64, 80, 128, 256] {
            let rows = (0..<40).map { (numbers(size, seed: $0 + 10, scale: 4), numbers(size, seed: $0 + 900)) }
            // A block's largest number is at most its transform's norm; errors keep their length on the way back.
            for (cache, step) in [(2, 1.0 / 254), (3, 1.0 / 14)] {
                let head = Head(caches(table)[cache], sizes: (size, size), rows: rows)
                for (position, row) in rows.enumerated() {
                    for (stored, read) in [(row.0, head.readKeys[position]), (row.1, head.readValues[position])] {
                        let length = stored.reduce(0.0) { $0 + Double($1 * $1) }.squareRoot()
                        let error = zip(stored, read).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
                        #expect(error <= length * step * Double(size).squareRoot() * 1.01, "\(size) components, cache \(cache)")
                    }
                }
                let plain = Head(caches(KernelTable.available()[0])[cache], sizes: (size, size), rows: rows)
                #expect(plain.keys == head.keys && plain.values == head.values)
                #expect(plain.readKeys == head.readKeys && plain.readValues == head.readValues)
            }
        }
    }

    @Test(arguments: tables) func `what is broken stays broken in a block`(table: KernelTable) {
        for cache in [2, 3] {
            for value in [Float.nan, .infinity] {
                var row = numbers(40, seed: 1)
                row[35] = value
                let head = Head(caches(table)[cache], sizes: (40, 40), rows: [(row, row)])
                #expect(head.readKeys[0].contains { !$0.isFinite } && head.readValues[0].contains { !$0.isFinite })
            }
        }
    }
}
