import BuildPipeline
import Bytes
import Diagnostics
import Linting
import ModelService
import ModelTesting
import ModelfileSuperset
import ModelfileSyntax

/// Checks and mends Modelfiles on the disk, each with the settings of its project.
struct FileChecks {
    let models: LocalModels
    let isStrict: Bool
    let superset: SupersetOptions
    /// The settings that were read, by the folder of the Modelfile.
    private(set) var projects: [String: ProjectFile] = [:]
    /// Which settings hold for a file, by its name in messages.
    private var projectOfFile: [String: ProjectFile] = [:]

    init(models: LocalModels, isStrict: Bool, superset: SupersetOptions) {
        (self.models, self.isStrict, self.superset) = (models, isStrict, superset)
    }

    /// What is wrong with a file; nothing where the project leaves it out.
    mutating func check(_ file: String) throws -> [DiagnosedText] {
        let reading = ModelfileReading(path: file)
        let project = try project(of: reading)
        if try project.ignores(file) { return [] }
        let bytes = try reading.bytes()
        if let texts = besides(reading, bytes, project) { return texts }
        return try diagnose(reading, bytes, project, overlay: [:])
    }

    /// What is wrong with a file beside Modelfiles: their tests, or the project's settings; nil for a Modelfile.
    private mutating func besides(_ reading: ModelfileReading, _ bytes: [UInt8], _ project: ProjectFile) -> [DiagnosedText]? {
        let name = reading.path.split(separator: "/").last ?? ""
        // Of the settings the check tells anyway, as of all that it reads.
        if name == ProjectSettings.fileName { return [] }
        guard name.hasSuffix(".test.yaml") || name.hasSuffix(".test.yml") else { return nil }
        let files = FileProvider.folder(reading.folder)
        let source = SourceText(String(decoding: bytes, as: UTF8.self), name: reading.name)
        let diagnostics = TestSuite.read(source) { path in
            (try? files.bytes(path)).map { String(decoding: $0, as: UTF8.self) }
        }.diagnostics
        projectOfFile[reading.name] = project
        return [DiagnosedText(source, diagnostics)]
    }

    /// What mending a file came to.
    struct Mended {
        var texts: [DiagnosedText]
        /// New contents by path.
        var changes: [String: [UInt8]] = [:]
        /// Files that are not text: mending writes text, so their bytes would be lost.
        var unmendable: [String] = []
    }

    /// The file after the first fix-it of every diagnostic, checked again; so are the files that it draws in.
    mutating func mend(_ file: String) throws -> Mended {
        let reading = ModelfileReading(path: file)
        let project = try project(of: reading)
        if try project.ignores(file) { return Mended(texts: []) }
        var bytes = try reading.bytes()
        if let texts = besides(reading, bytes, project) { return Mended(texts: texts) }
        var mended = Mended(texts: try diagnose(reading, bytes, project, overlay: [:]))
        let folder = reading.folder == "." && !file.hasPrefix("./") ? "" : reading.folder + "/"
        // A mend can uncover something else to mend, hardly ever more than once.
        for _ in 0..<4 {
            var isChanged = false
            for (index, text) in mended.texts.enumerated() {
                let fixIts = text.diagnostics.compactMap(\.fixIts.first)
                guard !fixIts.isEmpty else { continue }
                guard !text.diagnostics.contains(where: { $0.rule == .invalidEncoding }) else {
                    if !mended.unmendable.contains(text.source.name) { mended.unmendable.append(text.source.name) }
                    continue
                }
                let fixed = Array(text.source.applying(fixIts).utf8)
                guard fixed != text.source.bytes else { continue }
                isChanged = true
                mended.changes[text.source.name] = fixed
                if index == 0 { bytes = fixed }
            }
            guard isChanged else { break }
            let overlay = mended.changes.filter { $0.key.hasPrefix(folder) }
            mended.texts = try diagnose(
                reading, bytes, project,
                overlay: Dictionary(uniqueKeysWithValues: overlay.map { (String($0.key.dropFirst(folder.count)), $0.value) }))
        }
        return mended
    }

    /// The least severity that fails in a file.
    func threshold(for text: DiagnosedText, given: Diagnostic.Severity?) -> Diagnostic.Severity {
        let settings = projectOfFile[text.source.name]?.settings
        return given ?? (isStrict || settings?.isStrict == true ? .warning : settings?.failureThreshold ?? .error)
    }

    private mutating func project(of reading: ModelfileReading) throws -> ProjectFile {
        if let known = projects[reading.folder] { return known }
        let project = try ProjectFile(above: reading.folder)
        projects[reading.folder] = project
        return project
    }

    /// - Parameter overlay: files whose contents differ from those on the disk, by path from the Modelfile's folder.
    private mutating func diagnose(
        _ reading: ModelfileReading, _ bytes: [UInt8], _ project: ProjectFile, overlay: [String: [UInt8]]
    ) throws -> [DiagnosedText] {
        let disk = FileProvider.folder(reading.folder)
        let provider = FileProvider { path throws(FileProvider.Problem) in
            if let bytes = overlay[path] { return bytes }
            return try disk.bytes(path)
        }
        // Without values from the command line nobody is building, and an ARG may well lack its value.
        let values = try superset.values()
        let tree = ModelfileSyntaxTree(parsing: bytes, name: reading.name)
        let program = ModelfileProgram(tree, arguments: values, isComplete: !values.isEmpty, files: provider)
        try superset.check(program)
        let inspector = SourceInspector(folder: reading.folder, store: models.store)
        let linter = Linter(isStrict: isStrict, settings: project.settings)
        let texts = try linter.check(program, target: superset.target) { inspector.facts(for: $0) }
        for text in texts { projectOfFile[text.source.name] = project }
        return texts
    }
}
