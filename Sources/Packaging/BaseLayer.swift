public import JSONText
public import ModelManifest

/// A layer that a package starts from: weights that were given, or a layer of the model named in FROM.
public struct BaseLayer: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// A blob of the store.
        case stored(Descriptor)
        /// Bytes that are to become one.
        case bytes(MediaType, [UInt8])
    }

    public var content: Content
    /// Of a GGUF file.
    public var facts: WeightFacts?
    /// What a params layer holds.
    public var parameters: JSONObject?

    public var mediaType: MediaType {
        switch content {
        case .stored(let descriptor): descriptor.mediaType
        case .bytes(let mediaType, _): mediaType
        }
    }

    /// A GGUF file in the store, or, with `facts` nil, a layer of any other kind.
    public static func stored(_ descriptor: Descriptor, facts: WeightFacts? = nil) -> BaseLayer {
        BaseLayer(content: .stored(descriptor), facts: facts)
    }

    /// A template that was recognised from the weights' own; TEMPLATE replaces it.
    public static func template(_ text: String) -> BaseLayer { BaseLayer(content: .bytes(.template, Array(text.utf8))) }

    /// Parameters that belong to such a template; PARAMETER overrides them one by one.
    public static func parameters(_ parameters: JSONObject) -> BaseLayer {
        BaseLayer(content: .bytes(.parameters, LayerText.parameters(parameters)), parameters: parameters)
    }
}
