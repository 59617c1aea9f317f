import TestSupport
import Testing

/// Shells and pseudo-terminals round the program.
extension Workbench {
    /// Runs a line of bash in which `$QUERN` is the program.
    @discardableResult
    func shell(_ line: String, input: String = "") throws -> QuernProcess.Result {
        var process = quern
        process.environment["QUERN"] = QuernProcess.program.path
        process.wrapper = ["/bin/bash", "-c", line]
        return try process.run([], input: input)
    }

    /// Runs the program in a pseudo-terminal of 80 columns, types each text once the screen has shown what it waits for, and
    /// returns everything that came to the screen.
    func onTerminal(_ arguments: String, typing: [(await: String, keys: String)]) throws -> (screen: String, exitCode: Int32) {
        let driver = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/EndToEnd/terminal.py").path
        let steps = typing.map { "\(Self.hex($0.await)):\(Self.hex($0.keys))" }.joined(separator: " ")
        let result = try shell("exec /usr/bin/python3 '\(driver)' \"$QUERN\" '\(arguments)' \(steps)")
        return (result.output, result.exitCode)
    }

    private static func hex(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
}
