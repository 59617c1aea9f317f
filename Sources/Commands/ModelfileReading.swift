import ArgumentParser
import BuildPipeline
import Bytes
import Diagnostics
import ModelfilePlan
import ModelfileSuperset
import ModelfileSyntax

/// What a command is told about a file in the superset.
struct SupersetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The target to build, in a file with several; the last one if not given.", valueName: "name"))
    var target: String?
    @Option(
        name: .customLong("arg"),
        help: ArgumentHelp("A value for an ARG of the file; may be repeated.", valueName: "name=value"))
    var arguments: [String] = []

    /// The values by name.
    func values() throws -> [String: String] {
        var values: [String: String] = [:]
        for argument in arguments {
            guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else {
                throw ValidationError("--arg \(argument): write NAME=VALUE")
            }
            values[String(argument[..<sign])] = String(argument[argument.index(after: sign)...])
        }
        return values
    }

    func validate() throws { _ = try values() }

    /// - Throws: `UnknownArgument` for a value that no ARG of the program asks for.
    func check(_ program: ModelfileProgram) throws {
        let known = program.names.map(\.name)
        for name in try values().keys.sorted() where !known.contains(name) {
            throw UnknownArgument(name: name, known: known, isPlain: program.isPlain)
        }
    }
}

/// `--arg` with a name that the file does not know.
struct UnknownArgument: Error, CustomStringConvertible {
    let name: String
    let known: [String]
    let isPlain: Bool

    var description: String {
        if isPlain {
            return "--arg \(name): a plain Modelfile has no ARG; the superset begins with '\(ModelfileDialect.syntaxLine)'"
        }
        if let meant = SpellingSuggestion.nearest(to: name, in: known) {
            return "--arg \(name): the file has no ARG of this name, did you mean '\(meant)'?"
        }
        return "--arg \(name): the file has no ARG of this name"
            + (known.isEmpty ? "" : ", it has \(known.joined(separator: ", "))")
    }
}

/// Reads a Modelfile and tells what is wrong with it.
struct ModelfileReading {
    /// Licences make Modelfiles long; nothing makes them this long.
    private static let byteLimit = 1 << 26

    let path: String

    /// Where a Modelfile's relative paths start.
    static func folder(of path: String) -> String {
        guard path != "-", let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    var folder: String { Self.folder(of: path) }

    /// What the file is called in messages.
    var name: String { path == "-" ? "<standard input>" : path }

    func bytes() throws -> [UInt8] {
        path == "-" ? try StandardStream.input.readAll() : try OpenFile.stream(path, limit: Self.byteLimit)
    }

    /// The file with everything that it draws in.
    func program(_ options: SupersetOptions) throws -> ModelfileProgram {
        let program = ModelfileProgram(
            ModelfileSyntaxTree(parsing: try bytes(), name: name), arguments: try options.values(), files: .folder(folder))
        try options.check(program)
        try program.check(target: options.target)
        return program
    }

    /// The plan of a Modelfile without errors; warnings go to standard error.
    ///
    /// - Throws: `AlreadyReported` once the errors are told.
    func plan(_ options: SupersetOptions = SupersetOptions(), quantization: String?) throws -> BuildPlan {
        let program = try program(options)
        let compiled = try program.compile(target: options.target)
        let made = BuildPlan.make(from: compiled.tree, quantization: quantization)
        let own = program.isPlain ? [] : program.root.diagnostics.map { (file: 0, diagnostic: $0) }
        let found = own + program.diagnostics + compiled.diagnostics + made.diagnostics.compactMap(compiled.original)
        let texts = program.gathered(found)
        try? Self.tell(texts)
        guard let plan = made.plan, !texts.contains(where: { $0.diagnostics.containsErrors }) else { throw AlreadyReported() }
        return plan
    }

    /// Writes diagnostics to standard error.
    static func tell(_ texts: [DiagnosedText]) throws {
        let renderer = TerminalRenderer(color: Console.allowsColour(.error), width: Console.columns)
        let report = texts.map { renderer.render($0.diagnostics, in: $0.source) }.joined()
        if !report.isEmpty { try StandardStream.error.write(report) }
    }
}
