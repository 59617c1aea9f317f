import JSONText
import ModelManifest
import TestSupport
import Testing

/// A folder with a tiny model in it, the program, and short ways to look into the store that it fills.
struct Workbench {
    let folder: TemporaryFolder
    var quern: QuernProcess

    /// The sample chat model's folder.
    static let sample = SharedData.packageRoot.appendingPathComponent("Samples/chat")
    static var sampleModelfile: String { sample.appendingPathComponent("Modelfile").path }

    init() throws {
        folder = try TemporaryFolder()
        quern = QuernProcess(in: folder)
        try write(.llama(), to: "tiny.gguf")
    }

    func write(_ model: TinyModelFile, to name: String) throws { try folder.write(model.bytes, to: name) }
    func write(_ text: String, to name: String) throws { try folder.write(Array(text.utf8), to: name) }

    /// Creates a model of a Modelfile's text.
    @discardableResult
    func create(_ name: String, _ modelfile: String, _ options: String...) throws -> QuernProcess.Result {
        try quern.run(["create", name, "-f", "-"] + options, input: modelfile)
    }

    /// Creates the sample chat model.
    func createSample(_ name: String = "chat", _ options: String...) throws {
        let result = try quern.run(["create", name, "-f", Self.sampleModelfile] + options)
        try #require(result.exitCode == 0, "\(result.errors)")
    }

    func manifest(_ name: String) throws -> Manifest {
        let path = (["manifests"] + (try ModelName(name)).pathComponents).joined(separator: "/")
        return try Manifest(parsing: [UInt8](try Data(contentsOf: quern.store.appendingPathComponent(path))))
    }

    func digests(_ name: String, of mediaType: MediaType) throws -> [Digest] {
        try manifest(name).layers(of: mediaType).map(\.digest)
    }

    /// `show --format json` of a model.
    func show(_ name: String, _ options: String...) throws -> JSONValue {
        let result = try quern.run(["show", name, "--format", "json"] + options)
        try #require(result.exitCode == 0, "\(result.errors)")
        return try JSONValue(parsing: result.output)
    }

    /// Names in the store's folder of blobs.
    var blobs: [String] { Self.names(in: quern.store.appendingPathComponent("blobs")) }

    /// What sessions of the program left lying about.
    var leftovers: [String] { Self.names(in: quern.store.appendingPathComponent(".quern/sessions")) }

    /// The names that `list` shows.
    var listed: [String] {
        get throws {
            let result = try quern.run("list", "--format", "json")
            try #require(result.exitCode == 0 && result.errors.isEmpty, "\(result.errors)")
            return try JSONValue(parsing: result.output)["models"]?.array?.compactMap { $0["name"]?.string } ?? []
        }
    }

    static func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }
}
