import Bytes
import Foundation
import ModelManifest
import ModelStore
import TestSupport

/// A store in a fresh folder, and short ways to put models into it.
struct StoreFixture {
    let folder: TemporaryFolder
    let store: ModelStore

    init(removesOrphans: Bool = true, name: String = "models") throws {
        folder = try TemporaryFolder()
        store = try ModelStore(root: folder.path + "/" + name, removesOrphans: removesOrphans)
    }

    var root: String { store.root }

    /// A model whose layers are texts; its config names it.
    @discardableResult
    func make(_ name: String, layers: [String]) throws -> StoredModel {
        let session = try StoreSession(store)
        return try session.commit(try manifest(in: session, name, layers: layers), as: try ModelName(name))
    }

    func manifest(in session: StoreSession, _ name: String, layers: [String]) throws -> Manifest {
        let config = try session.put(Array("config of \(name)".utf8)).descriptor(.config)
        let descriptors = try layers.map { try session.put(Array($0.utf8)).descriptor(.license) }
        return Manifest(config: config, layers: descriptors)
    }

    /// Everything under the store but `.quern`, by path from the root.
    func files() throws -> [String] { try Self.files(under: root).filter { !$0.hasPrefix(".quern") } }

    static func files(under root: String) throws -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: root) else { return [] }
        return walk.compactMap { $0 as? String }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root + "/" + $0, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    func blobNames() throws -> Set<String> {
        Set(try files().filter { $0.hasPrefix("blobs/") }.map { String($0.dropFirst("blobs/".count)) })
    }

    func write(_ text: String, to path: String) throws {
        let url = URL(fileURLWithPath: root + "/" + path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// Makes everything in `blobs` look untouched for `hours`.
    func age(hours: Int) throws {
        let time = FileTime(seconds: FileTime.now().seconds - hours * 3600)
        for name in try blobNames() { try FileSystem.setModified(root + "/blobs/" + name, to: time) }
    }

    static func blobName(_ text: String) -> String { Digest(of: Array(text.utf8)).fileName }
}
