import GGUF
import JSONText
import Tokenization

/// A SentencePiece vocabulary that comes as tokenizer.json's BPE with merges: `tokenizer.ggml.model` "llama".
///
/// Readers of that model join the neighbours whose union scores highest. tokenizer.json joins by the rank of merges, so a
/// token's score is the negative rank of the first merge that makes it; what no merge makes is never the result of a join.
struct MergedPieceVocabulary {
    let vocabulary: TokenizerConverter.Vocabulary

    /// The score that llama.cpp's converter gives to added tokens.
    static let addedTokenScore: Float = -1000

    init(_ file: TokenizerFile, added: [AddedToken], size: Int) throws(ConversionError) {
        let merges = try file.merges()
        var ranks: [[UInt8]: Int] = [:]
        for (rank, merge) in merges.enumerated() {
            let union = Array(merge.left.utf8) + Array(merge.right.utf8)
            if ranks[union] == nil { ranks[union] = rank }
        }
        let unknown = file.model["unk_token"]?.string
        var tokens = TokenList(count: size, hasScores: true)
        for (text, id) in try file.vocabulary(below: size) {
            let bytes = Array(text.utf8)
            let kind: TokenKind = text == unknown ? .unknown : Self.isByte(bytes) ? .byte : .normal
            let score = kind == .normal ? -Float(ranks[bytes] ?? merges.count) : 0
            tokens.set(id, text: bytes, kind: kind, score: score)
        }
        for token in added {
            guard token.id < size else { throw .tokenPastVocabulary(text: token.text, id: token.id, vocabularySize: size) }
            let kind = token.text == unknown ? TokenKind.unknown : token.kind
            tokens.set(token.id, text: token.bytes, kind: kind, score: Self.addedTokenScore)
        }
        var more = GGUFMetadata()
        more[GGUFKey.addSpacePrefix] = .bool(Self.putsBlankFirst(file))
        vocabulary = TokenizerConverter.Vocabulary(model: "llama", preTokenizer: "default", tokens: tokens, more: more)
    }

    /// `<0x00>` to `<0xFF>`.
    private static func isByte(_ text: [UInt8]) -> Bool {
        text.count == 6 && text.starts(with: "<0x".utf8) && text[5] == UInt8(ascii: ">")
            && text[3...4].allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }

    /// Whether a blank is put before a text: by a Prepend step of the normalizer, or by the Metaspace pre-tokenizer's setting.
    private static func putsBlankFirst(_ file: TokenizerFile) -> Bool {
        let normalizers = file.normalizer?["normalizers"]?.array ?? file.normalizer.map { [$0] } ?? []
        if normalizers.contains(where: { $0["type"]?.string == "Prepend" }) { return true }
        let steps = file.preTokenizer?["pretokenizers"]?.array ?? file.preTokenizer.map { [$0] } ?? []
        guard let metaspace = steps.first(where: { $0["type"]?.string == "Metaspace" }) else { return false }
        if let scheme = metaspace["prepend_scheme"]?.string { return scheme != "never" }
        return metaspace["add_prefix_space"]?.bool ?? true
    }
}
