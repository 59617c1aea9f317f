import APITypes
import Bytes
import GGUF
import ModelManifest
import ModelStore

/// Blobs that were sent ahead, under the names that a request gives them.
struct UploadedFiles: Sendable {
    enum Kind: Sendable { case none, gguf, safetensors }

    let kind: Kind
    private let files: [(name: String, digest: Digest)]
    fileprivate let store: ModelStore

    var count: Int { files.count }

    /// - Parameter named: names below a folder, and digests.
    /// - Throws: `RequestError` for a digest that is none, a blob that is not there, or files of no known kind.
    init(_ named: [(name: String, text: String)], in store: ModelStore) throws {
        self.store = store
        files = try named.map { name, text in
            guard let digest = try? Digest(text) else { throw RequestError("invalid digest format") }
            guard try store.hasBlob(digest) else { throw RequestError("blob \"\(text)\" not found") }
            return (name, digest)
        }
        kind = try Self.kind(of: files, in: store)
    }

    /// Names tell, and where they do not, the first bytes.
    private static func kind(of files: [(name: String, digest: Digest)], in store: ModelStore) throws -> Kind {
        if files.isEmpty { return .none }
        if files.contains(where: { $0.name.hasSuffix(".safetensors") }) { return .safetensors }
        for (_, digest) in files {
            let region = try ByteRegion.mapping(store.path(of: digest))
            guard GGUFFile.hasMagic(region.part(0..<min(4, region.count))?.bytes() ?? []) else {
                throw RequestError(
                    files.contains { $0.name.hasSuffix(".gguf") } ? "supplied file was not in GGUF format" : "unknown type")
            }
        }
        return .gguf
    }

    /// A GGUF file is read where it lies; shards and checkpoints are found by their names.
    fileprivate var needsNames: Bool {
        kind == .safetensors || files.contains { $0.name.wholeMatch(of: /.*-[0-9]{5}-of-[0-9]{5}\.gguf/) != nil }
    }

    fileprivate var inOrder: [(name: String, digest: Digest)] {
        files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

/// A folder of the store's own in which blobs have their names back, for as long as a build takes.
final class UploadFolder {
    let path: String
    private var files: [String] = []
    private var folders: [String]

    init(in store: ModelStore) throws {
        path = store.privateFolder + "/uploads/" + String(UInt64.random(in: 0 ... .max), radix: 36)
        folders = [path]
        try FileSystem.makeFolder(path)
    }

    /// Makes files available to a build; returns what its plan names.
    func place(_ uploads: UploadedFiles, as purpose: String) throws -> [String] {
        guard uploads.needsNames else { return uploads.inOrder.map { uploads.store.path(of: $0.digest) } }
        let folder = path + "/" + purpose
        for (name, digest) in uploads.inOrder {
            let target = folder + "/" + name
            try makeFolders(above: target)
            files.append(target)
            try FileSystem.link(uploads.store.path(of: digest), to: target)
        }
        return [folder]
    }

    private func makeFolders(above file: String) throws {
        guard let slash = file.lastIndex(of: "/") else { return }
        let folder = String(file[..<slash])
        var missing = folder
        while missing.utf8.count > path.utf8.count, !folders.contains(missing), let end = missing.lastIndex(of: "/") {
            folders.append(missing)
            missing = String(missing[..<end])
        }
        try FileSystem.makeFolder(folder)
    }

    func remove() {
        for file in files { try? FileSystem.removeFile(file) }
        for folder in folders.sorted(by: { $0.utf8.count > $1.utf8.count }) { _ = try? FileSystem.removeFolderIfEmpty(folder) }
    }
}
