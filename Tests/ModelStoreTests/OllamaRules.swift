import Foundation

/// What Ollama does to a store, written from its documentation and independent of the code under test.
struct OllamaRules {
    let root: String

    private struct Layer: Decodable {
        let mediaType: String
        let digest: String
        let size: Int
    }

    private struct Manifest: Decodable {
        let schemaVersion: Int
        let mediaType: String
        let config: Layer
        let layers: [Layer]
    }

    private var files: FileManager { .default }

    private func children(_ path: String) -> [String] { ((try? files.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    /// The manifests four folders deep, by name.
    private func manifests() throws -> [String: Manifest] {
        var found: [String: Manifest] = [:]
        let top = root + "/manifests"
        for host in children(top) {
            for namespace in children("\(top)/\(host)") {
                for model in children("\(top)/\(host)/\(namespace)") {
                    for tag in children("\(top)/\(host)/\(namespace)/\(model)") {
                        let path = "\(host)/\(namespace)/\(model)/\(tag)"
                        let data = try Data(contentsOf: URL(fileURLWithPath: "\(top)/\(path)"))
                        found[path] = try JSONDecoder().decode(Manifest.self, from: data)
                    }
                }
            }
        }
        return found
    }

    /// Names that `ollama list` shows, with sizes.
    func list() throws -> [String: Int] {
        try manifests().mapValues { manifest in manifest.layers.reduce(manifest.config.size) { $0 + $1.size } }
    }

    /// What the server does when it starts: blobs that nothing names and whatever is no blob, once an hour old.
    func prune() throws {
        let needed = Set(
            try manifests().values.flatMap { $0.layers.map(\.digest) + [$0.config.digest] }
                .map { $0.replacingOccurrences(of: ":", with: "-") })
        for name in children(root + "/blobs") {
            let path = root + "/blobs/" + name
            let modified = try files.attributesOfItem(atPath: path)[.modificationDate] as? Date ?? .now
            if modified.timeIntervalSinceNow > -3600 || needed.contains(name) { continue }
            try files.removeItem(atPath: path)
        }
    }

    /// What `ollama rm` does: the manifest, then at once each of its blobs that no other manifest names.
    func remove(_ path: String) throws {
        guard let removed = try manifests()[path] else { return }
        try files.removeItem(atPath: root + "/manifests/" + path)
        let needed = Set(try manifests().values.flatMap { $0.layers.map(\.digest) + [$0.config.digest] })
        for layer in removed.layers + [removed.config] where !needed.contains(layer.digest) {
            try? files.removeItem(atPath: root + "/blobs/" + layer.digest.replacingOccurrences(of: ":", with: "-"))
        }
    }

    /// Models of which a blob is missing or has the wrong size.
    func broken() throws -> [String] {
        try manifests().filter { _, manifest in
            (manifest.layers + [manifest.config]).contains { layer in
                let path = root + "/blobs/" + layer.digest.replacingOccurrences(of: ":", with: "-")
                return (try? files.attributesOfItem(atPath: path)[.size] as? Int) != layer.size
            }
        }.map(\.key)
    }
}
