import ArgumentParser
import Bytes
import Diagnostics
import ModelfilePlan
import ModelfileSuperset
import ModelfileSyntax

struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile", abstract: "Turn a Modelfile in the superset into a plain one",
        discussion: """
            A file whose first line is '# syntax=quern/1' may use ARG and ${NAME}, INCLUDE, texts between <<END and END, TEMPLATE
            @FILE, and several targets (FROM … AS NAME). What is printed means the same and is read by every Ollama.
            create, check and fmt read the superset too. Documentation/Superset.md describes it.

            EXAMPLES
              quern compile                                ./Modelfile, its last target
              quern compile chat.modelfile --target small --arg SIZE=3b -o Modelfile
              quern compile --source-map Modelfile.map -o out/Modelfile
            """)

    @Argument(help: ArgumentHelp("The file; '-' is standard input.", valueName: "file")) var file = "Modelfile"
    @OptionGroup var superset: SupersetOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("Write the plain Modelfile here; '-' is standard output.", valueName: "file"))
    var output = "-"
    @Option(
        help: ArgumentHelp(
            "Write here where each part comes from, as a source map (ECMA-426); '-' is standard output.", valueName: "file"))
    var sourceMap: String?

    func validate() throws {
        if sourceMap == "-", output == "-" {
            throw ValidationError("the source map and the Modelfile cannot both go to standard output; give -o a file")
        }
    }

    func run() throws {
        let reading = ModelfileReading(path: file)
        let program = try reading.program(superset)
        let compiled = try program.compile(target: superset.target)
        let made = BuildPlan.make(from: compiled.tree)
        let own = program.isPlain ? [] : program.root.diagnostics.map { (file: 0, diagnostic: $0) }
        let found = own + program.diagnostics + compiled.diagnostics + made.diagnostics.compactMap(compiled.original)
        let texts = program.gathered(found)
        try ModelfileReading.tell(texts)
        guard !texts.contains(where: { $0.diagnostics.containsErrors }) else { throw AlreadyReported() }
        try write(compiled.tree.source.bytes, to: output)
        if let sourceMap {
            let name = output == "-" ? "Modelfile" : String(output.split(separator: "/").last ?? "")
            try write(Array((compiled.sourceMapText(name: name) + "\n").utf8), to: sourceMap)
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        guard path != "-" else { return try StandardStream.output.write(bytes) }
        let replacement = try FileReplacement(path: path)
        try replacement.write(bytes)
        try replacement.commit()
    }
}
