import Bytes
import Diagnostics
import ModelTesting
import ModelfileSuperset
import ModelfileSyntax

/// A test file on the disk, and the Modelfile or model that it is about.
struct TestFile {
    private static let byteLimit = 1 << 22

    /// Where the file lies; nil for a Modelfile without one.
    let path: String
    let source: SourceText
    let suite: TestSuite

    /// What the tests are run on.
    enum Subject: Equatable {
        case modelfile(String)
        case model(String)
    }

    let subject: Subject

    /// Finds the test file that a command line means.
    ///
    /// - Parameters:
    ///   - text: a folder, a Modelfile, a test file, or a model.
    ///   - tests: the test file, where the command line names it.
    /// - Throws: `AlreadyReported` once what is wrong with the file is told.
    init(_ text: String, tests: String?) throws {
        let status = try FileStatus.ifPresent(text)
        let isTestFile = text.hasSuffix(".yaml") || text.hasSuffix(".yml")
        var subject: Subject?
        if status?.kind == .folder {
            path = tests ?? Self.join(text, "Modelfile" + TestSuite.fileSuffix)
        } else if isTestFile, tests == nil {
            path = text
        } else if status != nil, !text.hasSuffix(".gguf") {
            path = tests ?? text + TestSuite.fileSuffix
            subject = .modelfile(text)
        } else {
            path = tests ?? "Modelfile" + TestSuite.fileSuffix
            subject = .model(text)
        }
        source = SourceText(
            String(decoding: try OpenFile.stream(path, limit: Self.byteLimit), as: UTF8.self), name: path)
        let folder = ModelfileReading.folder(of: path)
        let (read, diagnostics) = TestSuite.read(source) { schema in
            let place = schema.hasPrefix("/") ? schema : Self.join(folder, schema)
            return (try? OpenFile.stream(place, limit: Self.byteLimit)).map { String(decoding: $0, as: UTF8.self) }
        }
        try ModelfileReading.tell([DiagnosedText(source, diagnostics)])
        guard let read else { throw AlreadyReported() }
        suite = read
        self.subject = subject ?? Self.subject(of: read, path: path, folder: folder)
    }

    /// What the file itself names: a path from its own folder that is there, or a model; otherwise the Modelfile beside it.
    private static func subject(of suite: TestSuite, path: String, folder: String) -> Subject {
        if let model = suite.model {
            let place = model.hasPrefix("/") ? model : join(folder, model)
            let isFile = ((try? FileStatus.ifPresent(place)) ?? nil) != nil
            if isFile { return place.hasSuffix(".gguf") ? .model(place) : .modelfile(place) }
            return .model(model)
        }
        let stem =
            path.hasSuffix(TestSuite.fileSuffix) ? String(path.dropLast(TestSuite.fileSuffix.count)) : join(folder, "Modelfile")
        return .modelfile(stem)
    }

    private static func join(_ folder: String, _ name: String) -> String {
        let name = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
        return folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// The files whose change makes another run worth while: what the Modelfile draws in and the weights that it names are among
    /// them.
    var watched: [String] {
        guard case .modelfile(let file) = subject else { return [path] }
        let reading = ModelfileReading(path: file)
        guard let program = try? reading.program(SupersetOptions()) else { return [path, file] }
        let sources = program.compileAll().flatMap { $0.tree.entries }.filter {
            [.from, .adapter, .draft].contains($0.instruction)
        }
        let named = program.files.dropFirst().map(\.path) + sources.map(\.value)
        return [path, file] + named.map { $0.hasPrefix("/") ? $0 : Self.join(reading.folder, $0) }
    }
}
