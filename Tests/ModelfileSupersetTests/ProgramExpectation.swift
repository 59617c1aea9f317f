import Diagnostics
import ModelfileSuperset
import ModelfileSyntax

/// A program in the superset from texts: the main file with its first line left out, and other files by path.
struct TestProgram {
    let program: ModelfileProgram

    init(_ text: String, _ files: [String: String] = [:], arguments: [String: String] = [:], isComplete: Bool = true) {
        let source = SourceText("# syntax=quern/1\n" + text, name: "models/Modelfile")
        program = ModelfileProgram(
            ModelfileSyntaxTree(parsing: source), arguments: arguments, isComplete: isComplete, files: FileProvider(files))
    }

    func compiled(_ target: String? = nil) throws -> String { try program.compile(target: target).tree.source.text }

    /// The messages, each with its file's name and line.
    var messages: [String] {
        let all = program.root.diagnostics.map { (file: 0, diagnostic: $0) } + program.diagnostics
        return all.map { file, diagnostic in
            let source = program.files[file].source
            return "\(source.name):\(source.line(at: diagnostic.range.lowerBound)): \(diagnostic.message)"
        }
    }
}
