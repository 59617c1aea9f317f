import GGUF
import JSONText
import Tokenization

/// A byte-level BPE vocabulary (GPT-2's) out of tokenizer.json: `tokenizer.ggml.model` "gpt2".
struct BytePairVocabulary {
    let tokens: TokenList
    let merges: [[UInt8]]
    let preTokenizer: String
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - added: tokens besides tokenizer.json's own added ones.
    ///   - size: embeddings of the model; the vocabulary is padded to it.
    init(
        _ file: TokenizerFile, added: [AddedToken], size: Int, forcedPreTokenizer: String?
    ) throws(ConversionError) {
        var tokens = TokenList(count: size, hasScores: false)
        for (text, id) in try file.vocabulary(below: size) { tokens.set(id, text: Array(text.utf8), kind: .normal) }
        for token in file.addedTokens {
            guard token.id < size else { throw .tokenPastVocabulary(text: token.text, id: token.id, vocabularySize: size) }
            tokens.set(token.id, text: token.bytes, kind: token.kind)
        }
        for token in added where token.id < size && !tokens.isSet(token.id) {
            tokens.set(token.id, text: token.bytes, kind: token.kind)
        }
        self.tokens = tokens
        merges = try file.merges().map(Self.line)
        if let forcedPreTokenizer {
            preTokenizer = forcedPreTokenizer
        } else {
            preTokenizer = try PreTokenizerRules(file.preTokenizer).recognisedName()
        }
        warnings = Self.normalizers(file.normalizer).map {
            "tokenizer.json's normalizer '\($0)' is left out: runners of GGUF files have no such step"
        }
    }

    /// A merge as GGUF has it, two halves round a blank. A blank inside a half is spelled as byte-level BPE spells it, U+0120.
    private static func line(_ merge: (left: String, right: String)) -> [UInt8] {
        func spelled(_ half: String) -> [UInt8] {
            half.utf8.flatMap { $0 == UInt8(ascii: " ") ? Array("\u{120}".utf8) : [$0] }
        }
        return spelled(merge.left) + [UInt8(ascii: " ")] + spelled(merge.right)
    }

    /// The types of normalizers that change more than composition, which nearly all text has already.
    private static func normalizers(_ value: JSONValue?) -> [String] {
        guard let value, let type = value["type"]?.string else { return [] }
        if type == "Sequence" { return (value["normalizers"]?.array ?? []).flatMap { normalizers($0) } }
        return type == "NFC" ? [] : [type]
    }
}
