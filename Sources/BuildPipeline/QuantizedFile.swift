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
    public var options = QuantizationOptions()
    /// The output is made of as many shards as the input, and `output` is their stem.
    public var keepsShards = false
    /// Wait until the output is on the disk for good. It can be made again from the input, so most do not want to wait.
    public var waitsForDisk = false

    public init(input: String, output: String, fileType: FileType) {
        (self.input, self.output, self.fileType) = (input, output, fileType)
    }

    /// What was made.
    public struct Report: Sendable {
        /// The files, in the order of their shards.
        public let files: [String]
        public let inputByteCount: Int
        public let outputByteCount: Int
        public let parameterCount: Int
        /// Bits of the output's tensors per weight.
        public var bitsPerWeight: Double { parameterCount == 0 ? 0 : Double(outputByteCount) * 8 / Double(parameterCount) }
    }

    /// Decides what becomes of each tensor, without reading weights.
    public func plan(events: BuildEvent.Handler) throws -> QuantizationPlan {
        let source = try QuantizationSource(path: input)
        for warning in source.warnings { events(.warning(warning)) }
        let plan = try source.plan(to: fileType, options: options, keepsShards: keepsShards)
        guard let matrix = options.importance else { return plan }
        if let warning = matrix.unseenWarning { events(.warning(warning)) }
        if let first = plan.unweighted.first {
            events(
                .warning(
                    "importance matrix '\(matrix.file)' has no weights for \(plan.unweighted.count) tensors, '\(first)' the first"))
        }
        return plan
    }

    /// Chooses a type for each tensor by measured error, and takes the choice in place of a mix from here on.
    public mutating func fit(
        _ budget: FittedTypes.Budget, on pool: ThreadPool, events: @escaping BuildEvent.Handler
    ) throws -> FittedTypes {
        var trial = self
        // A type that needs no importance and no search for other types.
        (trial.fileType, trial.options.choices.isPure, trial.keepsShards) = (.q4_0, true, false)
        let plan = try trial.plan { _ in }
        let fitted = try FittedTypes(plan, within: budget, on: pool) { done, count in
            try Interruption.check()
            events(.progress(step: "measuring types", completed: done, total: count))
        }
        fileType = fitted.fileType
        options.choices.patterns = fitted.patterns
        (options.choices.outputType, options.choices.tokenEmbeddingType, options.choices.isPure) = (nil, nil, false)
        return fitted
    }

    public func make(on pool: ThreadPool, events: @escaping BuildEvent.Handler) throws -> Report {
        let plan = try plan(events: events)
        let parts = keepsShards ? try plan.shards() : [try plan.file()]
        let paths = parts.indices.map { keepsShards ? GGUFFile.shardPath(output, $0, of: parts.count) : output }
        for path in paths { try checkDistinct(path) }
        let total = parts.reduce(0) { $0 + $1.totalByteCount }
        // All of them have room before the first is written, and get their names when the last is whole.
        let files = try zip(paths, parts).map {
            try FileReplacement(path: $0, byteCount: max($1.totalByteCount, total), durably: waitsForDisk)
        }
        let step = "quantizing to \(options.copiesTensors ? "COPY" : fileType.name)"
        var done = 0
        for (file, part) in zip(files, parts) {
            try part.write(on: pool, to: { try file.write($0) }) { progress in
                try Interruption.check()
                events(.progress(step: step, completed: done + progress.bytesDone, total: total))
            } warning: {
                events(.warning($0))
            }
            done += part.totalByteCount
        }
        for file in files { try file.commit() }
        return Report(
            files: paths, inputByteCount: plan.sourceByteCount, outputByteCount: total, parameterCount: plan.parameterCount)
    }

    /// Pages of the input are read until the output is whole; the output must not take its place before.
    private func checkDistinct(_ path: String) throws {
        guard let source = try FileStatus.ifPresent(input), let target = try FileStatus.ifPresent(path) else { return }
        if source.device == target.device, source.inode == target.inode { throw BuildError.outputIsInput(path: path) }
    }
}

extension ConvertedModel {
    /// The model's file to be written: quantized, or with nil as the checkpoint has it.
    func quantization(
        to fileType: FileType?, importance: ImportanceMatrix? = nil, choices: TypeChoices = TypeChoices()
    ) throws -> GGUFQuantization {
        var options = QuantizationOptions()
        (options.importance, options.choices) = (importance, choices)
        return try plan(to: fileType, options: options).file()
    }

    func plan(to fileType: FileType?, options: QuantizationOptions) throws -> QuantizationPlan {
        try QuantizationPlan(
            metadata: metadata, tensors: tensors.map { .init($0.source, unquantizedType: $0.type) }, to: fileType, options: options)
    }
}
