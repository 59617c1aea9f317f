/// tokenizer.model: SentencePiece's `ModelProto`.
///
/// Fields: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto. Unknown ones are skipped.
struct SentencePieceFile {
    struct Piece {
        var text: [UInt8] = []
        var score: Float = 0
        var kind = TokenKind.normal
    }

    enum Algorithm: Int {
        case unigram = 1
        case bytePair, word, character
    }

    private(set) var pieces: [Piece] = []
    private(set) var algorithm = Algorithm.unigram
    /// Ids of the trainer's special pieces; -1 for none.
    private(set) var unknownID = 0
    private(set) var beginID = 1
    private(set) var endID = 2
    private(set) var paddingID = -1
    private(set) var putsBlankFirst = true
    private(set) var removesExtraBlanks = true
    /// The compiled normalization, empty for none.
    private(set) var characterMap: [UInt8] = []

    init(_ bytes: [UInt8]) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(bytes[...])
        while let (number, value) = try reader.next() {
            guard let message = value.bytes else { continue }
            switch number {
            case 1: pieces.append(try Self.piece(message))
            case 2: try readTrainer(message)
            case 3: try readNormalizer(message)
            default: break
            }
        }
        guard !pieces.isEmpty else { throw ProtobufReader.Malformed(offset: bytes.count, reason: "no piece of a vocabulary") }
    }

    private static func piece(_ message: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) -> Piece {
        var piece = Piece()
        var reader = ProtobufReader(message)
        while let (number, value) = try reader.next() {
            switch number {
            case 1: piece.text = value.bytes.map(Array.init) ?? piece.text
            case 2: piece.score = value.float ?? piece.score
            case 3:
                guard let kind = value.int.flatMap(Int32.init(exactly:)).flatMap(TokenKind.init(rawValue:)) else {
                    throw ProtobufReader.Malformed(offset: message.startIndex, reason: "a piece of an unknown type")
                }
                piece.kind = kind
            default: break
            }
        }
        return piece
    }

    private mutating func readTrainer(_ message: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(message)
        while let (number, value) = try reader.next() {
            guard let id = value.int else { continue }
            switch number {
            case 3: algorithm = Algorithm(rawValue: id) ?? algorithm
            case 40: unknownID = id
            case 41: beginID = id
            case 42: endID = id
            case 43: paddingID = id
            default: break
            }
        }
    }

    private mutating func readNormalizer(_ message: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(message)
        while let (number, value) = try reader.next() {
            switch number {
            case 2: characterMap = value.bytes.map(Array.init) ?? []
            case 3: putsBlankFirst = value.bool ?? putsBlankFirst
            case 4: removesExtraBlanks = value.bool ?? removesExtraBlanks
            default: break
            }
        }
    }
}
