import TestSupport
import Testing

/// A plan as an array on a real Slurm cluster, of two nodes on this machine; one of them is killed on the way.
@Suite struct SlurmArrays {
    static let script = SharedData.packageRoot.appendingPathComponent("Tests/Cluster/slurm").path

    /// Why there can be no cluster here; empty where there can.
    static let absence: String = {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: script)
        process.arguments = ["missing"]
        process.standardError = errors
        do { try process.run() } catch { return "\(error)" }
        process.waitUntilExit()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return process.terminationStatus == 0 ? "" : "no Slurm: \(text)"
    }()

    @Test(.enabled(if: absence.isEmpty, "\(absence)"))
    func anArraySurvivesTheLossOfANode() throws {
        let bench = try Workbench()
        let result = try bench.shell("'\(Self.script)' try \"$QUERN\" 2>&1")
        #expect(result.exitCode == 0 && result.output.contains("equal those of a local run"), "\(result.output)")
    }
}
