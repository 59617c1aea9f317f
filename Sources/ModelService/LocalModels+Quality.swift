import JSONText
import ModelManifest
public import ModelStore

extension LocalModels {
    /// Gives a package a report, in place of the one that it has. The rest of its manifest stays as it is; the same report gives the
    /// same manifest.
    ///
    /// - Throws: `ServiceError.noPackage` for a file by itself, `StoreError`.
    public func attachQuality(_ report: [UInt8], to text: String) throws -> StoredModel {
        guard case .stored(let model) = try reference(text) else { throw ServiceError.noPackage(text) }
        let session = try StoreSession(store)
        let held = try model.manifest.descriptors.filter { $0.mediaType != .quality }.map { try session.adopt($0) }
        let blob = try session.put(report)
        let bytes = try Self.adding(blob.descriptor(.quality), to: try store.manifestBytes(of: model.name))
        return try withExtendedLifetime(held) { try session.commit(bytes: bytes, as: model.name) }
    }

    /// - Throws: `ServiceError.noPackage` for a file by itself, `StoreError.modelNotFound`.
    public func checkTakesQuality(_ text: String) throws {
        guard case .stored = try reference(text) else { throw ServiceError.noPackage(text) }
    }

    /// The report that travels with a package; nil where there is none.
    public func quality(of text: String) throws -> [UInt8]? {
        guard case .stored(let model) = try reference(text), let layer = model.manifest.layers(of: .quality).last else {
            return nil
        }
        return try store.bytes(of: layer, limit: 64 << 20)
    }

    /// The manifest with another layer, its own members in their order and as they were written.
    private static func adding(_ layer: Descriptor, to manifest: [UInt8]) throws -> [UInt8] {
        var document = try JSONValue(
            parsing: manifest, limits: JSONLimits(byteCount: Manifest.largestByteCount, allowsDuplicateKeys: true))
        guard var object = document.object else { return manifest }
        let layers = (object["layers"]?.array ?? []).filter { $0["mediaType"]?.string != MediaType.quality.rawValue }
        let added: JSONValue = [
            "mediaType": .string(layer.mediaType.rawValue), "digest": .string(layer.digest.description),
            "size": .number(JSONNumber(layer.size)),
        ]
        object["layers"] = .array(layers + [added])
        document = .object(object)
        return document.bytes(.go) + (manifest.last == UInt8(ascii: "\n") ? [UInt8(ascii: "\n")] : [])
    }
}
