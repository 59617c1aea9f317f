/// A SentencePiece model file (`tokenizer.model`, `*.model`): a Protocol Buffers message of type `sentencepiece.ModelProto`.
///
/// Field numbers are those of sentencepiece_model.proto. Fields that a tokenizer does not need are skipped.
public struct SentencePieceModel: Sendable, Equatable {
    /// The training algorithm, which is also how text is cut.
    public enum Algorithm: Int, Sendable {
        case unigram = 1
        case bytePairs = 2
        case word = 3
        case characters = 4
    }

    public struct Piece: Sendable, Equatable {
        public var text: [UInt8]
        public var score: Float
        public var kind: TokenKind
    }

    public private(set) var pieces: [Piece] = []

    // From the trainer's specification.
    public private(set) var algorithm = Algorithm.unigram
    public private(set) var fallsBackToBytes = false
    public private(set) var treatsSpaceAsSuffix = false
    public private(set) var unknownID = 0
    public private(set) var beginningID = 1
    public private(set) var endID = 2
    /// -1 where there is none.
    public private(set) var paddingID = -1

    // From the normalizer's specification.
    public private(set) var normalizerName = ""
    /// The precompiled character map (`tokenizer.ggml.precompiled_charsmap`); empty where text is taken as it is.
    public private(set) var characterMap: [UInt8] = []
    public private(set) var addsSpaceBefore = true
    public private(set) var removesExtraSpaces = true
    public private(set) var escapesSpaces = true

    /// - Throws: `TokenizationError.malformedSentencePieceModel` with the place in the file.
    public init(_ bytes: [UInt8]) throws(TokenizationError) {
        var reader = ProtobufReader(bytes, 0..<bytes.count)
        while let (number, value) = try reader.next() {
            guard case .bytes(let range) = value else { continue }
            switch number {
            case 1: pieces.append(try Self.piece(bytes, range))
            case 2: try readTrainer(bytes, range)
            case 3: try readNormalizer(bytes, range)
            default: break
            }
        }
        guard !pieces.isEmpty else { throw .malformedSentencePieceModel(offset: reader.offset, reason: "no pieces before the end") }
        guard pieces.count <= Vocabulary.maximumCount else { throw .tooManyTokens(pieces.count) }
    }

    private static func piece(_ bytes: [UInt8], _ range: Range<Int>) throws(TokenizationError) -> Piece {
        var piece = Piece(text: [], score: 0, kind: .normal)
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .bytes(let text)): piece.text = Array(bytes[text])
            case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
            case (3, .varint(let type)):
                guard let kind = kind(type) else {
                    throw .malformedSentencePieceModel(offset: range.lowerBound, reason: "a piece of type \(type)")
                }
                piece.kind = kind
            default: break
            }
        }
        return piece
    }

    private static func kind(_ type: UInt64) -> TokenKind? {
        switch type {
        case 1: .normal
        case 2: .unknown
        case 3: .control
        case 4: .userDefined
        case 5: .unused
        case 6: .byte
        default: nil
        }
    }

    private mutating func readTrainer(_ bytes: [UInt8], _ range: Range<Int>) throws(TokenizationError) {
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            guard case .varint(let integer) = value else { continue }
            let signed = Int(truncatingIfNeeded: Int64(bitPattern: integer))
            switch number {
            case 3:
                guard let algorithm = Algorithm(rawValue: signed) else {
                    throw .malformedSentencePieceModel(offset: range.lowerBound, reason: "model type \(signed)")
                }
                self.algorithm = algorithm
            case 24: treatsSpaceAsSuffix = integer != 0
            case 35: fallsBackToBytes = integer != 0
            case 40: unknownID = signed
            case 41: beginningID = signed
            case 42: endID = signed
            case 43: paddingID = signed
            default: break
            }
        }
    }

    private mutating func readNormalizer(_ bytes: [UInt8], _ range: Range<Int>) throws(TokenizationError) {
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .bytes(let name)): normalizerName = String(decoding: bytes[name], as: UTF8.self)
            case (2, .bytes(let map)): characterMap = Array(bytes[map])
            case (3, .varint(let flag)): addsSpaceBefore = flag != 0
            case (4, .varint(let flag)): removesExtraSpaces = flag != 0
            case (5, .varint(let flag)): escapesSpaces = flag != 0
            default: break
            }
        }
    }
}
