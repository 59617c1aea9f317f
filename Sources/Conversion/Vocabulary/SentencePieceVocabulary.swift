import GGUF
import JSONText
import Tokenization

/// The vocabulary of a tokenizer.model: `tokenizer.ggml.model` "llama" for SentencePiece's BPE, "t5" for its Unigram.
struct SentencePieceVocabulary {
    let vocabulary: TokenizerConverter.Vocabulary

    /// - Parameters:
    ///   - other: tokenizer.json, which counts where tokenizer.model is no SentencePiece model (Llama 3's holds tiktoken ranks).
    ///   - added: tokens that were added after training.
    /// - Returns: nil where there is no tokenizer.model to be used.
    init?(
        folder: CheckpointFolder, orElse other: TokenizerFile?, added: [AddedToken], size: Int
    ) throws(ConversionError) {
        let name = CheckpointFolder.sentencePieceName
        guard let bytes = try folder.bytes(of: name) else { return nil }
        let file: SentencePieceModel
        do throws(TokenizationError) {
            file = try SentencePieceModel(bytes)
        } catch {
            if other != nil { return nil }
            throw .sentencePiece(file: folder.path(of: name), error)
        }
        vocabulary = Self.vocabulary(file, added: added, size: size)
    }

    private static func vocabulary(
        _ file: SentencePieceModel, added: [AddedToken], size: Int
    ) -> TokenizerConverter.Vocabulary {
        var tokens = TokenList(count: size, hasScores: true)
        var warnings: [String] = []
        for (id, piece) in file.pieces.prefix(size).enumerated() {
            tokens.set(id, text: piece.text, kind: piece.kind, score: piece.score)
        }
        if file.pieces.count > size {
            warnings.append("tokenizer.model has \(file.pieces.count) pieces, 'vocab_size' is \(size); the rest is left out")
        }
        for token in added {
            guard token.id < size else {
                warnings.append("token '\(token.text)' has the id \(token.id), 'vocab_size' is \(size); it is left out")
                continue
            }
            tokens.set(token.id, text: token.bytes, kind: token.kind, score: MergedPieceVocabulary.addedTokenScore)
        }
        let isUnigram = file.algorithm == .unigram
        return TokenizerConverter.Vocabulary(
            model: isUnigram ? "t5" : "llama", preTokenizer: "default", tokens: tokens,
            more: settings(file, isUnigram: isUnigram),
            trained: [.unk: file.unknownID, .bos: file.beginningID, .eos: file.endID, .pad: file.paddingID], warnings: warnings)
    }

    /// How text is prepared. For "llama" only what differs from its readers' defaults.
    private static func settings(_ file: SentencePieceModel, isUnigram: Bool) -> GGUFMetadata {
        var metadata = GGUFMetadata()
        if isUnigram || !file.addsSpaceBefore { metadata[GGUFKey.addSpacePrefix] = .bool(file.addsSpaceBefore) }
        if isUnigram {
            metadata[GGUFKey.removeExtraWhitespaces] = .bool(file.removesExtraSpaces)
            if !file.characterMap.isEmpty { metadata[GGUFKey.precompiledCharsmap] = .array(.uint8(file.characterMap)) }
        }
        return metadata
    }
}
