/// How much a template may ask for. A template comes with a model from anywhere, so it is run as hostile code.
public struct TemplateLimits: Sendable {
    /// Bytes of template text that are parsed at all.
    public var sourceBytes: Int
    /// How deep blocks and parentheses may nest in the text.
    public var nesting: Int
    /// Work of one rendering: one for each node that runs, one for every 64 bytes written and every 16 that a function reads or
    /// makes.
    public var steps: Int
    /// Bytes that one rendering may write, and that one value may grow to.
    public var outputBytes: Int
    /// How deep running blocks, parentheses and invoked templates may nest.
    public var depth: Int

    public init(
        sourceBytes: Int = 1 << 20, nesting: Int = 200, steps: Int = 4_000_000, outputBytes: Int = 64 << 20, depth: Int = 400
    ) {
        self.sourceBytes = sourceBytes
        self.nesting = nesting
        self.steps = steps
        self.outputBytes = outputBytes
        self.depth = depth
    }

    public static let `default` = TemplateLimits()
}
