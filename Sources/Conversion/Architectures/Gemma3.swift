import GGUF

/// Gemma3ForConditionalGeneration: Gemma 3 with an image encoder, which is left out; what is written is the text model.
struct Gemma3: CheckpointArchitecture {
    static let className = "Gemma3ForConditionalGeneration"
    static let ggufName = Gemma3Text.ggufName

    let text: Gemma3Text

    init(_ config: CheckpointConfig) throws(ConversionError) {
        guard let textConfig = try config.optionalObject("text_config") else {
            throw config.error("text_config", found: "missing", wanted: "an object")
        }
        text = try Gemma3Text(textConfig)
    }

    var vocabularySize: Int { text.vocabularySize }
    var warnings: [String] { text.warnings + ["the image encoder is left out"] }

    func write(to metadata: inout GGUFMetadata) { text.write(to: &metadata) }

    var tensorRules: [TensorRule] { text.tensorRules }
    var ignoredTensors: Set<String> { text.ignoredTensors }

    /// The text model is a module of its own, which the releases of transformers put in different places.
    func canonicalName(_ name: String) -> String {
        for (prefix, replacement) in [
            ("model.language_model.", "model."), ("language_model.model.", "model."), ("language_model.lm_head.", "lm_head."),
        ] where name.hasPrefix(prefix) {
            return replacement + name.dropFirst(prefix.count)
        }
        return name
    }

    var ignoredPrefixes: [String] {
        ["vision_tower.", "multi_modal_projector."].flatMap { [$0, "model." + $0] }
    }
}
