public import Bytes
public import ModelManifest

/// Taking things away.
extension ModelStore {
    /// Removes the model and the blobs that nothing else needs. A model whose manifest is corrupt can be removed too.
    ///
    /// - Returns: The name as the store spelled it.
    /// - Throws: `StoreError.modelNotFound`, `.notWritable`.
    @discardableResult
    public func remove(_ name: ModelName) throws(StoreError) -> ModelName {
        // Without this, asking for a model that is not there would make the store's folders.
        guard try fileExists(path(of: resolve(name))) else { throw .modelNotFound(name) }
        return try exclusively { () throws(StoreError) in
            let name = try resolve(name)
            guard try fileExists(path(of: name)) else { throw .modelNotFound(name) }
            try sweepSessions()
            let digests = try digests(inManifestOf: name)
            try writing { () throws(BytesError) in try FileSystem.removeFile(path(of: name)) }
            removeEmptyFolders(above: name)
            if removesOrphans { try removeOrphans(among: digests) }
            return name
        }
    }

    private func fileExists(_ path: String) throws(StoreError) -> Bool {
        try storing { () throws(BytesError) in try FileStatus.ifPresent(path, followsLinks: false) } != nil
    }

    /// What a manifest names; of one that cannot be parsed, everything in it that looks like a digest.
    func digests(inManifestOf name: ModelName) throws(StoreError) -> Set<Digest> {
        let bytes: [UInt8]
        do { bytes = try manifestBytes(of: name) } catch {
            if error == .modelNotFound(name) { return [] }
            throw error
        }
        return Self.digests(in: bytes).found
    }

    private static func digests(in bytes: [UInt8]) -> (found: Set<Digest>, error: ManifestError?) {
        do { return (Set(try Manifest(parsing: bytes).descriptors.map(\.digest)), nil) } catch {
            return (DigestScanner.digests(in: bytes), error)
        }
    }

    /// Removes those of `digests` that no manifest needs. What a running session holds is left to the end of that session, which
    /// may have given it to a model by then.
    func removeOrphans(among digests: Set<Digest>) throws(StoreError) {
        if digests.isEmpty { return }
        let needed = try references().digests
        let holders = try holders()
        for digest in digests where !needed.contains(digest) {
            guard let sessions = holders[digest] else {
                try removeBlob(digest)
                continue
            }
            for session in sessions { try leave(digest, to: session) }
        }
    }

    private func removeBlob(_ digest: Digest) throws(StoreError) {
        let path = path(of: digest)
        try writing { () throws(BytesError) in
            do throws(BytesError) { try FileSystem.removeFile(path) } catch { if !error.isAbsence { throw error } }
        }
        forgetLink(digest)
    }

    /// Everything that manifests point to. The store must be locked.
    private func references() throws(StoreError) -> (digests: Set<Digest>, problems: [StoreError]) {
        var digests: Set<Digest> = []
        var problems: [StoreError] = []
        for components in try manifestPaths() {
            let path = ([manifestsFolder] + components).joined(separator: "/")
            let bytes: [UInt8]
            do { bytes = try OpenFile.contents(of: path, limit: Manifest.largestByteCount) } catch {
                problems.append(.system(error))
                continue
            }
            let (found, error) = Self.digests(in: bytes)
            if let error { problems.append(.corruptManifest(path: path, error)) }
            // Later Ollamas keep the manifest itself as a blob too.
            digests.formUnion(found)
            digests.insert(Digest(of: bytes))
        }
        return (digests, problems)
    }

    private func removeEmptyFolders(above name: ModelName) {
        var components = name.pathComponents
        while components.count > 1 {
            components.removeLast()
            let folder = ([manifestsFolder] + components).joined(separator: "/")
            guard (try? FileSystem.removeFolderIfEmpty(folder)) == true else { return }
        }
    }
}

/// Finds `sha256:` and 64 hexadecimal digits in any bytes: what a broken manifest may still point to.
enum DigestScanner {
    static func digests(in bytes: [UInt8]) -> Set<Digest> {
        let prefix = Array("sha256".utf8)
        let length = prefix.count + 1 + 64
        var found: Set<Digest> = []
        var position = 0
        while position + length <= bytes.count {
            if bytes[position] == prefix[0], bytes[position...].starts(with: prefix),
                let digest = try? Digest(String(decoding: bytes[position..<position + length], as: UTF8.self))
            {
                found.insert(digest)
                position += length
            } else {
                position += 1
            }
        }
        return found
    }
}

/// What a prune did.
public struct PruneReport: Sendable, Equatable {
    public var removed: [Digest] = []
    /// In bytes.
    public var freed = 0
    /// Why nothing was removed: manifests that could not be read.
    public var problems: [StoreError] = []
}

extension ModelStore {
    /// Blobs younger than this may belong to somebody who has not written the manifest yet, in seconds.
    static let graceSeconds = 3600

    /// Removes blobs that nothing needs and that are older than an hour, temporary files that Ollama left behind as long ago, and
    /// what dead sessions of Quern left. Ollama's partial downloads stay. Nothing at all is removed while a manifest is corrupt,
    /// for it may be the one that needs the blob.
    @discardableResult
    public func prune(now: FileTime = .now()) throws(StoreError) -> PruneReport {
        var report = PruneReport()
        guard try fileExists(blobsFolder) else { return report }
        return try exclusively { () throws(StoreError) in
            try sweepSessions()
            let (pointedTo, problems) = try references()
            let needed = try pointedTo.union(holders().keys)
            report.problems = problems
            if !problems.isEmpty { return report }
            for name in try names(in: blobsFolder) {
                let path = blobsFolder + "/" + name
                guard let status = try? FileStatus(path: path, followsLinks: false), status.kind == .regular,
                    now.seconds - status.modified.seconds >= Self.graceSeconds
                else { continue }
                if let digest = try? Digest(name) {
                    if needed.contains(digest) { continue }
                    try removeBlob(digest)
                    report.removed.append(digest)
                    report.freed += status.size
                } else if Self.isTemporary(name) {
                    try writing { () throws(BytesError) in try FileSystem.removeFile(path) }
                    report.freed += status.size
                }
            }
            return report
        }
    }

    /// Whether Ollama, or Quern where it had to, gave the name to a temporary file: `sha256-` and a decimal number.
    private static func isTemporary(_ name: String) -> Bool {
        guard name.hasPrefix("sha256-"), name.count < 40 else { return false }
        let digits = name.dropFirst("sha256-".count)
        return !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
