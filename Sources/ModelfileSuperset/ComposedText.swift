public import Diagnostics

/// A text put together from parts of several files, each part with the place that it comes from.
struct ComposedText: Sendable {
    struct Piece: Sendable {
        var bytes: [UInt8]
        var origin: Origin
    }

    private(set) var pieces: [Piece] = []
    private(set) var count = 0

    var text: String { String(decoding: pieces.flatMap(\.bytes), as: UTF8.self) }

    mutating func append(_ bytes: some Sequence<UInt8>, _ origin: Origin) {
        let piece = Piece(bytes: Array(bytes), origin: origin)
        guard !piece.bytes.isEmpty else { return }
        count += piece.bytes.count
        pieces.append(piece)
    }
}

/// Where a part of a compiled text was written.
public struct Origin: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The part is there, byte for byte.
        case verbatim
        /// The part stands for what is there: a keyword in other letters, quotes, a text in place of its name.
        case derived
        /// Nobody knows what should stand here: a name without a value, a file that is missing. The trouble is told already.
        case unknown
    }

    /// Index into the program's files.
    public var file: Int
    public var range: SourceRange
    public var kind: Kind
    /// Of a text in place of a name: where the name got its value.
    public var definition: Definition?

    /// The ARG line that gave a name its value.
    public struct Definition: Sendable, Hashable {
        public var name: String
        public var file: Int
        public var range: SourceRange
        /// The value came from the command line instead.
        public var isGivenOutside: Bool
    }

    init(_ file: Int, _ range: SourceRange, _ kind: Kind, definition: Definition? = nil) {
        (self.file, self.range, self.kind, self.definition) = (file, range, kind, definition)
    }
}
