import Tokenization

/// Guesses how a sequence goes on, cheaply. What it guesses decides how fast text comes and never which.
protocol Drafter: AnyObject {
    /// Starts a sequence anew: a prompt.
    func begin(_ prompt: [TokenID])
    /// Takes note of a token that joined the sequence.
    func append(_ token: TokenID)
    /// The context dropped `discard` tokens after its first `keep`.
    func shift(keep: Int, discard: Int) throws
    /// The next tokens as they may be, at most `limit`.
    ///
    /// - Parameter context: the tokens that the model sees, the last one included.
    func propose(after context: [TokenID], limit: Int) throws -> [TokenID]
}

/// How many tokens to guess: more while all are right, fewer while none is. Wrong guesses cost what they are computed for.
struct DraftLength {
    private let most: Int
    private(set) var value: Int

    init(most: Int) { (self.most, value) = (most, min(most, 4)) }

    mutating func learn(drafted: Int, accepted: Int) {
        guard drafted > 0 else { return }
        if accepted == drafted {
            value = min(value * 2, most)
        } else if accepted * 2 < drafted {
            value = max(value / 2, 1)
        }
    }
}
