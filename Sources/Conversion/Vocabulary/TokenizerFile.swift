import JSONText

/// tokenizer.json of the `tokenizers` library: the parts that a GGUF has a place for.
struct TokenizerFile: Sendable {
    let path: String
    let model: JSONObject
    let addedTokens: [AddedToken]
    let normalizer: JSONValue?
    let preTokenizer: JSONValue?
    let decoder: JSONValue?
    let postProcessor: JSONValue?

    /// - Returns: nil where the folder has no tokenizer.json.
    init?(folder: CheckpointFolder) throws(ConversionError) {
        guard let file = try folder.object(in: CheckpointFolder.tokenizerName) else { return nil }
        path = folder.path(of: CheckpointFolder.tokenizerName)
        guard let model = file["model"]?.object else { throw .tokenizer(file: path, problem: "'model' is no object") }
        self.model = model
        addedTokens = try Self.addedTokens(file["added_tokens"], file: path)
        normalizer = Self.present(file["normalizer"])
        preTokenizer = Self.present(file["pre_tokenizer"])
        decoder = Self.present(file["decoder"])
        postProcessor = Self.present(file["post_processor"])
    }

    private static func present(_ value: JSONValue?) -> JSONValue? {
        guard let value, !value.isNull else { return Optional.none }
        return value
    }

    private static func addedTokens(_ value: JSONValue?, file: String) throws(ConversionError) -> [AddedToken] {
        guard let value = present(value) else { return [] }
        guard let list = value.array else { throw .tokenizer(file: file, problem: "'added_tokens' is no array") }
        var tokens: [AddedToken] = []
        for (index, entry) in list.enumerated() {
            guard let id = entry["id"]?.int, id >= 0, let text = entry["content"]?.string else {
                throw .tokenizer(file: file, problem: "'added_tokens' entry \(index) lacks an id or a content")
            }
            tokens.append(AddedToken(id: id, text: text, isSpecial: entry["special"]?.bool ?? false))
        }
        return tokens
    }

    /// "BPE", "Unigram", "WordPiece" or "WordLevel"; files of old have no type.
    var modelType: String { model["type"]?.string ?? (model["merges"] == nil ? "none" : "BPE") }

    /// Whether bytes that no token covers become `<0xNN>`: unless all text is bytes, the model is SentencePiece's in disguise.
    var fallsBackToBytes: Bool { model["byte_fallback"]?.bool ?? false }

    /// The trained vocabulary, checked: ids from 0 to `limit`, none twice.
    func vocabulary(below limit: Int) throws(ConversionError) -> [(text: String, id: Int)] {
        guard let members = model["vocab"]?.object, !members.isEmpty else {
            throw .tokenizer(file: path, problem: "'model.vocab' is missing, empty or no object")
        }
        var entries: [(text: String, id: Int)] = []
        entries.reserveCapacity(members.count)
        var seen: Set<Int> = []
        for (text, value) in members {
            guard let id = value.int, id >= 0 else {
                throw .tokenizer(file: path, problem: "the id of token '\(text)' is \(CheckpointConfig.found(value))")
            }
            guard id < limit else { throw .tokenPastVocabulary(text: text, id: id, vocabularySize: limit) }
            guard seen.insert(id).inserted else {
                throw .tokenizer(file: path, problem: "token '\(text)' has the id \(id), which another one has")
            }
            entries.append((text, id))
        }
        return entries
    }

    /// The merges in their order, each as its two halves: `"a b"` in old files, `["a", "b"]` since tokenizers 0.20.
    func merges() throws(ConversionError) -> [(left: String, right: String)] {
        guard let list = model["merges"]?.array else { throw .tokenizer(file: path, problem: "'model.merges' is no array") }
        var merges: [(left: String, right: String)] = []
        merges.reserveCapacity(list.count)
        for (index, entry) in list.enumerated() {
            let halves = entry.array?.compactMap(\.string) ?? entry.string?.split(separator: " ").map(String.init) ?? []
            guard halves.count == 2, !halves.contains("") else {
                throw .tokenizer(file: path, problem: "'model.merges' entry \(index) is no pair of tokens")
            }
            merges.append((halves[0], halves[1]))
        }
        return merges
    }
}
