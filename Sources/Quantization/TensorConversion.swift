import Tensors

/// One tensor on its way from its stored type to its target: converts any range of its rows into a buffer.
struct TensorConversion {
    let rows: SourceRows
    let target: TensorType
    /// Bytes of one finished row.
    let rowByteCount: Int
    /// One weight per column, for each matrix of a stack of them; nil without importance.
    private let importance: [Float]?
    private let codec: RowCodec
    private let allowsNonFinite: Bool
    /// Weights that were no numbers, as far as they were let pass.
    let nonFinite = NonFiniteTally()

    /// What a conversion lets pass.
    struct Rules: Sendable, Equatable {
        var allowsRequantizing = false
        var allowsNonFinite = false

        init(allowsRequantizing: Bool = false) { self.allowsRequantizing = allowsRequantizing }

        init(_ options: QuantizationOptions) {
            (allowsRequantizing, allowsNonFinite) = (options.allowsRequantizing, options.allowsNonFinite)
        }
    }

    private var source: TensorSource { rows.source }

    /// Rows that share one stretch of importance: one expert's.
    private var rowsPerMatrix: Int { max(1, source.shape.dimensions.count > 1 ? source.shape.dimensions[1] : 1) }

    init(
        _ source: TensorSource, to target: TensorType, importance: [Float]?, rules: Rules, codec: RowCodec
    ) throws(QuantizationError) {
        _ = try SourceRows(source)
        guard target.rowByteCount(columns: source.shape.columns) != nil else {
            throw .partialBlock(tensor: source.name, columns: source.shape.columns, type: target)
        }
        guard source.sums.allSatisfy({ $0.columns == source.shape.columns && $0.rows == source.shape.rows }) else {
            throw .sumOfAnotherShape(tensor: source.name, shape: source.shape)
        }
        if target != source.storedType || !source.sums.isEmpty {
            guard RowCodec.knows(source.storedType) else { throw .unsupported(tensor: source.name, type: source.storedType) }
            guard RowCodec.knows(target) else { throw .unsupported(tensor: source.name, type: target) }
            if !source.storedType.isFloat, !rules.allowsRequantizing {
                throw .alreadyQuantized(tensor: source.name, type: source.storedType)
            }
            if importance == nil, RowCodec.needsImportance(target) {
                throw .importanceNeeded(tensor: source.name, type: target)
            }
        }
        if let importance {
            guard importance.count == source.shape.importanceCount else {
                throw .wrongImportanceCount(
                    tensor: source.name, found: importance.count, wanted: source.shape.importanceCount)
            }
        }
        rows = try SourceRows(importance == nil ? source.withShortRows(for: target) : source)
        self.target = target
        rowByteCount = target.rowByteCount(columns: rows.columns) ?? 0
        self.importance = importance
        self.codec = codec
        allowsNonFinite = rules.allowsNonFinite
    }

    /// What to say of weights that were no numbers, once all rows are converted.
    var nonFiniteWarning: String? {
        nonFinite.count == 0 ? nil : "tensor '\(source.name)': \(nonFinite.count) weights are not finite and were taken as 0"
    }

    /// Whether rows are written as they are stored.
    var isCopied: Bool { target == source.storedType && source.sums.isEmpty }

    /// Converts rows `range` to `output`, which has room for them.
    /// - Throws: `notFinite` and `overflow`, with the first element concerned.
    func convert(_ range: Range<Int>, into output: UnsafeMutableRawPointer) throws(QuantizationError) {
        var failure: QuantizationError?
        rows.forEachRun(in: range) { bytes, first, count in
            guard failure == nil else { return }
            let place = output + (first - range.lowerBound) * rowByteCount
            do throws(QuantizationError) {
                if isCopied {
                    try copy(bytes, first: first, count: count, into: place)
                } else {
                    try widen(bytes, first: first, count: count, into: place)
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    func copy(
        _ bytes: UnsafeRawPointer, first: Int, count: Int, into output: UnsafeMutableRawPointer
    ) throws(QuantizationError) {
        output.copyMemory(from: bytes, byteCount: count * rowByteCount)
        if allowsNonFinite { return }
        if target == .f32 {
            try checkFinite(output.assumingMemoryBound(to: Float.self), first: first, count: count)
        } else if let block = codec.firstOverflowed(output, of: target, count: count * rowByteCount / target.blockByteCount) {
            let values = codec.dequantize(
                [UInt8](UnsafeRawBufferPointer(start: output + block * target.blockByteCount, count: target.blockByteCount)),
                of: target)
            let offset = values.firstIndex { !$0.isFinite } ?? 0
            throw .notFinite(
                tensor: source.name, index: first * rows.columns + block * target.blockSize + offset, value: values[offset])
        }
    }

    /// Converts by way of floats, in memory for the rows at hand.
    private func widen(
        _ bytes: UnsafeRawPointer, first: Int, count: Int, into output: UnsafeMutableRawPointer
    ) throws(QuantizationError) {
        var failure: QuantizationError?
        withFloats(bytes, first: first, count: count) { values in
            do throws(QuantizationError) {
                try quantize(values, first: first, count: count, into: output)
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// The values of `count` rows from the tensor's row `first` on, with what is added to them: the bytes themselves where they are
    /// floats and stay as they are.
    func withFloats(_ bytes: UnsafeRawPointer, first: Int, count: Int, _ body: (UnsafePointer<Float>) -> Void) {
        if source.storedType == .f32, source.sums.isEmpty, Int(bitPattern: bytes) % 4 == 0 {
            return body(bytes.assumingMemoryBound(to: Float.self))
        }
        let elements = count * rows.columns
        withUnsafeTemporaryAllocation(of: Float.self, capacity: elements) { floats in
            guard let values = floats.baseAddress else { return }
            RowCodec.withAligned(bytes, byteCount: count * rows.rowByteCount) {
                codec.dequantize($0, of: source.storedType, into: values, count: elements)
            }
            for sum in source.sums { sum.add(to: values, first: first, count: count) }
            body(UnsafePointer(values))
        }
    }

    private func checkFinite(_ values: UnsafePointer<Float>, first: Int, count: Int) throws(QuantizationError) {
        if let index = codec.firstNotFinite(values, count: count * rows.columns) {
            throw .notFinite(tensor: source.name, index: first * rows.columns + index, value: values[index])
        }
    }

    func quantize(
        _ values: UnsafePointer<Float>, first: Int, count: Int, into output: UnsafeMutableRawPointer
    ) throws(QuantizationError) {
        let elements = count * rows.columns
        if allowsNonFinite, codec.firstNotFinite(values, count: elements) != nil {
            withUnsafeTemporaryAllocation(of: Float.self, capacity: elements) { copy in
                guard let start = copy.baseAddress else { return }
                start.initialize(from: values, count: elements)
                // Floats have a way to say it; blocks do not.
                if !target.isFloat { nonFinite.add(copy.replaceNonFinite()) }
                encode(start, first: first, count: count, into: output)
            }
            if target.isFloat { return }
        } else {
            try checkFinite(values, first: first, count: count)
            encode(values, first: first, count: count, into: output)
        }
        if let block = codec.firstOverflowed(output, of: target, count: count * rowByteCount / target.blockByteCount) {
            throw .overflow(
                tensor: source.name, type: target, firstElement: first * rows.columns + block * target.blockSize)
        }
    }

    private func encode(
        _ values: UnsafePointer<Float>, first: Int, count: Int, into output: UnsafeMutableRawPointer
    ) {
        if let importance {
            importance.withUnsafeBufferPointer { quantize(values, first: first, count: count, weighted: $0, into: output) }
        } else {
            codec.quantize(values, rows: count, columns: rows.columns, to: target, importance: nil, into: output)
        }
    }

    /// Quantizes rows expert by expert, since each has weights of its own.
    private func quantize(
        _ values: UnsafePointer<Float>, first: Int, count: Int, weighted: UnsafeBufferPointer<Float>,
        into output: UnsafeMutableRawPointer
    ) {
        var done = 0
        while done < count {
            let (matrix, row) = (first + done).quotientAndRemainder(dividingBy: rowsPerMatrix)
            let together = min(count - done, rowsPerMatrix - row)
            // A fourth dimension shares the importance of the third.
            let weights = weighted.baseAddress.map { $0 + matrix % (weighted.count / rows.columns) * rows.columns }
            codec.quantize(
                values + done * rows.columns, rows: together, columns: rows.columns, to: target, importance: weights,
                into: output + done * rowByteCount)
            done += together
        }
    }
}

extension TensorSource {
    /// The same elements in rows of one block, where rows are so long that a few of them would fill the memory. Without
    /// importance, blocks know nothing of the row that they are in.
    fileprivate func withShortRows(for target: TensorType) -> TensorSource {
        let block = max(storedType.blockSize, target.blockSize)
        guard shape.columns > 1 << 16, rowOrder == .asStored, sums.isEmpty, shape.columns % block == 0,
            let short = TensorShape([block, shape.elementCount / block])
        else { return self }
        var copy = self
        copy.shape = short
        return copy
    }
}

extension RowCodec {
    /// A file may place a tensor at any byte; kernels read elements that are aligned.
    static func withAligned(_ bytes: UnsafeRawPointer, byteCount: Int, _ body: (UnsafeRawPointer) -> Void) {
        if Int(bitPattern: bytes) % 4 == 0 { return body(bytes) }
        withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 16) { copy in
            copy.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: byteCount))
            if let start = copy.baseAddress { body(UnsafeRawPointer(start)) }
        }
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// Puts zeros in place of NaN and infinities, and says how many there were.
    fileprivate func replaceNonFinite() -> Int {
        var replaced = 0
        for index in indices where !self[index].isFinite {
            self[index] = 0
            replaced += 1
        }
        return replaced
    }
}
