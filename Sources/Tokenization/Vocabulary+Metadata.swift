internal import GGUF

// Reading a vocabulary from metadata. Whatever the lists hold, the result is consistent: one text, score and set of traits per
// token, and special ids that are inside the vocabulary.

extension Vocabulary {
    /// - Parameter defaults: the special tokens of files that do not name them, as llama.cpp has them for the tokenizer model.
    init(metadata: GGUFMetadata, defaults: SpecialTokens) throws(TokenizationError) {
        guard let value = metadata[GGUFKey.tokens] else { throw .missingKey(GGUFKey.tokens) }
        guard let strings = metadata.strings(GGUFKey.tokens) else {
            throw .wrongType(key: GGUFKey.tokens, found: value.kind, wanted: "an array of strings")
        }
        guard strings.count > 0 else { throw .emptyVocabulary }
        guard strings.count <= Self.maximumCount else { throw .tooManyTokens(strings.count) }
        texts = try Self.texts(strings)
        scores = try Self.scores(metadata, count: strings.count)
        traits = try Self.traits(metadata, count: strings.count)
        special = Self.special(metadata, defaults: defaults, count: strings.count)
        findSpecialTokensByText()
        findEndOfGeneration(listed: metadata.ints(GGUFKey.eosTokenIDs) ?? [])
        setStripping(metadata)
    }

    private static func texts(_ strings: GGUFStrings) throws(TokenizationError) -> ByteStringTable {
        var table = ByteStringTable(capacity: strings.count + strings.count / 4)
        var total = 0
        var bytes: [UInt8] = []
        for id in strings.indices {
            bytes.removeAll(keepingCapacity: true)
            strings.append(id, to: &bytes)
            let length = bytes.count
            total += length
            guard length <= maximumTokenLength, total <= Int(Int32.max) else { throw .tokenTooLong(id: id, bytes: length) }
            // A name as in llama.cpp, so that no text matches the token.
            table.append(length == 0 ? Array("[EMPTY_\(id)]".utf8) : bytes)
        }
        return table
    }

    private static func scores(_ metadata: GGUFMetadata, count: Int) throws(TokenizationError) -> [Float] {
        let key = GGUFKey.scores
        guard let value = metadata[key] else { return [Float](repeating: 0, count: count) }
        guard let scores = metadata.floats(key) ?? metadata.ints(key)?.map({ Float($0) }) else {
            throw .wrongType(key: key, found: value.kind, wanted: "an array of numbers")
        }
        guard scores.count >= count else { throw .tooFewElements(key: key, found: scores.count, tokens: count) }
        return Array(scores.prefix(count))
    }

    private static func traits(_ metadata: GGUFMetadata, count: Int) throws(TokenizationError) -> [TokenTraits] {
        let key = GGUFKey.tokenTypes
        guard let value = metadata[key] else { return [TokenTraits](repeating: .normal, count: count) }
        guard let types = metadata.ints(key) else {
            throw .wrongType(key: key, found: value.kind, wanted: "an array of integers")
        }
        guard types.count >= count else { throw .tooFewElements(key: key, found: types.count, tokens: count) }
        return types.prefix(count).map { TokenTraits(fileType: $0) }
    }

    /// Ids outside the vocabulary are ignored, as in llama.cpp; so are defaults that the vocabulary is too small for.
    private static func special(_ metadata: GGUFMetadata, defaults: SpecialTokens, count: Int) -> SpecialTokens {
        func token(_ keys: String..., default fallback: TokenID?) -> TokenID? {
            for key in keys {
                if let id = metadata.int(key), id >= 0, id < count { return TokenID(id) }
            }
            return fallback.flatMap { $0 < count ? $0 : nil }
        }
        var special = SpecialTokens()
        special.beginning = token(GGUFKey.bosTokenID, default: defaults.beginning)
        special.end = token(GGUFKey.eosTokenID, default: defaults.end)
        special.endOfTurn = token(GGUFKey.eotTokenID, default: nil)
        special.endOfMessage = token(GGUFKey.eomTokenID, default: nil)
        special.unknown = token(GGUFKey.unknownTokenID, default: defaults.unknown)
        special.separator = token(GGUFKey.separatorTokenID, default: defaults.separator)
        special.padding = token(GGUFKey.paddingTokenID, default: defaults.padding)
        special.mask = token(GGUFKey.maskTokenID, default: defaults.mask)
        special.fillPrefix = token(GGUFKey.oldFillPrefixTokenID, GGUFKey.fillPrefixTokenID, default: nil)
        special.fillSuffix = token(GGUFKey.oldFillSuffixTokenID, GGUFKey.fillSuffixTokenID, default: nil)
        special.fillMiddle = token(GGUFKey.oldFillMiddleTokenID, GGUFKey.fillMiddleTokenID, default: nil)
        special.fillPadding = token(GGUFKey.fillPaddingTokenID, default: nil)
        special.fillRepository = token(GGUFKey.fillRepositoryTokenID, default: nil)
        special.fillSeparator = token(GGUFKey.fillSeparatorTokenID, default: nil)
        return special
    }
}
