import Bytes
public import ModelManifest

/// Looking models up. Nothing here writes, so a read-only store will do.
extension ModelStore {
    /// Every model, newest first. A manifest that cannot be read is a problem of the listing, not an error.
    public func list() throws(StoreError) -> StoreListing {
        var listing = StoreListing()
        for path in try manifestPaths() {
            do {
                let name = try manifestError(path: path) { () throws(ManifestError) in try ModelName(pathComponents: path) }
                listing.models.append(try readModel(name))
            } catch StoreError.modelNotFound {
                // Removed since the folder was read.
            } catch {
                listing.problems.append(error)
            }
        }
        listing.models.sort { left, right in
            left.modified == right.modified
                ? left.name.description.utf8.lexicographicallyPrecedes(right.name.description.utf8)
                : left.modified > right.modified
        }
        return listing
    }

    /// The model called `name`, in whatever case.
    ///
    /// - Throws: `StoreError.modelNotFound`, `.corruptManifest`.
    public func model(_ name: ModelName) throws(StoreError) -> StoredModel { try readModel(try resolve(name)) }

    /// `name` as the store spells it: a model that is there keeps its spelling, and so do the folders that a new one will share.
    public func resolve(_ name: ModelName) throws(StoreError) -> ModelName {
        let existing = try manifestPaths()
        if existing.contains(name.pathComponents) { return name }
        let folded = name.pathComponents.map { $0.lowercased() }
        // The longest common beginning wins; among equals, the first in the order of the folder.
        for length in stride(from: folded.count, to: 0, by: -1) {
            let wanted = Array(folded.prefix(length))
            for path in existing where path.prefix(length).map({ $0.lowercased() }) == wanted {
                let parts = path.prefix(length) + name.pathComponents.dropFirst(length)
                guard
                    let found = try? ModelName(
                        host: parts[0], namespace: parts[1], model: parts[2], tag: parts[3], scheme: name.scheme)
                else { continue }
                return found
            }
        }
        return name
    }

    /// The manifest's bytes as they are stored.
    public func manifestBytes(of name: ModelName) throws(StoreError) -> [UInt8] {
        do { return try OpenFile.contents(of: path(of: name), limit: Manifest.largestByteCount) } catch {
            throw error.isAbsence ? .modelNotFound(name) : .system(error)
        }
    }

    private func readModel(_ name: ModelName) throws(StoreError) -> StoredModel {
        let path = path(of: name)
        let bytes = try manifestBytes(of: name)
        let manifest: Manifest
        do { manifest = try Manifest(parsing: bytes) } catch { throw .corruptManifest(path: path, error) }
        let status: FileStatus?
        do { status = try FileStatus.ifPresent(path) } catch { throw .system(error) }
        guard let status else { throw .modelNotFound(name) }
        return StoredModel(name: name, manifest: manifest, digest: Digest(of: bytes), modified: status.modified)
    }

    private func manifestError<Result>(
        path: [String], _ body: () throws(ManifestError) -> Result
    ) throws(StoreError) -> Result {
        do { return try body() } catch {
            throw .corruptManifest(path: ([manifestsFolder] + path).joined(separator: "/"), error)
        }
    }

    /// The files exactly four folders deep under `manifests`, as path components, in the folders' order.
    func manifestPaths() throws(StoreError) -> [[String]] {
        var paths: [[String]] = [[]]
        for depth in 1...4 {
            var deeper: [[String]] = []
            for path in paths {
                for name in try names(in: ([manifestsFolder] + path).joined(separator: "/")) { deeper.append(path + [name]) }
            }
            guard depth == 4 else {
                paths = deeper
                continue
            }
            return deeper.filter { path in
                let status = try? FileStatus(path: ([manifestsFolder] + path).joined(separator: "/"))
                return status?.kind != .folder
            }
        }
        return []
    }

    /// What the folder holds; nothing where there is no such folder, or a file instead.
    func names(in folder: String) throws(StoreError) -> [String] {
        do { return try Folder(folder).names() } catch {
            if error.isAbsence { return [] }
            throw .system(error)
        }
    }
}
