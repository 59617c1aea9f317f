import Bytes
public import ModelManifest

/// Ollama's own folder of models, byte for byte, so that both tools can share it:
///
///     <root>/manifests/<host>/<namespace>/<model>/<tag>    one manifest a model
///     <root>/blobs/sha256-<hex>                            what manifests point to
///     <root>/.quern/                                       all that Ollama's rules do not know
///         lock                                             held while names and blobs are put in place or taken away
///         sessions/<id>/                                   what a running `create` is writing and must not lose
///         links/<hex>                                      which blobs are hard links to files of the user
///
/// A blob appears under its name by a rename or a link, complete and on the disk; a manifest appears the same way, after
/// everything that it points to. So a process that is killed leaves either the old model or the new one.
public struct ModelStore: Sendable {
    /// The folder, from the root of the file system; it need not exist before something is written.
    public let root: String
    /// Whether blobs that nothing points to any more are removed (OLLAMA_NOPRUNE switches that off).
    public let removesOrphans: Bool

    public init(root: String, removesOrphans: Bool = true) throws(StoreError) {
        let absolute = try storing { () throws(BytesError) in try FileSystem.absolute(root) }
        var end = absolute.endIndex
        while end > absolute.index(after: absolute.startIndex), absolute[absolute.index(before: end)] == "/" {
            end = absolute.index(before: end)
        }
        self.root = String(absolute[..<end])
        self.removesOrphans = removesOrphans
    }

    /// The store that OLLAMA_MODELS names, or `~/.ollama/models`.
    public init(environment: [String: String]) throws(StoreError) {
        let variables = OllamaEnvironment(environment)
        var root = variables["OLLAMA_MODELS"]
        if root.isEmpty {
            guard let home = environment["HOME"], !home.isEmpty else { throw .noHome }
            root = home + "/.ollama/models"
        }
        try self.init(root: root, removesOrphans: !variables.isOn("OLLAMA_NOPRUNE"))
    }
}

extension ModelStore {
    var manifestsFolder: String { root + "/manifests" }
    var blobsFolder: String { root + "/blobs" }
    /// What only Quern knows: locks, work in progress, caches. Made when something is first written.
    public var privateFolder: String { root + "/.quern" }
    var sessionsFolder: String { privateFolder + "/sessions" }
    var linksFolder: String { privateFolder + "/links" }

    /// Where the blob lies, whether it is there or not.
    public func path(of digest: Digest) -> String { blobsFolder + "/" + digest.fileName }

    /// Where the manifest of exactly this spelling lies, whether it is there or not.
    public func path(of name: ModelName) -> String {
        ([manifestsFolder] + name.pathComponents).joined(separator: "/")
    }

    /// Runs `body` while no other process or thread puts things into the store or takes them out. Short work only; never nested.
    func exclusively<Result: ~Copyable>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        let lock = try writing { () throws(BytesError) in
            try FileSystem.makeFolder(privateFolder)
            let file = try OpenFile.lockFile(privateFolder + "/lock")
            // Where there are no locks, careful order is all there is.
            do throws(BytesError) { try file.lock() } catch { if !error.isLockless { throw error } }
            return file
        }
        let result = try body()
        _ = consume lock
        return result
    }

    /// Runs `body`, telling a full disk and a read-only store from other failures.
    func writing<Result: ~Copyable>(
        needed: Int? = nil, _ body: () throws(BytesError) -> Result
    ) throws(StoreError) -> Result {
        do { return try body() } catch {
            if error.isFullDisk { throw .noSpace(store: root, needed: needed, free: freeByteCount) }
            if error.isDenied { throw .notWritable(store: root, error) }
            throw .system(error)
        }
    }

    var freeByteCount: Int { (try? FileSystem.freeByteCount(at: blobsFolder)) ?? 0 }
}

/// Runs `body` with its errors as the store's.
func storing<Result: ~Copyable>(_ body: () throws(BytesError) -> Result) throws(StoreError) -> Result {
    do { return try body() } catch { throw .system(error) }
}
