// The instruction sets that kernels exist for, as Swift sees them.
package import CKernels
import Glibc

/// The kernels of one instruction set.
///
/// The best one that the machine has is chosen once; the environment variable `QUERN_KERNELS` asks for another, by its
/// name. Everything that computes takes its table from here, so that tests can run all of them.
public struct KernelTable: Sendable, Equatable, CustomStringConvertible {
    package let instructionSet: quern_isa

    /// The table that this process uses.
    public static let selected = KernelTable(instructionSet: quern_isa_selected())

    /// All tables that this machine can run, `scalar` first.
    public static func available() -> [KernelTable] {
        (0..<QUERN_ISA_COUNT.rawValue).map { KernelTable(instructionSet: quern_isa($0)) }
            .filter { quern_isa_available($0.instructionSet) }
    }

    /// Looks whether the machine has what `QUERN_KERNELS` asks for, so that nobody measures or tests what was never run.
    public static func checkEnvironment() throws(ComputeError) {
        guard let value = getenv("QUERN_KERNELS") else { return }
        let name = String(cString: value)
        guard name.isEmpty || available().contains(where: { $0.name == name }) else { throw .unknownKernels(name) }
    }

    /// `scalar`, `avx2`, `avx512`, `neon` or `dotprod`.
    public var name: String { String(cString: quern_isa_name(instructionSet)) }

    public var description: String { name }

    var matrix: quern_matrix_kernels { quern_matrix_kernels_for(instructionSet).pointee }
}
