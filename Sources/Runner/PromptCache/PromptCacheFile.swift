// What a run keeps of its context for the next one: tokens with their keys and values, in a file.
//
//    8 bytes  "QUERNKV" and the version of the format, 1
//   64        what the keys and values were computed from (`LoadedModel.identity`), in hexadecimal digits
//   20        type of the numbers, layers, KV heads, bytes of a key, bytes of a value: 32 bits each
//    8        how many tokens
//    4 each   the tokens
//             for each layer and KV head the keys, then the values (`InferenceSession.StateLayout`)
//   64        SHA-256 of all that, in hexadecimal digits
//
// Numbers are little-endian.
import Bytes
import ModelManifest
import Tokenization
import TransformerEngine

/// A prompt cache that was read and found whole.
struct PromptCacheFile {
    let tokens: [TokenID]
    /// The keys and values of `tokens`.
    let state: ByteRegion

    private static let magic = Array("QUERNKV\u{1}".utf8)
    private static let digestLength = 64

    /// Why a file that is a prompt cache cannot be used.
    enum Problem: Error, Equatable, CustomStringConvertible {
        /// It is of another model, or of the same one with other adapters.
        case otherModel
        /// Its numbers are of another type.
        case otherNumbers
        /// It is cut off or changed.
        case damaged

        var description: String {
            switch self {
            case .otherModel: "it was made with another model"
            case .otherNumbers: "its KV cache is of another type"
            case .damaged: "it is damaged"
            }
        }
    }

    /// - Throws: `BytesError`; `Problem`; `RunnerError.noPromptCache` for a file that is something else, which nobody should replace.
    init(path: String, identity: String, layout: InferenceSession.StateLayout) throws {
        let file = try ByteRegion.mapping(path)
        guard file.count >= Self.magic.count, file.part(0..<Self.magic.count)?.bytes() == Self.magic else {
            throw RunnerError.noPromptCache(path)
        }
        do {
            let (tokens, state) = try Self.parse(file, identity, layout)
            try file.checkIntact()
            (self.tokens, self.state) = (tokens, state)
        } catch is BytesError { throw Problem.damaged }
    }

    private static func parse(
        _ file: ByteRegion, _ identity: String, _ layout: InferenceSession.StateLayout
    ) throws -> ([TokenID], ByteRegion) {
        var reader = ByteReader(file, at: magic.count)
        guard try reader.readRegion(UInt64(identity.utf8.count)).bytes() == Array(identity.utf8) else { throw Problem.otherModel }
        for number in numbers(of: layout) {
            guard try reader.read(UInt32.self) == number else { throw Problem.otherNumbers }
        }
        let count = try reader.read(UInt64.self)
        guard let count = Int(exactly: count), let byteCount = layout.byteCount(positions: count),
            reader.remaining == byteCount + 4 * count + digestLength, let body = file.part(0..<file.count - digestLength)
        else { throw Problem.damaged }
        var hasher = DigestHasher()
        body.withSpan { hasher.update($0) }
        guard file.part(body.count..<file.count)?.bytes() == Array(hasher.finalize().hex.utf8) else { throw Problem.damaged }
        var tokens: [TokenID] = []
        tokens.reserveCapacity(count)
        for _ in 0..<count { tokens.append(try reader.read()) }
        return (tokens, try reader.readRegion(UInt64(byteCount)))
    }

    private static func numbers(of layout: InferenceSession.StateLayout) -> [UInt32] {
        let type = CacheType.allCases.firstIndex(of: layout.cacheType) ?? 0
        return [type, layout.layerCount, layout.headCount, layout.keyByteCount, layout.valueByteCount].map {
            UInt32(truncatingIfNeeded: $0)
        }
    }

    /// Writes the state of a slot's tokens; the file is there whole or not at all.
    static func write(to path: String, identity: String, tokens: [TokenID], of session: InferenceSession, slot: Int) throws {
        var header = ByteWriter()
        header.write(contentsOf: magic)
        header.write(contentsOf: identity.utf8)
        for number in numbers(of: session.stateLayout) { header.write(number) }
        header.write(UInt64(tokens.count))
        for token in tokens { header.write(token) }
        let byteCount = session.stateLayout.byteCount(positions: tokens.count) ?? 0
        let file = try FileReplacement(
            path: path, byteCount: header.count + byteCount + digestLength, mode: 0o600, durably: false)
        var hasher = DigestHasher()
        hasher.update(header.bytes)
        try file.write(header.bytes)
        try session.withState(positions: tokens.count, slot: slot) { piece in
            hasher.update(piece)
            try file.write(piece)
        }
        try file.write(Array(hasher.finalize().hex.utf8))
        try file.commit()
    }
}
