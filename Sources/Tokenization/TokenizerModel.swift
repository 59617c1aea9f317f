/// The tokenizer models that `tokenizer.ggml.model` may name.
enum TokenizerModel: String, CaseIterable {
    /// Byte-level byte-pair encoding: GPT-2, Llama 3, Qwen, ...
    case gpt2
    /// Byte-pair encoding over plain UTF-8 with `▁` for spaces.
    case gemma4
    /// Byte-pair encoding of words between white space, which is dropped.
    case whitespace
    /// SentencePiece byte-pair encoding: Llama 1 and 2, Mistral, Gemma, Phi 3.
    case llama
    /// WordPiece.
    case bert
    /// SentencePiece unigram: T5, XLM-RoBERTa.
    case t5

    static var namesInProse: String {
        let names = allCases.map { "'\($0.rawValue)'" }
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }

    /// The special tokens of files that do not name them, as llama.cpp assumes.
    var defaultTokens: SpecialTokens {
        switch self {
        case .gpt2, .whitespace: SpecialTokens(beginning: 11, end: 11)
        case .gemma4: SpecialTokens()
        case .llama: SpecialTokens(beginning: 1, end: 2, unknown: 0)
        case .bert: SpecialTokens(beginning: 101, unknown: 100, separator: 102, padding: 0, mask: 103)
        case .t5: SpecialTokens(end: 1, unknown: 2, padding: 0)
        }
    }
}
