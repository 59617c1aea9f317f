/// `POST /api/tokenize` and `/api/detokenize`, Quern's own: one has a text, the other tokens.
public struct TokenRequest: Sendable {
    public var model: String
    public var text: String
    public var tokens: [Int]

    public static let fields = ["model", "text", "content", "tokens"]

    public init(_ reader: RequestReader) throws(RequestError) {
        model = try reader.string("model")
        // llama.cpp's server calls it content.
        let text = try reader.string("text")
        self.text = text.isEmpty ? try reader.string("content") : text
        tokens = try reader.integers("tokens") ?? []
    }
}
