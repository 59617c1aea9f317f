// Importance matrices that are not done yet, on disk.
import Bytes
public import GGUF
import ModelManifest
import Quantization

extension ImportanceCollection {
    private static let fingerprintKey = "quern.imatrix.fingerprint"
    private static let chunksDoneKey = "quern.imatrix.chunks_done"
    private static let surpriseKey = "quern.imatrix.surprise"

    /// What the work depends on: the model, the text's tokens and the options. A checkpoint of other work is not resumed.
    ///
    /// - Parameter start: the sums that the work began with.
    public static func fingerprint(
        of file: GGUFFile, _ chunks: TextChunks, _ options: Options, start: [String]
    ) throws -> String {
        var hasher = DigestHasher()
        for tensor in file.tensors {
            hasher.update(Array("\(tensor.name) \(tensor.type) \(tensor.shape)\n".utf8))
            // The first and last bytes tell two trainings of one architecture apart, and a large file costs no more than a small one.
            let bytes = file.bytes(of: tensor)
            hasher.update(bytes.part(0..<min(256, bytes.count))?.bytes() ?? [])
            hasher.update(bytes.part(max(0, bytes.count - 256)..<bytes.count)?.bytes() ?? [])
        }
        var words = ByteWriter()
        for token in chunks.usedTokens { words.write(token) }
        hasher.update(words.bytes)
        hasher.update(
            Array("\(chunks.contextLength) \(options.includesOutput) \(options.computesPerplexity) \(start)".utf8))
        return hasher.finalize().hex
    }

    /// The state as a file: an importance matrix of what is done, with what else is needed to go on.
    public func checkpoint(fingerprint: String) throws -> [UInt8] {
        try sums.ggufBytes(more: [
            (Self.fingerprintKey, .string(fingerprint)), (Self.chunksDoneKey, .uint32(UInt32(clamping: chunksDone))),
            (Self.surpriseKey, .array(.float64([surprise.sum, surprise.squares, Double(surprise.count)]))),
        ])
    }

    /// Goes on from a checkpoint.
    ///
    /// - Returns: false, and nothing changed, for a checkpoint of other work.
    /// - Throws: `EvaluationError.invalidCheckpoint`, `QuantizationError`, `GGUFError` for a damaged file.
    public mutating func resume(from path: String, fingerprint: String) throws -> Bool {
        let metadata = try GGUFFile(path: path).metadata
        guard metadata.string(Self.fingerprintKey) == fingerprint else { return false }
        guard let done = metadata.int(Self.chunksDoneKey), (0...chunks.count).contains(done),
            case .float64(let numbers) = metadata.array(Self.surpriseKey), numbers.count == 3,
            numbers.allSatisfy({ $0.isFinite && $0.magnitude < 0x1p53 })
        else {
            throw EvaluationError.invalidCheckpoint(file: path, problem: "it does not say how far the work got")
        }
        sums = try ImportanceSums(path: path)
        chunksDone = done
        surprise = MeanEstimate(sum: numbers[0], squares: numbers[1], count: Int(numbers[2]))
        return true
    }
}
