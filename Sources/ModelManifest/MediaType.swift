/// The kinds of layer that Ollama's manifests name.
public struct MediaType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    /// The manifest itself.
    public static let manifest = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    /// The config that a manifest points to.
    public static let config = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")

    /// Weights: a GGUF file.
    public static let model = image("model")
    /// An encoder of pictures or sound beside the model: a GGUF file.
    public static let projector = image("projector")
    /// A LoRA adapter: a GGUF file.
    public static let adapter = image("adapter")
    /// A small model that guesses ahead for the big one: a GGUF file.
    public static let draft = image("draft")
    /// The prompt template, in Go's language.
    public static let template = image("template")
    /// What `template` was called at first.
    public static let prompt = image("prompt")
    public static let system = image("system")
    /// Default options: a JSON object.
    public static let parameters = image("params")
    /// Example turns: a JSON array.
    public static let messages = image("messages")
    public static let license = image("license")
    /// Embeddings of the first versions; ignored.
    public static let embeddings = image("embed")
    /// One tensor of a safetensors model; the descriptor's `name` is the tensor's.
    public static let tensor = image("tensor")
    /// A configuration file of a safetensors model; the descriptor's `name` is the file's.
    public static let json = image("json")

    /// Quern's own: what was measured of the package, the JSON object of `quern measure --format json`. Ollama and registries carry
    /// layers that they do not know along, so it is copied, pushed, pulled and removed with the package.
    public static let quality = MediaType(rawValue: "application/vnd.quern.quality.v1+json")

    private static func image(_ kind: String) -> MediaType { MediaType(rawValue: "application/vnd.ollama.image." + kind) }
}
