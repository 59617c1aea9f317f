public import GGUF
public import ModelManifest
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

/// Names of the numbers of `general.file_type`. Source: llama.cpp's `llama_ftype` (include/llama.h).
public enum FileTypeName {
    private static let names: [Int: String] = [
        0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
        13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
        21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
        29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4_MOE", 39: "NVFP4", 40: "Q1_0",
    ]

    static let unknown = "unknown"

    public static func of(_ number: Int?) -> String { number.flatMap { names[$0] } ?? unknown }

    /// As Ollama writes it into a config: it takes the number 0, which is F32, for a missing one.
    static func inConfig(_ number: Int?) -> String { number == 0 ? unknown : of(number) }
}
