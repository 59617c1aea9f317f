import JSONText
public import ModelManifest

/// A package before its texts are in the store: the config, and the layers in the order of the manifest.
public struct AssembledPackage: Sendable, Hashable {
    public let config: ModelConfig
    public let layers: [BaseLayer.Content]
}

/// Puts a package together by Ollama's rules. Pure: the same input gives the same bytes anywhere.
///
/// The layers come in this order: the base's (the model, projectors and whatever else, adapters and the draft last), then
/// template, system, licences, params and messages as far as they are set. A kind that is set again leaves its old place.
public struct PackageAssembler: Sendable {
    /// Weights, or the layers of the model in FROM.
    public var base: [BaseLayer]
    /// The config of the model in FROM; nil for weights from files.
    public var baseConfig: ModelConfig?
    public var contents: PackageContents

    public init(base: [BaseLayer], baseConfig: ModelConfig? = nil, contents: PackageContents) {
        (self.base, self.baseConfig, self.contents) = (base, baseConfig, contents)
    }

    public func assemble() -> AssembledPackage {
        var config = inheritedConfig()
        var contents = contents
        for layer in base {
            guard let facts = layer.facts else { continue }
            if layer.mediaType == .model {
                describe(facts, in: &config)
                ArchitectureDefaults.apply(facts.architecture, to: &config, &contents)
            } else if layer.mediaType == .draft {
                config.draft = ModelConfig.Draft(format: Self.format, architecture: facts.architecture)
            }
        }
        return AssembledPackage(config: config, layers: layers(contents))
    }

    private static let format = "gguf"

    private func inheritedConfig() -> ModelConfig {
        var config = ModelConfig()
        (config.renderer, config.parser, config.requires) = (contents.renderer, contents.parser, contents.requires)
        guard let baseConfig else { return config }
        if config.renderer.isEmpty { config.renderer = baseConfig.renderer }
        if config.parser.isEmpty { config.parser = baseConfig.parser }
        if config.requires.isEmpty { config.requires = baseConfig.requires }
        config.format = baseConfig.format
        config.capabilities = baseConfig.capabilities
        return config
    }

    private func describe(_ facts: WeightFacts, in config: inout ModelConfig) {
        if config.format.isEmpty { config.format = Self.format }
        if config.family.isEmpty { config.family = facts.architecture }
        if config.parameterSize.isEmpty { config.parameterSize = ParameterCountText.of(facts.parameterCount) }
        if config.fileType.isEmpty { config.fileType = FileTypeName.inConfig(facts.fileType) }
        config.families = (config.families ?? []) + [facts.architecture]
    }

    private func layers(_ contents: PackageContents) -> [BaseLayer.Content] {
        var layers = base
        if let template = contents.template, !template.isEmpty {
            layers.removeAll { $0.mediaType == .template }
            layers.append(.template(template))
        }
        if let system = contents.system, !system.isEmpty {
            layers.removeAll { $0.mediaType == .system }
            layers.append(BaseLayer(content: .bytes(.system, Array(system.utf8))))
        }
        layers += contents.licenses.map { BaseLayer(content: .bytes(.license, Array($0.utf8))) }
        let parameters = mergedParameters(contents.parameters)
        if !parameters.isEmpty {
            layers.removeAll { $0.mediaType == .parameters }
            layers.append(.parameters(parameters))
        }
        if !contents.messages.isEmpty {
            layers.removeAll { $0.mediaType == .messages }
            layers.append(BaseLayer(content: .bytes(.messages, LayerText.messages(contents.messages))))
        }
        return layers.map(\.content)
    }

    /// New values win key by key, `stop` as a whole; among base layers the first has its way.
    private func mergedParameters(_ new: JSONObject) -> JSONObject {
        var merged = new
        for layer in base {
            for (key, value) in layer.parameters ?? JSONObject() where merged[key] == nil { merged[key] = value }
        }
        return merged
    }
}

/// What Ollama sets for architectures whose prompts it renders itself, when a Modelfile does not say.
enum ArchitectureDefaults {
    static func apply(_ architecture: String, to config: inout ModelConfig, _ contents: inout PackageContents) {
        guard config.renderer.isEmpty || config.parser.isEmpty else { return }
        let name: String
        switch architecture {
        case "gemma4": name = "gemma4"
        case "laguna": name = "laguna"
        case "nemotron_h", "nemotron_h_moe", "nemotron_h_omni": name = "nemotron-3-nano"
        default: return
        }
        if config.renderer.isEmpty { config.renderer = name }
        if config.parser.isEmpty { config.parser = name }
        if architecture == "gemma4", contents.parameters["stop"] == nil { contents.parameters["stop"] = ["<turn|>"] }
    }
}
