/// What the disk knows about the texts behind FROM, ADAPTER and DRAFT.
///
/// Linting opens no file. Whoever can (`BuildPipeline`) gathers the facts; without them, as in an editor that has only a text,
/// the rules that need them say nothing.
public struct SourceFacts: Sendable, Hashable {
    /// What a text turned out to name.
    public enum Finding: Sendable, Hashable {
        /// A file or folder.
        case path(ModelTraits)
        /// A model of the store.
        case stored(ModelTraits)
        /// The text looks like a path, and nothing is there; `similar` is written like it and names something that is.
        case absent(path: String, similar: String? = nil)
        /// A model's name that the store does not have: it would be downloaded.
        case remote

        /// What the model or adapter says of itself; nil where nothing is there.
        var traits: ModelTraits? {
            switch self {
            case .path(let traits), .stored(let traits): traits
            case .absent, .remote: nil
            }
        }
    }

    private var findings: [String: Finding]

    public init(_ findings: [String: Finding] = [:]) { self.findings = findings }

    /// What `text` names; nil where nobody has looked.
    public subscript(text: String) -> Finding? {
        get { findings[text] }
        set { findings[text] = newValue }
    }

    /// Whether a file or folder is known to be there.
    func isPath(_ text: String) -> Bool {
        if case .path = findings[text] { true } else { false }
    }
}

/// What a file of weights says of itself, as far as somebody has looked.
public struct ModelTraits: Sendable, Hashable {
    /// Tokens that the model was trained on at once.
    public var trainedContext: Int?
    public var architecture: String?
    /// Numbers in a token's vector; of an adapter, in the vectors that it changes.
    public var embeddingLength: Int?
    /// Layers; of an adapter, up to the last one that it changes.
    public var layerCount: Int?
    /// Whether the file is an adapter; nil where it does not say.
    public var isAdapter: Bool?
    /// The texts of the tokens that end generation by themselves; nil where nobody looked.
    public var endTokens: [String]?
    /// Of a draft: where its vocabulary first differs from that of FROM's model; nil where it does not, or nobody looked.
    public var foreignVocabulary: String?
    /// Stop texts that a package brings along.
    public var stops: [String] = []

    public init(trainedContext: Int? = nil) { self.trainedContext = trainedContext }
}
