import GGUF
public import ModelManifest

/// The model in a few words, as `show` and the API's `details` have it.
public struct ModelDetails: Sendable, Hashable {
    public var parentModel = ""
    public var format = ""
    public var family = ""
    public var families: [String]?
    public var parameterSize = ""
    public var quantizationLevel = ""
    /// In tokens, where it is known.
    public var contextLength: Int?
    /// In elements, where it is known.
    public var embeddingLength: Int?

    public init() {}

    /// Of a GGUF file by itself.
    public init(family: String) { (format, self.family, families) = ("gguf", family, [family]) }

    /// As a config has it.
    public init(_ config: ModelConfig) {
        (format, family, families) = (config.format, config.family, config.families)
        (parameterSize, quantizationLevel) = (config.parameterSize, config.fileType)
        if config.contextLength > 0 { contextLength = config.contextLength }
        if config.embeddingLength > 0 { embeddingLength = config.embeddingLength }
    }
}

extension PackageView {
    public var details: ModelDetails {
        var details = ModelDetails(config)
        details.parentModel = parent ?? ""
        if let metadata = weights?.file.metadata {
            // Ollama's configs say "unknown" of F32; the file itself knows better.
            if details.quantizationLevel.isEmpty || details.quantizationLevel == FileTypeName.unknown {
                details.quantizationLevel = FileTypeName.of(metadata.int(GGUFKey.fileType))
            }
            let architecture = metadata.architecture ?? ""
            details.contextLength = metadata.int(GGUFKey.contextLength(architecture)) ?? details.contextLength
            details.embeddingLength = metadata.int(GGUFKey.embeddingLength(architecture)) ?? details.embeddingLength
        }
        return details
    }
}
