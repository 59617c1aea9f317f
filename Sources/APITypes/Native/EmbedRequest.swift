public import JSONText
public import ModelManifest

/// `POST /api/embed`
public struct EmbedRequest: Sendable {
    public var model: String
    /// Empty where there is nothing to embed and the model is only to be loaded.
    public var input: [String]
    public var keepAlive: KeepAlive?
    public var truncates: Bool
    public var dimensions: Int
    public var options: JSONObject

    public static let fields = ["model", "input", "keep_alive", "truncate", "dimensions", "options"]

    public init(_ reader: RequestReader) throws(RequestError) {
        model = try reader.string("model")
        input = try Self.texts(reader.value("input"))
        keepAlive = try reader.keepAlive()
        truncates = try reader.flag("truncate") ?? true
        dimensions = try reader.integer("dimensions") ?? 0
        options = try reader.object("options") ?? JSONObject()
    }

    /// An empty text by itself is nothing; one in a list is a text.
    private static func texts(_ value: JSONValue?) throws(RequestError) -> [String] {
        switch value {
        case nil: return []
        case .string(let text)?: return text.isEmpty ? [] : [text]
        case .array(let elements)?:
            var texts: [String] = []
            for element in elements {
                guard let text = element.string else { throw RequestError("invalid input type") }
                texts.append(text)
            }
            return texts
        case .some: throw RequestError("invalid input type")
        }
    }
}

/// `POST /api/embeddings`, the form before `/api/embed`.
public struct LegacyEmbeddingRequest: Sendable {
    public var model: String
    public var prompt: String
    public var keepAlive: KeepAlive?
    public var options: JSONObject

    public static let fields = ["model", "prompt", "keep_alive", "options"]

    public init(_ reader: RequestReader) throws(RequestError) {
        model = try reader.string("model")
        prompt = try reader.string("prompt")
        keepAlive = try reader.keepAlive()
        options = try reader.object("options") ?? JSONObject()
    }
}
