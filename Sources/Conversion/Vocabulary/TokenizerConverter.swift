import GGUF
import JSONText

/// A checkpoint's tokenizer as `tokenizer.*` keys.
///
/// tokenizer.model (SentencePiece) counts before tokenizer.json, as in llama.cpp and Ollama: the latter was made from it.
struct TokenizerConverter {
    let folder: CheckpointFolder
    let config: CheckpointConfig
    /// Embeddings of the model.
    let vocabularySize: Int
    let forcedPreTokenizer: String?

    struct Result {
        var metadata: GGUFMetadata
        var warnings: [String]
    }

    /// A vocabulary of any kind, ready to be written.
    struct Vocabulary {
        var model: String
        var preTokenizer: String
        var tokens: TokenList
        var merges: [[UInt8]]?
        /// Further keys, such as whether a blank is put before a text.
        var more = GGUFMetadata()
        /// Special tokens by the vocabulary's own trainer.
        var trained: [SpecialTokens.Role: Int] = [:]
        var warnings: [String] = []
    }

    func convert() throws(ConversionError) -> Result {
        let tokenizerConfig = try folder.object(in: CheckpointFolder.tokenizerConfigName) ?? JSONObject()
        let file = try TokenizerFile(folder: folder)
        let vocabulary = try vocabulary(file, tokenizerConfig)
        var metadata = GGUFMetadata()
        metadata[GGUFKey.tokenizerModel] = .string(vocabulary.model)
        metadata[GGUFKey.tokenizerPre] = .string(vocabulary.preTokenizer)
        vocabulary.tokens.write(to: &metadata)
        if let merges = vocabulary.merges { metadata[GGUFKey.merges] = .array(.string(GGUFStrings(merges))) }
        let tokenIDs = vocabulary.tokens.ids()
        var special = SpecialTokens(
            sources: try sources(tokenizerConfig), trained: vocabulary.trained, tokenIDs: tokenIDs, count: vocabulary.tokens.count)
        var automatic = GGUFMetadata()
        let warnings = AutomaticTokens(file).write(
            to: &automatic, special: &special, tokenizerConfig: tokenizerConfig, tokenIDs: tokenIDs)
        special.write(to: &metadata)
        metadata.merge(automatic)
        metadata.merge(vocabulary.more)
        if let prefix = tokenizerConfig["add_prefix_space"]?.bool { metadata[GGUFKey.addSpacePrefix] = .bool(prefix) }
        try ChatTemplates(folder: folder, tokenizerConfig: tokenizerConfig).write(to: &metadata)
        return Result(metadata: metadata, warnings: vocabulary.warnings + special.warnings + warnings)
    }

    private func vocabulary(_ file: TokenizerFile?, _ tokenizerConfig: JSONObject) throws(ConversionError) -> Vocabulary {
        let added = try addedTokens(tokenizerConfig, file)
        if let sentencePiece = try SentencePieceVocabulary(folder: folder, orElse: file, added: added, size: vocabularySize) {
            return sentencePiece.vocabulary
        }
        if let wordPiece = try WordPieceVocabulary(
            folder: folder, file, tokenizerConfig: tokenizerConfig, added: added, size: vocabularySize)
        {
            return wordPiece.vocabulary
        }
        guard let file else { throw .noTokenizer(folder: folder.path) }
        guard file.modelType == "BPE" else {
            throw .tokenizer(file: file.path, problem: "a vocabulary of type '\(file.modelType)', wanted BPE or WordPiece")
        }
        if file.fallsBackToBytes, !PreTokenizerRules(file.preTokenizer).isByteLevel {
            return try MergedPieceVocabulary(file, added: added, size: vocabularySize).vocabulary
        }
        let bytePair = try BytePairVocabulary(
            file, added: added, size: vocabularySize, forcedPreTokenizer: forcedPreTokenizer)
        return Vocabulary(
            model: "gpt2", preTokenizer: bytePair.preTokenizer, tokens: bytePair.tokens, merges: bytePair.merges,
            warnings: bytePair.warnings)
    }

    private func sources(_ tokenizerConfig: JSONObject) throws(ConversionError) -> [SpecialTokens.Source] {
        let map = "special_tokens_map.json"
        var sources = [
            SpecialTokens.Source(file: CheckpointFolder.tokenizerConfigName, members: tokenizerConfig, namesTexts: true)
        ]
        if let members = try folder.object(in: map) { sources.append(.init(file: map, members: members, namesTexts: true)) }
        for name in [CheckpointFolder.configName, CheckpointFolder.generationConfigName] {
            if let members = try folder.object(in: name) { sources.append(.init(file: name, members: members, namesTexts: false)) }
        }
        return sources
    }

    /// Tokens added after training: tokenizer.json's own, those that tokenizer_config.json lists by id, and those of
    /// added_tokens.json by text. Where two files have one id, the first counts.
    private func addedTokens(_ tokenizerConfig: JSONObject, _ file: TokenizerFile?) throws(ConversionError) -> [AddedToken] {
        var tokens = file?.addedTokens ?? []
        for (key, entry) in tokenizerConfig["added_tokens_decoder"]?.object ?? JSONObject() {
            guard let id = Int(key), id >= 0, let text = entry["content"]?.string else {
                throw .tokenizer(
                    file: folder.path(of: CheckpointFolder.tokenizerConfigName),
                    problem: "'added_tokens_decoder' entry '\(key)' is no token")
            }
            tokens.append(AddedToken(id: id, text: text, isSpecial: entry["special"]?.bool ?? false))
        }
        let addedName = "added_tokens.json"
        for (text, value) in try folder.object(in: addedName) ?? JSONObject() {
            guard let id = value.int, id >= 0 else {
                throw .tokenizer(
                    file: folder.path(of: addedName), problem: "the id of '\(text)' is \(CheckpointConfig.found(value))")
            }
            tokens.append(AddedToken(id: id, text: text, isSpecial: false))
        }
        var seen: Set<Int> = []
        return tokens.filter { seen.insert($0.id).inserted }
    }
}
