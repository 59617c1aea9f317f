import TestSupport
import Testing

/// The program's edges: versions, exit codes, streams and help.
@Suite struct ProgramEdges {
    let folder: TemporaryFolder
    let quern: QuernProcess

    init() throws {
        folder = try TemporaryFolder()
        quern = QuernProcess(in: folder)
    }

    @Test func versions() throws {
        #expect(try quern.run("--version").output == "quern version is 0.1.0\n")
    }
}
