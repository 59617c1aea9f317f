import JSONText

/// `POST /v1/completions`
public struct CompletionRequest: Sendable {
    public var settings: ReplySettings
    public var prompt: String
    public var suffix: String
    public var includesUsage: Bool

    public static let fields = [
        "model", "prompt", "suffix", "frequency_penalty", "max_tokens", "presence_penalty", "seed", "stop", "stream",
        "stream_options", "temperature", "top_p", "logprobs", "echo", "best_of", "n", "logit_bias", "user", "_debug_render_only",
    ]

    public init(_ reader: RequestReader) throws(RequestError) {
        settings = ReplySettings(model: try reader.string("model"))
        settings.streams = try reader.flag("stream") ?? false
        settings.options = try reader.openAIOptions()
        settings.rendersOnly = try reader.flag("_debug_render_only") ?? false
        prompt = try reader.string("prompt")
        suffix = try reader.string("suffix")
        includesUsage = try reader.fields("stream_options").flag("include_usage") ?? false
    }
}

/// `POST /v1/embeddings`
public struct OpenAIEmbedRequest: Sendable {
    public var model: String
    public var input: [String]
    public var dimensions: Int
    /// Vectors as base64 of single-precision numbers, the lowest byte first.
    public var isBase64: Bool

    public static let fields = ["input", "model", "dimensions", "encoding_format", "user"]

    public init(_ reader: RequestReader) throws(RequestError) {
        model = try reader.string("model")
        dimensions = try reader.integer("dimensions") ?? 0
        let format = try reader.string("encoding_format")
        isBase64 = format.lowercased() == "base64"
        guard isBase64 || ["", "float"].contains(format.lowercased()) else {
            throw RequestError(
                "Invalid value for 'encoding_format' = \(format). Supported values: ['float', 'base64'].")
        }
        switch reader.value("input") {
        // An empty text is a text here.
        case .string(let text)?: input = [text]
        case .array(let texts)? where !texts.isEmpty: input = try reader.strings("input") ?? []
        default: throw RequestError("invalid input")
        }
    }
}
