internal import GGUF

/// A token's number, as engines count them.
public typealias TokenID = Int32

/// What a token is for (`tokenizer.ggml.token_type`).
public enum TokenKind: Sendable, Hashable {
    case normal, unknown, control, userDefined, unused, byte
}

/// The tokens of a model: their texts, kinds and scores, and which of them have a meaning of their own.
public struct Vocabulary: Sendable {
    /// More than any model has by a factor of sixteen; ids stay far from the limits of their type.
    static let maximumCount = 1 << 24
    static let maximumTokenLength = 1 << 16

    /// Texts as the file has them: in GPT-2's byte alphabet, or with `▁` for spaces, according to the tokenizer model.
    var texts: ByteStringTable
    var scores: [Float]
    var traits: [TokenTraits]
    var special: SpecialTokens
    /// Tokens that end a reply: the model's end tokens, and those whose text means so in some model family.
    public internal(set) var endOfGeneration: Set<TokenID> = []

    public var count: Int { texts.count }

    /// The token that begins a text; `[CLS]` in models of the BERT family.
    public var bos: TokenID? { special.beginning }
    public var eos: TokenID? { special.end }
    public var eot: TokenID? { special.endOfTurn }
    public var unknown: TokenID? { special.unknown }
    public var padding: TokenID? { special.padding }
    public var separator: TokenID? { special.separator }
    public var mask: TokenID? { special.mask }

    public func contains(_ id: TokenID) -> Bool { id >= 0 && id < count }

    /// What a token is for; an id outside the vocabulary is `unused`.
    public func kind(of id: TokenID) -> TokenKind {
        guard contains(id) else { return .unused }
        let traits = traits[Int(id)]
        if traits.contains(.control) { return .control }
        if traits.contains(.userDefined) { return .userDefined }
        if traits.contains(.unknown) { return .unknown }
        if traits.contains(.byte) { return .byte }
        return traits.contains(.normal) ? .normal : .unused
    }

    /// A token's text as the file has it; empty for an id outside the vocabulary.
    public func text(of id: TokenID) -> String {
        contains(id) ? String(decoding: texts[Int(id)], as: UTF8.self) : ""
    }

    /// The token of this text, written as in the file: `Ġthe`, `▁the`, `<|im_end|>`.
    public func id(of text: String) -> TokenID? { texts.find(text) }

    func score(of id: TokenID) -> Float { scores[Int(id)] }
}

/// What is known about a token, as a set: llama.cpp adds `control` to tokens that look like control tokens, whatever else they are.
struct TokenTraits: OptionSet, Sendable {
    let rawValue: UInt8

    static let unknown = TokenTraits(rawValue: 1 << 0)
    static let unused = TokenTraits(rawValue: 1 << 1)
    static let normal = TokenTraits(rawValue: 1 << 2)
    static let control = TokenTraits(rawValue: 1 << 3)
    static let userDefined = TokenTraits(rawValue: 1 << 4)
    static let byte = TokenTraits(rawValue: 1 << 5)
    /// White space before the token belongs to it.
    static let stripsLeft = TokenTraits(rawValue: 1 << 6)
    /// White space after the token belongs to it.
    static let stripsRight = TokenTraits(rawValue: 1 << 7)

    /// The number in `tokenizer.ggml.token_type`; numbers without a meaning leave the set empty.
    init(fileType: Int) {
        switch fileType {
        case 1: self = .normal
        case 2: self = .unknown
        case 3: self = .control
        case 4: self = .userDefined
        case 5: self = .unused
        case 6: self = .byte
        default: self = []
        }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }
}

/// The tokens with a meaning of their own.
struct SpecialTokens: Sendable, Equatable {
    var beginning: TokenID?
    var end: TokenID?
    var endOfTurn: TokenID?
    var endOfMessage: TokenID?
    var unknown: TokenID?
    var separator: TokenID?
    var padding: TokenID?
    var mask: TokenID?
    var fillPrefix: TokenID?
    var fillSuffix: TokenID?
    var fillMiddle: TokenID?
    var fillPadding: TokenID?
    var fillRepository: TokenID?
    var fillSeparator: TokenID?
}
