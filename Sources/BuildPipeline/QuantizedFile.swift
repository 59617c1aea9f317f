import Bytes
public import Compute
import Conversion
import GGUF
public import Quantization
import Tensors

/// Quantizes a GGUF file or a checkpoint folder into a GGUF file: `quern quantize IN OUT TYPE`.
///
/// The output gets its name only when it is whole; a failure or an interruption leaves what was there before.
public struct QuantizedFile: Sendable {
    public var input: String
    public var output: String
    public var fileType: FileType
    /// Path of an importance matrix.
    public var importance: String?
    public var choices = TypeChoices()
    public var allowsRequantizing = false

    public init(input: String, output: String, fileType: FileType) {
        (self.input, self.output, self.fileType) = (input, output, fileType)
    }

    /// What was made.
    public struct Report: Sendable {
        public let inputByteCount: Int
        public let outputByteCount: Int
        public let parameterCount: Int
        /// Bits of the output's tensors per weight.
        public var bitsPerWeight: Double { parameterCount == 0 ? 0 : Double(outputByteCount) * 8 / Double(parameterCount) }
    }

    public func make(on pool: ThreadPool, events: @escaping BuildEvent.Handler) throws -> Report {
        let matrix = try importance.map { try ImportanceMatrix(path: $0) }
        for tensor in matrix?.unseen ?? [] {
            events(
                .warning("importance matrix '\(importance ?? "")': an expert of '\(tensor)' saw no token; its columns weigh alike"))
        }
        let (quantization, inputByteCount) = try plan(matrix, events)
        let file = try FileReplacement(path: output, byteCount: quantization.totalByteCount)
        let step = "quantizing to \(fileType.name)"
        try quantization.write(on: pool, to: { try file.write($0) }) { progress in
            try Interruption.check()
            events(.progress(step: step, completed: progress.bytesDone, total: progress.byteCount))
        }
        try file.commit()
        return Report(
            inputByteCount: inputByteCount, outputByteCount: quantization.totalByteCount,
            parameterCount: quantization.layout.tensors.reduce(0) { $0 + $1.tensor.shape.elementCount })
    }

    private func plan(_ matrix: ImportanceMatrix?, _ events: BuildEvent.Handler) throws -> (GGUFQuantization, Int) {
        if try FileStatus(path: input).kind == .folder {
            let model = try CheckpointConverter().convert(CheckpointFolder(path: input))
            for warning in model.warnings { events(.warning(warning)) }
            let bytes = model.tensors.reduce(0) { $0 + $1.source.parts.reduce(0) { $0 + $1.count } }
            return (try model.quantization(to: fileType, importance: matrix, choices: choices), bytes)
        }
        let file = try GGUFFile(path: input)
        return (
            try GGUFQuantization(
                file, to: fileType, importance: matrix, choices: choices, allowRequantizing: allowsRequantizing),
            file.tensorByteCount
        )
    }
}

extension ConvertedModel {
    /// The model's file to be written: quantized, or with nil as the checkpoint has it.
    func quantization(
        to fileType: FileType?, importance: ImportanceMatrix? = nil, choices: TypeChoices = TypeChoices()
    ) throws -> GGUFQuantization {
        try GGUFQuantization(
            metadata: metadata, tensors: tensors.map { .init($0.source, unquantizedType: $0.type) }, to: fileType,
            importance: importance, choices: choices)
    }
}
