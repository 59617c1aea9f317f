import Runner
import Tokenization

extension ModelHost {
    /// The tokens of a text, without those that a tokenizer puts round it; names of special tokens are these tokens.
    public func tokenize(_ text: String, for model: String) async throws -> [Int] {
        try await withTokenizer(of: model) { $0.encode(text, bos: false, eos: false, parseSpecial: true).map(Int.init) }
    }

    /// The text of tokens; bytes that are no characters become U+FFFD.
    ///
    /// - Throws: `ServiceError.noToken` for a number that is none of the model's.
    public func detokenize(_ tokens: [Int], for model: String) async throws -> String {
        try await withTokenizer(of: model) { tokenizer in
            let count = tokenizer.vocabulary.count
            let bytes = try tokens.flatMap { number in
                guard (0..<count).contains(number), let token = TokenID(exactly: number) else {
                    throw ServiceError.noToken(number, count: count)
                }
                return tokenizer.bytes(of: token, special: true)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func withTokenizer<Result>(
        of model: String, _ body: (Tokenizer) throws -> Result
    ) async throws -> Result {
        let makesVectors = catalogue.entry(for: try models.stored(try RequestedModel(model))).capabilities.contains("embedding")
        let wanted = try want(model, for: makesVectors ? .embed : .reply, nil)
        let hosted = try await take(wanted)
        defer { release(wanted) }
        return try body(hosted.tokenizer)
    }
}
