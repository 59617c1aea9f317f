// A matrix of weights as it lies in a file: its type, extents and bytes.
public import Bytes
import CKernels
public import Tensors

/// A matrix `W` of `rows` by `columns` in a file's own layout, mapped and never copied.
///
/// The value keeps the bytes alive. Cutting rows out of it (one expert of many, the query part of a fused projection) copies
/// nothing either.
public struct WeightMatrix: @unchecked Sendable {
    public let type: TensorType
    public let rows: Int
    public let columns: Int
    /// Bytes from one row to the next.
    public let rowByteCount: Int
    let region: ByteRegion
    /// The matrix as the kernels see it; valid while `region` lives.
    let view: quern_weights

    /// - Parameter bytes: exactly `rows` rows of `columns` elements of `type`, at any alignment.
    public init(type: TensorType, rows: Int, columns: Int, bytes: ByteRegion) throws(ComputeError) {
        guard let kernelType = Self.kernelType(type) else { throw .unsupportedType(type) }
        guard rows >= 0, let rowByteCount = type.rowByteCount(columns: columns) else {
            throw .partialBlock(columns: columns, type: type)
        }
        let (byteCount, overflow) = rowByteCount.multipliedReportingOverflow(by: rows)
        guard !overflow, byteCount == bytes.count else {
            throw .wrongByteCount(found: bytes.count, rows: rows, columns: columns, type: type)
        }
        (self.type, self.rows, self.columns) = (type, rows, columns)
        (self.rowByteCount, region) = (rowByteCount, bytes)
        view = bytes.withUnsafeBytes { buffer in
            quern_weights(
                data: buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), row_bytes: rowByteCount, rows: rows,
                columns: columns, type: kernelType)
        }
    }

    /// The matrix made of some of the rows, which must exist.
    public func part(rows range: Range<Int>) -> WeightMatrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of a matrix of \(rows)")
        return WeightMatrix(self, range)
    }

    private init(_ whole: WeightMatrix, _ range: Range<Int>) {
        (type, columns, rowByteCount, region) = (whole.type, whole.columns, whole.rowByteCount, whole.region)
        rows = range.count
        var view = whole.view
        if let data = view.data { view.data = data + range.lowerBound * rowByteCount }
        view.rows = rows
        self.view = view
    }

    /// Writes row `row` as F32 to `values`, which has room for `columns`.
    public func expandRow(_ row: Int, into values: UnsafeMutablePointer<Float>) {
        precondition(row >= 0 && row < rows, "row \(row) of a matrix of \(rows)")
        guard let data = view.data else { return }
        quern_expand_row(view.type, data + row * rowByteCount, columns, values)
    }

    /// Writes the chosen rows, which must exist, as F32, one after the other: an embedding lookup. `values` is (indices, columns).
    public func gatherRows(_ indices: UnsafeBufferPointer<Int32>, into values: UnsafeMutablePointer<Float>) {
        for (place, row) in indices.enumerated() { expandRow(Int(row), into: values + place * columns) }
    }

    /// The types that can be multiplied.
    public static let supportedTypes: [TensorType] = TensorType.allCases.filter { kernelType($0) != nil }

    private static func kernelType(_ type: TensorType) -> quern_weight_type? {
        switch type {
        case .f32: QUERN_WEIGHT_F32
        case .f16: QUERN_WEIGHT_F16
        case .bf16: QUERN_WEIGHT_BF16
        case .q8_0: QUERN_WEIGHT_Q8_0
        case .q4_0: QUERN_WEIGHT_Q4_0
        case .q4_1: QUERN_WEIGHT_Q4_1
        case .q5_0: QUERN_WEIGHT_Q5_0
        case .q5_1: QUERN_WEIGHT_Q5_1
        case .q2_K: QUERN_WEIGHT_Q2_K
        case .q3_K: QUERN_WEIGHT_Q3_K
        case .q4_K: QUERN_WEIGHT_Q4_K
        case .q5_K: QUERN_WEIGHT_Q5_K
        case .q6_K: QUERN_WEIGHT_Q6_K
        case .iq4_nl: QUERN_WEIGHT_IQ4_NL
        case .iq4_xs: QUERN_WEIGHT_IQ4_XS
        case .mxfp4: QUERN_WEIGHT_MXFP4
        case .nvfp4: QUERN_WEIGHT_NVFP4
        case .iq1_s: QUERN_WEIGHT_IQ1_S
        case .iq1_m: QUERN_WEIGHT_IQ1_M
        case .iq2_xxs: QUERN_WEIGHT_IQ2_XXS
        case .iq2_xs: QUERN_WEIGHT_IQ2_XS
        case .iq2_s: QUERN_WEIGHT_IQ2_S
        case .iq3_xxs: QUERN_WEIGHT_IQ3_XXS
        case .iq3_s: QUERN_WEIGHT_IQ3_S
        case .tq1_0: QUERN_WEIGHT_TQ1_0
        case .tq2_0: QUERN_WEIGHT_TQ2_0
        case .q1_0: QUERN_WEIGHT_Q1_0
        case .q2_0: QUERN_WEIGHT_Q2_0
        default: nil
        }
    }
}
