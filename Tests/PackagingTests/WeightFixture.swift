import Bytes
import GGUF
import JSONText
import ModelManifest
import ModelStore
import Packaging
import Tensors
import TestSupport

/// Small GGUF files, and a store to put them into.
struct WeightFixture {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var store: ModelStore { get throws { try ModelStore(root: folder.path + "/models") } }

    static func gguf(
        architecture: String = "llama", fileType: UInt32? = 15, extra: [(String, GGUFValue)] = [],
        tensors: [(String, Int)] = [("token_embd.weight", 64)]
    ) throws -> [UInt8] {
        var metadata = GGUFMetadata()
        metadata[GGUFKey.architecture] = .string(architecture)
        if let fileType { metadata[GGUFKey.fileType] = .uint32(fileType) }
        for (key, value) in extra { metadata[key] = value }
        let layout = try GGUFLayout(
            metadata: metadata, tensors: tensors.map { (name: $0.0, type: TensorType.f32, shape: TensorShape(vector: $0.1)) })
        return layout.header + [UInt8](repeating: 0, count: layout.totalByteCount - layout.header.count)
    }

    /// Puts the weights into the store as a base layer.
    func layer(
        _ bytes: [UInt8], as mediaType: MediaType? = nil, fileName: String = "model.gguf", in session: StoreSession
    ) throws -> BaseLayer {
        let facts = WeightFacts(try GGUFFile(ByteRegion(bytes), name: fileName))
        let mediaType = mediaType ?? facts.kind.mediaType
        let blob = try session.put(bytes)
        return .stored(
            blob.descriptor(mediaType, from: facts.origin(fileName: fileName, as: mediaType)), facts: facts)
    }

    /// Packages weights with `contents` under `name`.
    @discardableResult
    func make(
        _ name: String, weights: [UInt8]? = nil, base: [BaseLayer] = [], _ contents: PackageContents = PackageContents()
    ) throws -> StoredModel {
        let session = try StoreSession(try store)
        let layers = try [layer(weights ?? Self.gguf(), in: session)] + base
        let package = PackageAssembler(base: layers, contents: contents).assemble()
        return try session.commit(try package.store(in: session), as: try ModelName(name))
    }

    /// Packages what FROM `base` and `contents` mean.
    @discardableResult
    func derive(_ name: String, from base: String, _ contents: PackageContents) throws -> StoredModel {
        let store = try store
        let reader = PackageReader(try store.model(try ModelName(base)), in: store)
        let session = try StoreSession(store)
        let package = PackageAssembler(base: try reader.baseLayers(), baseConfig: try reader.config(), contents: contents)
            .assemble()
        return try session.commit(try package.store(in: session), as: try ModelName(name))
    }

    func view(_ name: String) throws -> PackageView {
        let store = try store
        return try PackageView(try store.model(try ModelName(name)), in: store)
    }

    /// The layers of a model by the last word of their types, with their texts; weights have none.
    func layers(_ model: StoredModel) throws -> [(kind: String, text: String)] {
        let store = try store
        return try model.manifest.layers.map { layer in
            let kind = layer.mediaType.rawValue.split(separator: ".").last.map(String.init) ?? ""
            return (kind, ["model", "adapter", "projector", "draft"].contains(kind) ? "" : try store.text(of: layer))
        }
    }
}
