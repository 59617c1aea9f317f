internal import GGUF

/// The tokenizer keys that only a tokenizer reads (llama.cpp's additions to the GGUF specification).
extension GGUFKey {
    // Fill in the middle: the parts of a document, and the marks that separate documents.
    static let fillPrefixTokenID = "tokenizer.ggml.fim_pre_token_id"
    static let fillSuffixTokenID = "tokenizer.ggml.fim_suf_token_id"
    static let fillMiddleTokenID = "tokenizer.ggml.fim_mid_token_id"
    static let fillPaddingTokenID = "tokenizer.ggml.fim_pad_token_id"
    static let fillRepositoryTokenID = "tokenizer.ggml.fim_rep_token_id"
    static let fillSeparatorTokenID = "tokenizer.ggml.fim_sep_token_id"

    // The names of older files.
    static let oldFillPrefixTokenID = "tokenizer.ggml.prefix_token_id"
    static let oldFillSuffixTokenID = "tokenizer.ggml.suffix_token_id"
    static let oldFillMiddleTokenID = "tokenizer.ggml.middle_token_id"
}
