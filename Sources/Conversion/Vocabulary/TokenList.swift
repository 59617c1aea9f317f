import GGUF
import Tokenization

/// The tokens of a vocabulary by id.
///
/// Texts are bytes: vocabularies hold entries that Swift's strings take for equal.
struct TokenList: Sendable {
    private(set) var texts: [[UInt8]]
    private(set) var kinds: [TokenKind]
    /// Nil for vocabularies that have no use for scores.
    private(set) var scores: [Float]?
    /// Which ids were set, as against padded.
    private var isSet: [Bool]

    private static let paddingScore: Float = -10_000

    /// `count` tokens that mean nothing: `[PAD0]`, `[PAD1]`, ..., as llama.cpp pads vocabularies shorter than the embeddings.
    init(count: Int, hasScores: Bool) {
        texts = (0..<count).map { Array("[PAD\($0)]".utf8) }
        kinds = Array(repeating: .unused, count: count)
        scores = hasScores ? Array(repeating: Self.paddingScore, count: count) : nil
        isSet = Array(repeating: false, count: count)
    }

    var count: Int { texts.count }
    func isSet(_ id: Int) -> Bool { isSet[id] }

    mutating func set(_ id: Int, text: [UInt8], kind: TokenKind, score: Float = 0) {
        (texts[id], kinds[id], isSet[id]) = (text, kind, true)
        scores?[id] = score
    }

    /// The ids by text. Where two tokens have one text, the later counts.
    func ids() -> [[UInt8]: Int] {
        var ids: [[UInt8]: Int] = [:]
        ids.reserveCapacity(count)
        for id in texts.indices where isSet[id] { ids[texts[id]] = id }
        return ids
    }

    func write(to metadata: inout GGUFMetadata) {
        metadata[GGUFKey.tokens] = .array(.string(GGUFStrings(texts)))
        if let scores { metadata[GGUFKey.scores] = .array(.float32(scores)) }
        metadata[GGUFKey.tokenTypes] = .array(.int32(kinds.map(\.fileNumber)))
    }
}

/// A token that was added to a vocabulary after it was trained.
struct AddedToken: Sendable {
    let id: Int
    let text: String
    let isSpecial: Bool

    /// What it becomes. Some checkpoints do not mark what ought to be special, so names that look it count as well
    /// (llama.cpp's rule).
    var kind: TokenKind { isSpecial || Self.looksSpecial(text) ? .control : .userDefined }

    /// The text as it is met in a prompt: user-defined tokens are looked for before blanks are rewritten.
    var bytes: [UInt8] {
        guard kind == .userDefined else { return Array(text.utf8) }
        return Array(text.split(separator: "\u{2581}", omittingEmptySubsequences: false).joined(separator: " ").utf8)
    }

    private static func looksSpecial(_ text: String) -> Bool {
        ["<pad>", "<mask>", "<2mass>", "[@BOS@]"].contains(text) || text.hasPrefix("<|") && text.hasSuffix("|>")
            || text.hasPrefix("<\u{FF5C}") && text.hasSuffix("\u{FF5C}>") || text.hasPrefix("<unused") && text.hasSuffix(">")
    }
}

extension TokenKind {
    /// The number in `tokenizer.ggml.token_type` (`llama_token_type`).
    fileprivate var fileNumber: Int32 {
        switch self {
        case .normal: 1
        case .unknown: 2
        case .control: 3
        case .userDefined: 4
        case .unused: 5
        case .byte: 6
        }
    }
}
