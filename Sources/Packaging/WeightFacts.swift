public import GGUF
public import ModelManifest
import Quantization
import Tensors

/// What a package's config and layers need to know of a GGUF file.
public struct WeightFacts: Sendable, Hashable {
    /// `general.architecture`; `unknown` where it is missing.
    public let architecture: String
    /// Elements of all tensors.
    public let parameterCount: Int
    /// The number of `general.file_type`, where it is there.
    public let fileType: Int?
    public let kind: Kind
    /// Whether encoders for pictures or sound, or layers that guess ahead, lie in the same file as the model.
    public let hasEmbeddedParts: Bool

    public enum Kind: Sendable, Hashable {
        case model, projector, adapter

        public var mediaType: MediaType {
            switch self {
            case .model: .model
            case .projector: .projector
            case .adapter: .adapter
            }
        }
    }

    public init(
        architecture: String, parameterCount: Int, fileType: Int?, kind: Kind = .model, hasEmbeddedParts: Bool = false
    ) {
        (self.architecture, self.parameterCount, self.fileType) = (architecture, parameterCount, fileType)
        (self.kind, self.hasEmbeddedParts) = (kind, hasEmbeddedParts)
    }

    public init(_ file: GGUFFile) { self.init(metadata: file.metadata, tensors: file.tensors) }

    public init(metadata: GGUFMetadata, tensors: [GGUFTensor]) {
        let prefixes = ["a.", "mm.", "mtp.", "s.", "v."]
        self.init(
            architecture: metadata.architecture ?? "unknown",
            parameterCount: tensors.reduce(0) { $0.addingReportingOverflow($1.shape.elementCount).partialValue },
            fileType: metadata.int(GGUFKey.fileType), kind: Self.kind(metadata),
            hasEmbeddedParts: tensors.contains { tensor in prefixes.contains { tensor.name.hasPrefix($0) } })
    }

    /// Ollama's rule for what a file given to FROM is.
    private static func kind(_ metadata: GGUFMetadata) -> Kind {
        let architecture = metadata.architecture ?? "unknown"
        func count(_ key: String) -> Int { metadata.int("\(architecture).\(key)") ?? 0 }
        func flag(_ key: String) -> Bool { metadata.bool("\(architecture).\(key)") ?? false }
        switch metadata.string(GGUFKey.type) {
        case "adapter": return .adapter
        case "projector", "mmproj": return .projector
        default: break
        }
        if count("block_count") > 0 { return .model }
        let isEncoder = architecture == "clip" && (flag("has_vision_encoder") || flag("has_audio_encoder"))
        return isEncoder || count("vision.block_count") > 0 ? .projector : .model
    }

    /// What Ollama puts into the `from` of a layer that was made from a file of that name: nothing for a model, whose file it writes
    /// anew, unless it has parts that would be lost.
    public func origin(fileName: String, as layer: MediaType) -> String? {
        layer == .model && !hasEmbeddedParts ? nil : fileName
    }
}

/// The quantization of a whole file in words: the number of `general.file_type` by name.
public enum FileTypeName {
    static let unknown = "unknown"

    public static func of(_ number: Int?) -> String { number.flatMap { FileType.name(ofNumber: $0) } ?? unknown }

    /// As Ollama writes it into a config: it takes the number 0, which is F32, for a missing one.
    static func inConfig(_ number: Int?) -> String { number == 0 ? unknown : of(number) }
}
