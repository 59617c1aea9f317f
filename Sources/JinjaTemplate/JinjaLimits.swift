/// How much a template may ask for. A template comes with a model from anywhere, so it is run as hostile code.
public struct JinjaLimits: Sendable {
    /// Bytes of template text that are parsed at all.
    public var sourceBytes: Int
    /// How deep blocks, brackets and operators may nest in the text.
    public var nesting: Int
    /// Work of one rendering: one for each node that runs, one for every 64 bytes of text and every 4 elements that are made.
    public var steps: Int
    /// Bytes that one rendering may write, and that one text may grow to.
    public var outputBytes: Int
    /// Elements that one list may grow to.
    public var elements: Int
    /// How deep running nodes and macros may nest.
    public var depth: Int
    /// How deep values may nest in values.
    public var valueDepth: Int

    public init(
        sourceBytes: Int = 1 << 20, nesting: Int = 120, steps: Int = 4_000_000, outputBytes: Int = 16 << 20,
        elements: Int = 500_000, depth: Int = 400, valueDepth: Int = 200
    ) {
        self.sourceBytes = sourceBytes
        self.nesting = nesting
        self.steps = steps
        self.outputBytes = outputBytes
        self.elements = elements
        self.depth = depth
        self.valueDepth = valueDepth
    }

    public static let `default` = JinjaLimits()
}
