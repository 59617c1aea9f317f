import Tokenization

/// Tokens that were guessed and computed before it was known whether they come, and how many of them came.
///
/// The model draws every token itself, from the logits that the guesses left, with the random numbers and penalties of the place: so the
/// text is the one that comes without guessing, and guesses that agree with it only save passes through the network.
struct Speculation {
    private let drafters: [any Drafter]
    private var length: DraftLength
    /// What was guessed, behind the last token that was drawn before.
    private(set) var guesses: [TokenID] = []
    /// Guesses that were drawn since; the row of logits that the next token is drawn from.
    private(set) var row = 0

    init(_ drafters: [any Drafter], most: Int) {
        self.drafters = most > 0 ? drafters : []
        length = DraftLength(most: most)
    }

    /// Whether anything guesses at all.
    var isPossible: Bool { !drafters.isEmpty }

    func begin(_ prompt: [TokenID]) { for drafter in drafters { drafter.begin(prompt) } }
    func append(_ token: TokenID) { for drafter in drafters { drafter.append(token) } }
    func shift(keep: Int, discard: Int) throws { for drafter in drafters { try drafter.shift(keep: keep, discard: discard) } }

    /// Whether the token drawn is the next guess, whose computation is done then.
    mutating func confirms(_ token: TokenID) -> Bool {
        guard row < guesses.count, guesses[row] == token else { return false }
        row += 1
        return true
    }

    /// Ends a round of guesses and returns how many of them did not come.
    mutating func finishRound(_ summary: inout GenerationSummary) -> Int {
        summary.draftedTokens += guesses.count
        summary.acceptedTokens += row
        length.learn(drafted: guesses.count, accepted: row)
        let wrong = guesses.count - row
        (guesses, row) = ([], 0)
        return wrong
    }

    /// New guesses of the first drafter that has any.
    mutating func guess(after context: [TokenID], room: Int) throws -> [TokenID] {
        guesses = []
        let limit = min(room, length.value)
        for drafter in drafters where guesses.isEmpty && limit > 0 { guesses = try drafter.propose(after: context, limit: limit) }
        return guesses
    }
}
