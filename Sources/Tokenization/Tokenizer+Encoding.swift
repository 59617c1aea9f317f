extension Tokenizer {
    /// The tokens of a text.
    ///
    /// - Parameters:
    ///   - text: UTF-8; bytes that are not are kept where the model has tokens for bytes.
    ///   - bos: whether the BOS token comes first; nil for what the model does.
    ///   - eos: whether the EOS token comes last; nil for what the model does.
    ///   - parseSpecial: whether the texts of control tokens (`<|im_end|>`) in `text` are these tokens.
    ///     User-defined tokens always are.
    /// - Complexity: O(*n*) for text as people write it; O(*n* log *n*) for one endless word.
    public func encode(_ text: [UInt8], bos: Bool? = nil, eos: Bool? = nil, parseSpecial: Bool = false) -> [TokenID] {
        var ids: [TokenID] = []
        ids.reserveCapacity(text.count / 3 + 8)
        if bos ?? addsBOS, let token = vocabulary.bos { ids.append(token) }
        encodeFragments(text.span, parseSpecial: parseSpecial, into: &ids)
        if eos ?? addsEOS, let token = endToken { ids.append(token) }
        return ids
    }

    public func encode(_ text: String, bos: Bool? = nil, eos: Bool? = nil, parseSpecial: Bool = false) -> [TokenID] {
        encode(Array(text.utf8), bos: bos, eos: eos, parseSpecial: parseSpecial)
    }

    private var endToken: TokenID? {
        if case .wordPiece = algorithm { vocabulary.separator } else { vocabulary.eos }
    }

    /// Offsets inside a fragment are 32-bit numbers; a longer one is cut, wherever that may be.
    private static let longestFragment = 1 << 30

    private func encodeFragments(_ text: borrowing Span<UInt8>, parseSpecial: Bool, into ids: inout [TokenID]) {
        var followsSpecial = true
        for fragment in splitter.split(text, parseSpecial: parseSpecial) {
            switch fragment {
            case .token(let id):
                ids.append(id)
                followsSpecial = true
            case .text(let range):
                for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.longestFragment) {
                    let part = start..<min(start + Self.longestFragment, range.upperBound)
                    encodeFragment(text, part, followsSpecial: followsSpecial, into: &ids)
                    followsSpecial = false
                }
            }
        }
    }

    private func encodeFragment(
        _ text: borrowing Span<UInt8>, _ range: Range<Int>, followsSpecial: Bool, into ids: inout [TokenID]
    ) {
        switch algorithm {
        case .bytePairs(let model, let preTokenizer):
            Self.encode(text.extracting(range), model, preTokenizer, into: &ids)
        case .whiteSpacedBytePairs(let model, let preTokenizer, let lowercases):
            for word in Self.spacedWords(text, range, lowercases: lowercases) {
                Self.encode(word.span, model, preTokenizer, into: &ids)
            }
        case .sentencePiece(let model, let addsSpaceBefore):
            model.encode(text, range, spaceBefore: addsSpaceBefore && followsSpecial, into: &ids)
        case .wordPiece(let model):
            model.encode(text, range, into: &ids)
        case .unigram(let model, _):
            model.encode(text, range, into: &ids)
        }
    }

    private static func encode(
        _ text: borrowing Span<UInt8>, _ model: BytePairModel, _ preTokenizer: PreTokenizer, into ids: inout [TokenID]
    ) {
        guard model.traits.escapesSpaces else {
            model.encodeWords(text, preTokenizer.words(in: text), into: &ids)
            return
        }
        var escaped: [UInt8] = []
        EscapedSpaces.append(text, 0..<text.count, to: &escaped)
        let words = preTokenizer.words(in: escaped.span)
        model.encodeWords(
            escaped.span, model.mayCutBeforeSpaces ? EscapedSpaces.cut(escaped.span, words) : words, into: &ids)
    }

    /// What is between white space, in lower case if so wanted.
    private static func spacedWords(_ text: borrowing Span<UInt8>, _ range: Range<Int>, lowercases: Bool) -> [[UInt8]] {
        var words: [[UInt8]] = [[]]
        var position = range.lowerBound
        while position < range.upperBound {
            let (scalar, length) = UTF8Scalars.decode(text, at: position)
            if ScalarKind(scalar) == .whiteSpace {
                words.append([])
            } else if lowercases, scalar != UTF8Scalars.replacement {
                UTF8Scalars.append(WordPieceNormalizer.lowercased(scalar), to: &words[words.count - 1])
            } else {
                for index in position..<position + length { words[words.count - 1].append(text[index]) }
            }
            position += length
        }
        return words
    }
}
