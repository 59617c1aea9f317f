/// How text is cut into words before byte-pair merging, by the name in `tokenizer.ggml.pre`.
///
/// A pre-tokenizer is a list of passes. Each cuts the pieces that the one before it left; words are what the last one leaves.
package struct PreTokenizer: Sendable {
    enum Pass: Sendable {
        case pattern(SplitPattern)
        /// Runs of numbers are cut after every group of three, counted from their right end.
        case numberTriples
        /// Runs of ASCII digits are cut before every group of three, counted from their right end.
        case digitTriples
        /// White space at the end of a piece is a piece of its own.
        case trailingWhiteSpace
    }

    let passes: [Pass]
    let traits: Traits
    /// Whether a pass looks at characters one by one rather than at their kinds.
    private let needsScalars: Bool

    /// What a pre-tokenizer's name says beyond how it cuts.
    struct Traits: Sendable, Equatable {
        /// A word that is a token is that token, whatever the merges say.
        var ignoresMerges = false
        /// Whether a model without `add_bos_token` begins text with its BOS token.
        var addsBeginning = false
        /// Models whose BOS token is never the default one.
        var hasNoDefaultBeginning = false
        /// Tokens are written in UTF-8, with `<0xXX>` for other bytes, and not in GPT-2's byte alphabet.
        var writesPlainUTF8 = false
        /// Spaces are `▁` in tokens and merges.
        var escapesSpaces = false
        /// Gemma 4: a run of newlines that is a token is that token, and BOS is added whatever the file says.
        var isGemma4 = false
    }

    /// - Throws: `TokenizationError.unknownPreTokenizer`. A file without a name gets the default rules, as in llama.cpp.
    package init(named name: String?) throws(TokenizationError) {
        let name = name.flatMap { $0.isEmpty ? nil : $0 } ?? "default"
        guard let rules = Rules.byName[name] else { throw .unknownPreTokenizer(name) }
        self.init(rules)
    }

    init(_ rules: Rules) {
        passes = rules.texts.map {
            switch $0 {
            case Rules.numberTriples: .numberTriples
            case Rules.digitTriples: .digitTriples
            case Rules.trailingWhiteSpace: .trailingWhiteSpace
            default: .pattern(SplitPattern($0))
            }
        }
        traits = rules.traits
        needsScalars = passes.contains { if case .pattern(let pattern) = $0 { pattern.looksAtScalars } else { false } }
    }

    /// Where the words of `text` end, in bytes, in order; the last end is the end of the text.
    package func words(in text: borrowing Span<UInt8>) -> [Int32] {
        guard !text.isEmpty else { return [] }
        let cells = CharacterCells(text, withScalars: needsScalars)
        var ends = [Int32(truncatingIfNeeded: cells.count)]
        for pass in passes {
            switch pass {
            case .pattern(let pattern): pattern.split(cells, &ends)
            case .numberTriples: cells.cutAfterNumberTriples(&ends)
            case .digitTriples: cells.cutBeforeDigitTriples(&ends)
            case .trailingWhiteSpace: cells.cutTrailingWhiteSpace(&ends)
            }
        }
        cells.convertToBytes(&ends)
        return ends
    }
}
