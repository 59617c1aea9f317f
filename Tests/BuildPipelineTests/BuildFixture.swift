import BuildPipeline
import Bytes
import GGUF
import ModelManifest
import ModelStore
import ModelfilePlan
import ModelfileSyntax
import Packaging
import Quantization
import Synchronization
import TestSupport
import Testing

/// A folder with small models in it, a store, and a short way from a Modelfile's text to a package.
struct BuildFixture {
    let folder: TemporaryFolder
    let store: ModelStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ModelStore(root: folder.path + "/models")
        try write(.llama(), to: "tiny.gguf")
    }

    var path: String { folder.path }

    func write(_ model: TinyModelFile, to name: String) throws { try folder.write(model.bytes, to: name) }

    func plan(_ modelfile: String) throws -> BuildPlan {
        let (plan, diagnostics) = BuildPlan.make(from: ModelfileSyntaxTree(parsing: Array(modelfile.utf8)))
        return try #require(plan, "\(diagnostics)")
    }

    @discardableResult
    func build(
        _ modelfile: String, as name: String = "made", to fileType: FileType? = nil, mergesAdapters: Bool = false,
        threads: Int? = 1, events: @escaping BuildEvent.Handler = { _ in }
    ) throws -> StoredModel {
        try ModelBuilder(store: store, events: events).build(
            BuildRequest(
                plan: try plan(modelfile), name: try ModelName(name), folder: path, fileType: fileType,
                mergesAdapters: mergesAdapters, threads: threads))
    }

    func view(_ name: String) throws -> PackageView { try PackageView(try store.model(try ModelName(name)), in: store) }

    /// Names of the blobs in the store.
    var blobs: [String] { (try? FileManager.default.contentsOfDirectory(atPath: store.root + "/blobs"))?.sorted() ?? [] }
}

/// Collects what a build says.
final class EventLog: Sendable {
    private let events = Mutex<[BuildEvent]>([])
    var handler: BuildEvent.Handler { { event in self.events.withLock { $0.append(event) } } }
    var statuses: [String] {
        events.withLock { $0.compactMap { if case .status(let text) = $0 { text } else { nil } } }
    }
    var warnings: [String] {
        events.withLock { $0.compactMap { if case .warning(let text) = $0 { text } else { nil } } }
    }
    var progress: [(completed: Int, total: Int)] {
        events.withLock {
            $0.compactMap { if case .progress(_, let completed, let total) = $0 { (completed, total) } else { nil } }
        }
    }
}
