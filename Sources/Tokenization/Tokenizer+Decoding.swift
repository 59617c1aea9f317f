extension Tokenizer {
    /// The bytes that a token stands for. They need not be whole characters: `UTF8StreamDecoder` puts them together.
    ///
    /// - Parameter special: whether control tokens are shown as their texts; otherwise they are nothing.
    /// - Returns: nothing for ids outside the vocabulary.
    public func bytes(of id: TokenID, special: Bool = false) -> [UInt8] {
        guard vocabulary.contains(id) else { return [] }
        let traits = vocabulary.traits[Int(id)]
        let text = vocabulary.texts[Int(id)]
        if !traits.isDisjoint(with: [.control, .unknown]) { return special ? Array(text) : [] }
        if traits.contains(.userDefined) { return Array(text) }
        if traits.contains(.byte) { return ByteToken.byte(of: text).map { [$0] } ?? Array(text) }
        guard traits.contains(.normal) else { return [] }
        var bytes: [UInt8] = []
        if writesByteAlphabet { ByteAlphabet.decode(text, into: &bytes) } else { EscapedSpaces.undo(text, into: &bytes) }
        return bytes
    }

    /// The text of tokens; what is not UTF-8 in it becomes U+FFFD.
    ///
    /// - Parameter special: whether control tokens are shown as their texts.
    public func decode(_ ids: [TokenID], special: Bool = false) -> String {
        String(decoding: decodedBytes(ids, special: special), as: UTF8.self)
    }

    /// The bytes of tokens. The space that encoding put before the text is taken away again.
    public func decodedBytes(_ ids: [TokenID], special: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        var mayDropSpace = addsSpaceBefore
        for id in ids {
            let piece = self.bytes(of: id, special: special)
            guard !piece.isEmpty else { continue }
            bytes += mayDropSpace && piece[0] == UInt8(ascii: " ") ? piece.dropFirst() : piece[...]
            mayDropSpace = false
        }
        return bytes
    }

    /// Whether encoding puts a space before text, which decoding has to take away.
    public var addsSpaceBefore: Bool {
        switch algorithm {
        case .bytePairs, .whiteSpacedBytePairs: false
        case .sentencePiece(_, let addsSpaceBefore), .unigram(_, let addsSpaceBefore): addsSpaceBefore
        case .wordPiece: true
        }
    }

    private var writesByteAlphabet: Bool {
        switch algorithm {
        case .bytePairs(let model, _), .whiteSpacedBytePairs(let model, _, _): !model.traits.escapesSpaces
        case .sentencePiece, .wordPiece, .unigram: false
        }
    }
}
