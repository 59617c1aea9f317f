import GGUF
import JSONText
import Tokenization

/// A WordPiece vocabulary (BERT's), out of tokenizer.json or the older vocab.txt: `tokenizer.ggml.model` "bert".
///
/// GGUF turns BERT's notation round: `##ing` becomes `ing`, a token that starts a word gets `▁` before it, and names in brackets
/// stay as they are.
struct WordPieceVocabulary {
    let vocabulary: TokenizerConverter.Vocabulary

    private static let listName = "vocab.txt"

    /// The names that BERT's own code takes for granted.
    private static let specialNames: [(text: String, roles: [SpecialTokens.Role])] = [
        ("[PAD]", [.pad]), ("[UNK]", [.unk]), ("[CLS]", [.cls, .bos]), ("[SEP]", [.sep, .eos]), ("[MASK]", [.mask]),
    ]

    /// - Returns: nil where the folder has neither a vocab.txt nor a tokenizer.json of that kind.
    init?(
        folder: CheckpointFolder, _ file: TokenizerFile?, tokenizerConfig: JSONObject, added: [AddedToken], size: Int
    ) throws(ConversionError) {
        let entries: [(text: String, id: Int)]
        if let file {
            guard file.modelType == "WordPiece" else { return nil }
            if let prefix = file.model["continuing_subword_prefix"]?.string, prefix != "##" {
                throw .tokenizer(file: file.path, problem: "'continuing_subword_prefix' is '\(prefix)', wanted '##'")
            }
            entries = try file.vocabulary(below: size)
        } else {
            guard let list = try Self.list(folder, size: size) else { return nil }
            entries = list
        }
        var tokens = TokenList(count: size, hasScores: false)
        var trained: [SpecialTokens.Role: Int] = [:]
        for (text, id) in entries {
            let special = Self.specialNames.first { $0.text == text }
            tokens.set(id, text: Self.turned(text), kind: special == nil ? .normal : .control)
            for role in special?.roles ?? [] { trained[role] = id }
        }
        for token in added {
            guard token.id < size else { throw .tokenPastVocabulary(text: token.text, id: token.id, vocabularySize: size) }
            let text = token.isSpecial ? Array(token.text.utf8) : Self.turned(token.text)
            tokens.set(token.id, text: text, kind: token.isSpecial ? .control : .normal)
        }
        vocabulary = TokenizerConverter.Vocabulary(
            model: "bert", preTokenizer: "default", tokens: tokens, more: Self.normalization(file, tokenizerConfig),
            trained: trained)
    }

    /// The lines of vocab.txt; their numbers are the ids.
    private static func list(_ folder: CheckpointFolder, size: Int) throws(ConversionError) -> [(text: String, id: Int)]? {
        guard let bytes = try folder.bytes(of: listName) else { return nil }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let texts = lines.map { String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self) }
        guard texts.count <= size else {
            throw .tokenPastVocabulary(text: texts[size], id: size, vocabularySize: size)
        }
        return texts.enumerated().map { ($0.element, $0.offset) }
    }

    /// Bytes and not characters: `##` and a combining mark are one character and a half.
    private static func turned(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        if bytes.count > 1, bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") { return bytes }
        return bytes.count > 2 && bytes.starts(with: "##".utf8) ? Array(bytes[2...]) : Array("\u{2581}".utf8) + bytes
    }

    /// Whether text loses its case and its accents; the latter follows the former unless it is said.
    private static func normalization(_ file: TokenizerFile?, _ tokenizerConfig: JSONObject) -> GGUFMetadata {
        var metadata = GGUFMetadata()
        let steps = file?.normalizer?["normalizers"]?.array ?? file?.normalizer.map { [$0] } ?? []
        let bert = steps.first { $0["type"]?.string == "BertNormalizer" }
        let lowercases: Bool? =
            file == nil
            ? tokenizerConfig["do_lower_case"]?.bool ?? true
            : bert?["lowercase"]?.bool ?? steps.contains { $0["type"]?.string == "Lowercase" }
        let strips =
            (file == nil ? tokenizerConfig["strip_accents"]?.bool : bert?["strip_accents"]?.bool)
            ?? (steps.contains { $0["type"]?.string == "StripAccents" } ? true : nil)
        if let lowercases { metadata[GGUFKey.lowercases] = .bool(lowercases) }
        metadata[GGUFKey.addSeparator] = .bool(false)
        if let strips { metadata[GGUFKey.stripsAccents] = .bool(strips) }
        return metadata
    }
}
