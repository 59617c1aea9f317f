public import GGUF
public import ModelManifest
public import ModelStore

/// Why layers cannot be made into a package, or a package cannot be read.
public enum PackagingError: Error, CustomStringConvertible {
    /// A layer of the model named in FROM cannot be used.
    case unusableLayer(model: ModelName, layer: MediaType, reason: StoreError)
    /// A layer that should be a GGUF file and is none that can be read.
    case unreadableWeights(model: ModelName, layer: MediaType, reason: GGUFError)
    /// A params or messages layer that is not the JSON it must be.
    case malformedLayer(model: ModelName, layer: MediaType, problem: String)
    /// A text that no Modelfile can hold.
    case unprintable(model: ModelName, problem: String)
    /// The model asks for a newer Ollama than the one whose behaviour Quern has.
    case requiresNewer(model: ModelName, version: String)
    case store(StoreError)

    public var description: String {
        switch self {
        case .unusableLayer(let model, let layer, let reason): "model '\(model.shortest)': \(Self.kind(layer)) layer: \(reason)"
        case .unreadableWeights(let model, let layer, let reason): "model '\(model.shortest)': \(Self.kind(layer)) layer: \(reason)"
        case .malformedLayer(let model, let layer, let problem): "model '\(model.shortest)': \(Self.kind(layer)) layer: \(problem)"
        case .unprintable(let model, let problem): "model '\(model.shortest)': \(problem)"
        case .requiresNewer(let model, let version):
            "model '\(model.shortest)' requires Ollama \(version) or newer; this is \(OllamaLevel.version)"
        case .store(let error): error.description
        }
    }

    /// The last word of the media type: `model`, `params`.
    private static func kind(_ layer: MediaType) -> String {
        String(layer.rawValue.split(separator: ".").last.map(String.init) ?? layer.rawValue)
    }
}
