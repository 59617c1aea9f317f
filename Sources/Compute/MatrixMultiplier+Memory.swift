// What a multiplier's scratch memory comes to.
import CKernels

extension MatrixMultiplier {
    /// Bytes of scratch that products of up to `tokens` tokens leave behind.
    ///
    /// - Parameters:
    ///   - columns: of the widest matrix of integers, and of floats; 0 for none.
    public static func scratchByteCount(
        tokens: Int, integerColumns: Int, floatColumns: Int, threads: Int, table: KernelTable = .selected
    ) -> Int {
        let kernels = table.matrix
        func rounded(_ columns: Int) -> Int { (columns + 255) / 256 * MemoryLayout<quern_activations>.stride }
        guard kernels.panel_tokens != nil else { return tokens * rounded(integerColumns) }
        var bytes = kernels.panel_scratch_bytes * threads
        if integerColumns > 0 {
            let groups = (tokens + kernels.integer_group - 1) / kernels.integer_group
            bytes += groups * kernels.integer_group_bytes(integerColumns)
        }
        if floatColumns > 0 {
            let groups = (tokens + kernels.float_group - 1) / kernels.float_group
            bytes += groups * kernels.float_group_bytes(floatColumns)
        }
        return bytes + threads * kernels.integer_group * rounded(max(integerColumns, floatColumns))
    }

}
