import Bytes
import Compute
import Synchronization
import Tensors

/// What types would do to a tensor: the relative squared error of its values, each weighted by its column.
///
/// With the inputs' mean squares as weights this is the share of noise in the matrix's output, as far as columns do not depend on each other. Large tensors are
/// judged by a sample of rows that lie evenly in them.
struct TypeErrorMeter {
    private let source: TensorSource
    /// What the tensor is quantized with.
    private let importance: [Float]?
    /// What errors are weighted by: mean squares of the inputs of columns, for each matrix in the tensor.
    private let columnWeights: [Float]?
    private let codec: RowCodec
    private let pool: ThreadPool

    /// Elements of a tensor that are looked at, about.
    private static let sampleElements = 1 << 18
    /// Elements that one thread looks at together.
    private static let itemElements = 1 << 13

    init(_ step: QuantizationPlan.Step, columns: [Float]?, codec: RowCodec = .selected, pool: ThreadPool) {
        (source, importance, columnWeights) = (step.source, step.importance, columns)
        (self.codec, self.pool) = (codec, pool)
    }

    /// The energy of the matrix's output: weighted squares of all its values, from a sample.
    func energy() throws -> Double {
        // As it is stored, so nothing is lost.
        var rules = TensorConversion.Rules()
        (rules.allowsRequantizing, rules.allowsNonFinite) = (true, true)
        let conversion = try TensorConversion(source, to: source.storedType, importance: nil, rules: rules, codec: codec)
        let items = Self.sample(rows: conversion.rows.rows, columns: conversion.rows.columns)
        let sums = try sum(items, of: conversion, comparing: false)
        let sampled = items.reduce(0) { $0 + $1.count }
        return sampled > 0 ? (sums?.energy ?? 0) * Double(conversion.rows.rows) / Double(sampled) : 0
    }

    /// The error of `type`; nil where the tensor's values are too large for it.
    ///
    /// - Throws: `notFinite`, and what else keeps the tensor from being converted.
    func relativeError(of type: TensorType) throws -> Double? {
        if type == source.storedType { return 0 }
        var rules = TensorConversion.Rules()
        rules.allowsRequantizing = true
        let conversion = try TensorConversion(source, to: type, importance: importance, rules: rules, codec: codec)
        let items = Self.sample(rows: conversion.rows.rows, columns: conversion.rows.columns)
        guard let total = try sum(items, of: conversion, comparing: true) else { return nil }
        return total.energy > 0 ? total.error / total.energy : 0
    }

    /// Measures stretches of rows on all threads; nil where values are too large for the type.
    private func sum(_ items: [Range<Int>], of conversion: TensorConversion, comparing: Bool) throws -> SquaredDifference? {
        let results = Mutex([Result<SquaredDifference, QuantizationError>?](repeating: nil, count: items.count))
        pool.parallelFor(items.count) { item in
            let result = Result { () throws(QuantizationError) in
                try comparing ? measure(conversion, rows: items[item]) : energy(conversion, rows: items[item])
            }
            results.withLock { $0[item] = result }
        }
        try conversion.rows.checkIntact()
        conversion.rows.release(through: conversion.rows.rows, from: 0)
        // Summed in order, so that the choice does not depend on which thread was faster.
        var total = SquaredDifference()
        for result in results.withLock({ $0 }) {
            switch result {
            case .success(let sums): total.add(sums)
            case .failure(.overflow): return nil
            case .failure(let error): throw error
            case nil: break
            }
        }
        return total
    }

    private func energy(_ conversion: TensorConversion, rows range: Range<Int>) -> SquaredDifference {
        let columns = conversion.rows.columns
        var sums = SquaredDifference()
        conversion.rows.forEachRun(in: range) { bytes, first, rows in
            conversion.withFloats(bytes, first: first, count: rows) { original in
                for row in 0..<rows {
                    let place = original + row * columns
                    add(place, for: place, row: first + row, columns, to: &sums)
                }
            }
        }
        return sums
    }

    /// Stretches of rows, evenly over the tensor; all rows of a small one.
    private static func sample(rows: Int, columns: Int) -> [Range<Int>] {
        guard rows > 0, columns > 0 else { return [] }
        let perItem = max(1, itemElements / columns)
        let all = (rows + perItem - 1) / perItem
        let wanted = min(all, max(4, sampleElements / (perItem * columns)))
        return (0..<wanted).map { number in
            let first = number * all / wanted * perItem
            return first..<min(rows, first + perItem)
        }
    }

    private func measure(_ conversion: TensorConversion, rows range: Range<Int>) throws(QuantizationError) -> SquaredDifference {
        let (columns, count) = (conversion.rows.columns, range.count * conversion.rows.columns)
        var (sums, failure) = (SquaredDifference(), QuantizationError?.none)
        withUnsafeTemporaryAllocation(byteCount: range.count * conversion.rowByteCount, alignment: 64) { blocks in
            guard let start = blocks.baseAddress else { return }
            do throws(QuantizationError) { try conversion.convert(range, into: start) } catch {
                failure = error
                return
            }
            withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { rounded in
                guard let values = rounded.baseAddress else { return }
                codec.dequantize(UnsafeRawPointer(start), of: conversion.target, into: values, count: count)
                conversion.rows.forEachRun(in: range) { bytes, first, rows in
                    conversion.withFloats(bytes, first: first, count: rows) { original in
                        for row in 0..<rows {
                            let (place, offset) = (original + row * columns, (first - range.lowerBound + row) * columns)
                            add(values + offset, for: place, row: first + row, columns, to: &sums)
                        }
                    }
                }
            }
        }
        if let failure { throw failure }
        return sums
    }

    /// The importance of the columns of `row`; none where rows were cut up, which happens without importance only.
    private func weights(of row: Int, _ columns: Int) -> ArraySlice<Float>? {
        guard let columnWeights, columns > 0, columns == source.shape.columns else { return nil }
        let rowsPerMatrix = max(1, source.shape.dimensions.count > 1 ? source.shape.dimensions[1] : 1)
        let start = row / rowsPerMatrix % max(1, columnWeights.count / columns) * columns
        return columnWeights[start..<start + columns]
    }

    private func add(
        _ values: UnsafePointer<Float>, for originals: UnsafePointer<Float>, row: Int, _ columns: Int,
        to sums: inout SquaredDifference
    ) {
        guard let weights = weights(of: row, columns) else { return sums.add(values, for: originals, count: columns) }
        weights.withUnsafeBufferPointer { sums.add(values, for: originals, weights: $0.baseAddress, count: columns) }
    }
}
