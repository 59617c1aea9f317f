import Tokenization

/// Guesses what the answer's format leaves no choice about: names of properties, constants, brackets.
///
/// The tokens are the vocabulary's own encoding of the bytes that must come. A model may cut them otherwise, so they are guesses like
/// any others: most are right, and those cost a part of a pass through the network.
final class FormatDrafter: Drafter {
    private let format: FormatKeeper

    init(_ format: FormatKeeper) { self.format = format }

    func begin(_ prompt: [TokenID]) {}
    func append(_ token: TokenID) {}
    func shift(keep: Int, discard: Int) {}

    func propose(after context: [TokenID], limit: Int) -> [TokenID] { format.likelyTokens(limit: limit) }
}
