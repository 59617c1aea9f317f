/// What the disk knows about the texts behind FROM, ADAPTER and DRAFT.
///
/// Linting opens no file. Whoever can (`BuildPipeline`) gathers the facts; without them, as in an editor that has only a text,
/// the rules that need them say nothing.
public struct SourceFacts: Sendable, Hashable {
    /// What a text turned out to name.
    public enum Finding: Sendable, Hashable {
        /// A file or folder. For a model's weights, the number of tokens that it was trained on at once.
        case path(trainedContext: Int?)
        /// A model of the store.
        case stored(trainedContext: Int?)
        /// The text looks like a path, and nothing is there.
        case absent(path: String)
        /// A model's name that the store does not have: it would be downloaded.
        case remote
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
