public import Tokenization

extension TokenTable {
    /// A model's vocabulary. Control tokens have no text: a grammar never lets them through but to end a text.
    public convenience init(tokenizer: Tokenizer) {
        let vocabulary = tokenizer.vocabulary
        let texts = (0..<TokenID(vocabulary.count)).map { id -> [UInt8] in
            switch vocabulary.kind(of: id) {
            case .normal, .userDefined, .byte: tokenizer.bytes(of: id, special: false)
            case .control, .unknown, .unused: []
            }
        }
        var named: [String: Int32] = [:]
        for id in 0..<TokenID(vocabulary.count) where [.control, .userDefined].contains(vocabulary.kind(of: id)) {
            named[vocabulary.text(of: id)] = id
        }
        self.init(texts: texts, endTokens: vocabulary.endOfGeneration.sorted(), named: named)
    }
}
