public import GGUF

/// Turns text into a model's tokens and back, by the rules in the model's metadata.
///
/// The same ids as llama.cpp gives, for every tokenizer model but those it refuses; where llama.cpp loses text (bytes that are not
/// UTF-8) or fails, Quern keeps the text. A tokenizer is immutable: any number of threads may use it at once.
///
/// ```swift
/// let file = try GGUFFile(path: "model.gguf")
/// let tokenizer = try Tokenizer(metadata: file.metadata)
/// let ids = tokenizer.encode("Why is the sky blue?")
/// ```
public final class Tokenizer: Sendable {
    public let vocabulary: Vocabulary
    /// Whether text begins with the BOS token unless the caller says otherwise.
    public let addsBOS: Bool
    /// Whether text ends with the EOS token (in the BERT family: `[SEP]`) unless the caller says otherwise.
    public let addsEOS: Bool

    let algorithm: Algorithm
    let splitter: SpecialTokenSplitter

    enum Algorithm: Sendable {
        case bytePairs(BytePairModel, PreTokenizer)
        /// Byte pairs between white space; whether in lower case.
        case whiteSpacedBytePairs(BytePairModel, PreTokenizer, lowercases: Bool)
        /// SentencePiece; whether a space goes before text.
        case sentencePiece(SentencePieceMerging, addsSpaceBefore: Bool)
        case wordPiece(WordPieceModel)
        case unigram(UnigramModel, addsSpaceBefore: Bool)
    }

    /// - Throws: `TokenizationError` when the metadata names no tokenizer, one that is not supported, or lists that do not fit.
    public init(metadata: GGUFMetadata) throws(TokenizationError) {
        guard let name = metadata.string(GGUFKey.tokenizerModel) else { throw .noTokenizer }
        guard let model = TokenizerModel(rawValue: name) else { throw .unsupportedModel(name) }
        let preTokenizer = try Self.preTokenizer(model, metadata)
        var defaults = model.defaultTokens
        if preTokenizer?.traits.hasNoDefaultBeginning == true { defaults.beginning = nil }
        let vocabulary = try Vocabulary(metadata: metadata, defaults: defaults)
        algorithm = try Self.algorithm(model, vocabulary, preTokenizer, metadata)
        splitter = SpecialTokenSplitter(vocabulary)
        self.vocabulary = vocabulary

        let traits = preTokenizer?.traits ?? PreTokenizer.Traits()
        addsBOS =
            switch model {
            case .bert: true
            case .llama: metadata.bool(GGUFKey.addBOS) ?? true
            case .gpt2, .gemma4, .whitespace, .t5: traits.isGemma4 || metadata.bool(GGUFKey.addBOS) ?? traits.addsBeginning
            }
        addsEOS = model == .bert || metadata.bool(GGUFKey.addEOS) ?? (model == .t5)
    }

    private static func preTokenizer(
        _ model: TokenizerModel, _ metadata: GGUFMetadata
    ) throws(TokenizationError) -> PreTokenizer? {
        switch model {
        case .gpt2, .whitespace: try PreTokenizer(named: metadata.string(GGUFKey.tokenizerPre))
        case .gemma4: try PreTokenizer(named: "gemma4")
        case .llama, .bert, .t5: nil
        }
    }

    private static func algorithm(
        _ model: TokenizerModel, _ vocabulary: Vocabulary, _ preTokenizer: PreTokenizer?, _ metadata: GGUFMetadata
    ) throws(TokenizationError) -> Algorithm {
        let addsSpace = metadata.bool(GGUFKey.addSpacePrefix)
        let lowercases = metadata.bool(GGUFKey.lowercases)
        switch model {
        case .gpt2, .gemma4, .whitespace:
            guard let preTokenizer else { throw .unknownPreTokenizer("") }
            let pairs = try BytePairModel(
                vocabulary: vocabulary, traits: preTokenizer.traits, merges: try merges(metadata))
            guard model == .whitespace else { return .bytePairs(pairs, preTokenizer) }
            return .whiteSpacedBytePairs(
                pairs, preTokenizer, lowercases: lowercases ?? (metadata.string(GGUFKey.tokenizerPre) != "whitespace"))
        case .llama:
            return .sentencePiece(SentencePieceMerging(vocabulary: vocabulary), addsSpaceBefore: addsSpace ?? true)
        case .bert:
            let normalizer = WordPieceNormalizer(
                lowercases: lowercases ?? true, stripsAccents: metadata.bool(GGUFKey.stripsAccents) ?? lowercases ?? true)
            return .wordPiece(WordPieceModel(vocabulary: vocabulary, normalizer: normalizer))
        case .t5:
            let normalizer = UnigramNormalizer(
                map: try characterMap(metadata), addsSpaceBefore: addsSpace ?? false,
                removesExtraSpaces: metadata.bool(GGUFKey.removeExtraWhitespaces) ?? false)
            return .unigram(
                UnigramModel(vocabulary: vocabulary, normalizer: normalizer), addsSpaceBefore: addsSpace ?? false)
        }
    }

    private static func merges(_ metadata: GGUFMetadata) throws(TokenizationError) -> GGUFStrings {
        let key = GGUFKey.merges
        if let merges = metadata.strings(key) { return merges }
        if let value = metadata[key] { throw .wrongType(key: key, found: value.kind, wanted: "an array of strings") }
        // Kimi K2 was published without merges.
        guard metadata.string(GGUFKey.tokenizerPre) == "kimi-k2" else { throw .missingKey(key) }
        return GGUFStrings([String]())
    }

    private static func characterMap(_ metadata: GGUFMetadata) throws(TokenizationError) -> CharacterMap? {
        let key = GGUFKey.precompiledCharsmap
        switch metadata.array(key) {
        case .uint8(let bytes): return try CharacterMap(bytes)
        case .int8(let bytes): return try CharacterMap(bytes.map { UInt8(bitPattern: $0) })
        case nil where metadata[key] == nil: return nil
        default: throw .wrongType(key: key, found: metadata[key]?.kind ?? "missing", wanted: "an array of bytes")
        }
    }
}
