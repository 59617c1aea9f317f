import Bytes

/// Finds the Modelfiles below a folder, for commands that take many files.
enum ModelfileSearch {
    /// Folders in folders: deeper ones are nobody's project.
    private static let depthLimit = 32

    /// The files with each folder replaced by the Modelfiles in it, in the order of their names; '-' and files stay.
    ///
    /// - Throws: `BytesError` where a folder cannot be listed.
    static func files(_ given: [String]) throws -> [String] {
        try given.flatMap { path in
            guard path != "-", try FileStatus.ifPresent(path)?.kind == .folder else { return [path] }
            return try modelfiles(in: Folder(path), depth: 0)
        }
    }

    private static func modelfiles(in folder: Folder, depth: Int) throws -> [String] {
        var found: [String] = []
        for name in try folder.names() where !name.hasPrefix(".") {
            let path = folder.path == "." ? name : folder.path(of: name)
            // Links are not followed, so that no folder is walked through twice.
            switch try FileStatus.ifPresent(path, followsLinks: false)?.kind {
            case .folder where depth < depthLimit: found += try modelfiles(in: Folder(path), depth: depth + 1)
            case .regular where isModelfile(name): found.append(path)
            default: continue
            }
        }
        return found
    }

    /// `Modelfile`, `Modelfile.small`, `chat.modelfile`, letter case aside; not `Modelfile.test.yaml`.
    static func isModelfile(_ name: String) -> Bool {
        let name = name.lowercased()
        guard ![".yaml", ".yml", ".json", ".md"].contains(where: name.hasSuffix) else { return false }
        return name == "modelfile" || ["modelfile.", "modelfile-", "modelfile_"].contains(where: name.hasPrefix)
            || name.hasSuffix(".modelfile")
    }
}
