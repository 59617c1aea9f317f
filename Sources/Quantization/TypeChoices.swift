import Diagnostics
public import Tensors

/// Types that the user decides, in place of the mix of a file type: llama-quantize's `--tensor-type` and its like.
public struct TypeChoices: Sendable, Equatable {
    /// A type for all tensors in whose name a regular expression is found.
    public struct Pattern: Sendable, Equatable {
        public var pattern: String
        public var type: TensorType

        public init(_ pattern: String, _ type: TensorType) { (self.pattern, self.type) = (pattern, type) }

        /// Reads `PATTERN=TYPE`, split at the first equals sign as llama-quantize does.
        /// - Throws: `invalidPattern` without a pattern or an equals sign, `unknownTensorType`.
        public init(parsing text: String) throws(QuantizationError) {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { throw .invalidPattern(text) }
            self.init(
                String(text[..<equals]), try TypeChoices.tensorType(named: String(text[text.index(after: equals)...])))
        }
    }

    /// The first pattern found in a name decides.
    public var patterns: [Pattern] = []
    public var outputType: TensorType?
    public var tokenEmbeddingType: TensorType?
    /// `output.weight` keeps the type that it has.
    public var leavesOutput = false
    /// No mix: every tensor gets the file type's own type.
    public var isPure = false

    public init() {}

    /// A type that a tensor can be given, by name.
    /// - Throws: `unknownTensorType`, also for types that nothing is converted to.
    public static func tensorType(named name: String) throws(QuantizationError) -> TensorType {
        if let type = TensorType(named: name), RowCodec.knows(type) { return type }
        let names = TensorType.allCases.filter(RowCodec.knows).map(\.name)
        throw .unknownTensorType(
            name: name,
            suggestion: SpellingSuggestion.nearest(to: name, in: names) ?? names.first { $0.hasPrefix(name.uppercased()) })
    }

    /// Reads patterns from a text: `PATTERN=TYPE` as often as wanted, with blanks or line breaks between them, as llama-quantize's
    /// `--tensor-type-file` has them.
    public static func patterns(parsing text: String) throws(QuantizationError) -> [Pattern] {
        var patterns: [Pattern] = []
        for word in text.split(whereSeparator: \.isWhitespace) { patterns.append(try Pattern(parsing: String(word))) }
        return patterns
    }

    /// A pattern that is ready to be searched for.
    struct Compiled {
        let expression: Regex<AnyRegexOutput>
        let type: TensorType

        func matches(_ name: String) -> Bool { name.firstMatch(of: expression) != nil }
    }

    /// - Throws: `invalidPattern` for what is no regular expression.
    func compiled() throws(QuantizationError) -> [Compiled] {
        var result: [Compiled] = []
        for pattern in patterns {
            // Names of tensors are in lower case, and llama-quantize takes patterns so.
            guard let expression = try? Regex(pattern.pattern.lowercased()) else { throw .invalidPattern(pattern.pattern) }
            result.append(Compiled(expression: expression, type: pattern.type))
        }
        return result
    }

    /// The type of an embedding or output that was decided, whatever the shape. A table of embeddings per layer follows the
    /// token embedding unless a pattern names it.
    func decided(_ name: String, _ category: TensorCategory, _ patterns: [Compiled]) -> TensorType? {
        switch category {
        case .tokenEmbedding where name == "per_layer_token_embd.weight" && patterns.contains { $0.matches(name) }: nil
        case .tokenEmbedding: tokenEmbeddingType
        case .output: outputType
        default: nil
        }
    }
}
