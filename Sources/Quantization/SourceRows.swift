import Bytes
import Tensors

/// A tensor's stored bytes, checked to be what its shape says, and found by row.
struct SourceRows {
    let source: TensorSource
    /// Bytes of one stored row.
    let rowByteCount: Int
    private let rowsPerPart: Int

    var columns: Int { source.shape.columns }
    var rows: Int { source.shape.rows }

    /// - Throws: `partialBlock`, `wrongByteCount` and `wrongHeadCount` where the stored bytes do not fit the shape.
    init(_ source: TensorSource) throws(QuantizationError) {
        self.source = source
        guard let rowByteCount = source.storedType.rowByteCount(columns: source.shape.columns),
            let byteCount = source.storedType.byteCount(of: source.shape)
        else {
            throw .partialBlock(tensor: source.name, columns: source.shape.columns, type: source.storedType)
        }
        let found = source.parts.reduce(0) { $0 + $1.count }
        let even = source.parts.allSatisfy { $0.count == byteCount / max(source.parts.count, 1) }
        guard found == byteCount, even, source.shape.rows % max(source.parts.count, 1) == 0 else {
            throw .wrongByteCount(tensor: source.name, found: found, wanted: byteCount)
        }
        if case .interleavedHalves(let heads) = source.rowOrder {
            let (pairs, overflow) = heads.multipliedReportingOverflow(by: 2)
            guard heads > 0, !overflow, source.shape.rows % pairs == 0 else {
                throw .wrongHeadCount(tensor: source.name, rows: source.shape.rows, heads: heads)
            }
        }
        self.rowByteCount = rowByteCount
        rowsPerPart = source.shape.rows / max(source.parts.count, 1)
    }

    /// Calls `body` with runs of rows that lie next to each other, in the tensor's order: bytes, first row, rows.
    func forEachRun(in range: Range<Int>, _ body: (UnsafeRawPointer, _ firstRow: Int, _ rows: Int) -> Void) {
        var row = range.lowerBound
        while row < range.upperBound {
            let stored = source.storedRow(row)
            let (part, position) = stored.quotientAndRemainder(dividingBy: rowsPerPart)
            let together = source.rowOrder == .asStored ? min(range.upperBound - row, rowsPerPart - position) : 1
            source.parts[part].withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                body(start + position * rowByteCount, row, together)
            }
            row += together
        }
    }

    /// - Throws: `BytesError` where a file became shorter while its rows were read.
    func checkIntact() throws(BytesError) { for part in source.parts { try part.checkIntact() } }

    /// Gives back the pages of rows that are done with: as they go where rows lie in order, all of them at the end otherwise.
    func release(through row: Int, from first: Int) {
        if source.rowOrder == .asStored {
            for (index, part) in source.parts.enumerated() {
                let start = index * rowsPerPart
                let done = max(first, start)..<max(first, start, min(row, start + rowsPerPart))
                guard !done.isEmpty else { continue }
                part.part((done.lowerBound - start) * rowByteCount..<(done.upperBound - start) * rowByteCount)?.advise(.doneWith)
            }
        } else if row == rows {
            for part in source.parts { part.advise(.doneWith) }
        }
    }
}
