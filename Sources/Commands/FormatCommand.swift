import ArgumentParser
import Bytes
import Diagnostics
import ModelfileSyntax

struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt", abstract: "Lay Modelfiles out in one way",
        discussion: """
            What a file means never changes; comments and the texts of values stay as they are. A file with errors is left alone.

            EXAMPLES
              quern fmt < Modelfile                        standard input to standard output
              quern fmt Modelfile models                   in place; all below a folder
              quern fmt --check Modelfile                  change nothing; exit 1 if anything would change
              quern fmt --diff Modelfile                   change nothing; show what would change
            """)

    @Argument(help: ArgumentHelp("Modelfiles and folders of them; '-', or none, is standard input.", valueName: "file")) var files =
        ["-"]
    @Flag(help: "Write nothing; name the files that would change, and fail if there are any.") var check = false
    @Flag(help: "Write nothing; print the changes as a unified diff.") var diff = false

    func validate() throws {
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be read only once") }
    }

    func run() throws {
        var exitCode: Int32 = 0
        for file in try ModelfileSearch.files(files) {
            do { if try format(file), check { exitCode = max(exitCode, 1) } } catch let error as AlreadyReported {
                exitCode = max(exitCode, error.exitCode)
            } catch let error as BytesError {
                Console.note("error: \(error)")
                exitCode = 2
            }
        }
        if exitCode != 0 { throw AlreadyReported(exitCode: exitCode) }
    }

    /// Lays one file out and returns whether that changes it.
    private func format(_ file: String) throws -> Bool {
        let reading = ModelfileReading(path: file)
        let bytes = try reading.bytes()
        let tree = ModelfileSyntaxTree(parsing: bytes, name: reading.name)
        guard let formatted = ModelfileFormatter.format(tree) else {
            let renderer = TerminalRenderer(color: Console.allowsColour(.error), width: Console.columns)
            let reasons = tree.diagnostics.filter { $0.severity == .error || $0.rule == .invalidEncoding }
            try StandardStream.error.write(renderer.render(reasons, in: tree.source))
            throw AlreadyReported()
        }
        let isChanged = Array(formatted.utf8) != bytes
        if diff { try Console.put(UnifiedDifference.text(from: tree.source.text, to: formatted, name: reading.name)) }
        if check, isChanged, !diff { try Console.putLine(reading.name) }
        guard !check, !diff else { return isChanged }
        if file == "-" {
            try Console.put(formatted)
        } else if isChanged {
            try reading.replace(by: Array(formatted.utf8))
        }
        return isChanged
    }
}
