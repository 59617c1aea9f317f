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
        /// - Throws: `invalidChoice` without a pattern or an equals sign, `unknownTensorType`.
        public init(parsing text: String) throws(QuantizationError) {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { throw .invalidChoice(text) }
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
        private let search: Search
        let type: TensorType

        private enum Search {
            /// A recipe names hundreds of tensors; comparing is many times faster than searching.
            case name(String)
            case expression(Regex<AnyRegexOutput>)
        }

        /// - Throws: `invalidPattern` for what is no regular expression.
        init(_ pattern: Pattern) throws(QuantizationError) {
            type = pattern.type
            // Names of tensors are in lower case, and llama-quantize takes patterns so.
            let text = pattern.pattern.lowercased()
            if let name = Self.onlyName(text) {
                search = .name(name)
            } else if let expression = try? Regex(text) {
                search = .expression(expression)
            } else {
                throw .invalidPattern(pattern.pattern)
            }
        }

        func matches(_ name: String) -> Bool {
            switch search {
            case .name(let wanted): name == wanted
            case .expression(let expression): name.firstMatch(of: expression) != nil
            }
        }

        /// The one text that `^...$` finds, where all in between stands for itself.
        private static func onlyName(_ pattern: String) -> String? {
            guard pattern.hasPrefix("^"), pattern.hasSuffix("$"), pattern.count > 2 else { return nil }
            var (name, isEscaped) = ("", false)
            for character in pattern.dropFirst().dropLast() {
                if isEscaped {
                    guard character == "." else { return nil }
                } else if character == "\\" {
                    isEscaped = true
                    continue
                } else if !character.isASCII || !(character.isLetter || character.isNumber || "_-".contains(character)) {
                    return nil
                }
                name.append(character)
                isEscaped = false
            }
            return isEscaped ? nil : name
        }
    }

    /// - Throws: `invalidPattern` for what is no regular expression.
    func compiled() throws(QuantizationError) -> [Compiled] {
        var result: [Compiled] = []
        for pattern in patterns { result.append(try Compiled(pattern)) }
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
