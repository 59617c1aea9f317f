public import Compute
public import GGUF
public import Tensors

/// A GGUF file to be written: its layout, and how each tensor gets from what is stored to the type that the recipe chose.
///
/// Making one decides everything and reads no weights; `write` then streams the file.
public struct GGUFQuantization: Sendable {
    public let layout: GGUFLayout
    /// How each tensor is made, in the file's order.
    let steps: [QuantizationPlan.Step]
    private let rules: TensorConversion.Rules

    public typealias Tensor = QuantizationPlan.Tensor

    /// How far `write` is.
    public struct Progress: Sendable {
        public var tensor: String
        /// Tensors that are done, and all of them.
        public var tensorsDone: Int, tensorCount: Int
        /// Bytes of the file that are computed, and all of them.
        public var bytesDone: Int, byteCount: Int
    }

    /// Plans to quantize tensors that a converter describes.
    ///
    /// - Parameters:
    ///   - fileType: nil writes every tensor in its unquantized type and leaves the metadata alone.
    ///   - importance: weighs columns; tensors it does not know are quantized without.
    ///   - allowRequantizing: take tensors that are quantized already, which llama-quantize refuses unless it is told to.
    public init(
        metadata: GGUFMetadata, tensors: [Tensor], to fileType: FileType?, importance: ImportanceMatrix? = nil,
        choices: TypeChoices = TypeChoices(), allowRequantizing: Bool = false
    ) throws {
        var options = QuantizationOptions()
        (options.importance, options.choices, options.allowsRequantizing) = (importance, choices, allowRequantizing)
        self = try QuantizationPlan(metadata: metadata, tensors: tensors, to: fileType, options: options).file()
    }

    /// Plans to quantize a GGUF file, all its shards together.
    public init(
        _ file: GGUFFile, to fileType: FileType, importance: ImportanceMatrix? = nil, choices: TypeChoices = TypeChoices(),
        allowRequantizing: Bool = false
    ) throws {
        var options = QuantizationOptions()
        (options.importance, options.choices, options.allowsRequantizing) = (importance, choices, allowRequantizing)
        self = try QuantizationPlan(file, to: fileType, options: options).file()
    }

    /// Lays out the file of `steps` and refuses what would be refused on the way.
    init(metadata: GGUFMetadata, steps: [QuantizationPlan.Step], options: QuantizationOptions) throws {
        (self.steps, rules) = (steps, TensorConversion.Rules(options))
        for step in steps {
            _ = try TensorConversion(step.source, to: step.type, importance: step.importance, rules: rules, codec: .reference)
        }
        layout = try GGUFLayout(
            metadata: metadata, tensors: steps.map { ($0.source.name, $0.type, $0.source.shape.withoutTrailingOnes) })
    }

    /// Bytes of the file.
    public var totalByteCount: Int { layout.totalByteCount }

    /// The type of every tensor, in the file's order.
    public var types: [(name: String, from: TensorType, to: TensorType)] {
        steps.map { ($0.source.name, $0.source.storedType, $0.type) }
    }

    /// How the tensor at `step` of the file's order is made.
    func conversion(of step: Int, codec: RowCodec) throws(QuantizationError) -> TensorConversion {
        try TensorConversion(
            steps[step].source, to: steps[step].type, importance: steps[step].importance, rules: rules, codec: codec)
    }

    /// Whether equal tensors with equal types and importance become equal bytes in both files.
    func hasSameRules(as other: GGUFQuantization) -> Bool { rules == other.rules }

    /// Streams the file to `sink`, in order, a few MiB at a time. `progress` and `warning` are called from the calling thread.
    ///
    /// - Parameter warning: told of tensors with weights that are not finite, where the options let them pass.
    /// - Throws: `QuantizationError` for weights that cannot be written, or what `sink` throws; the file is then incomplete.
    public func write(
        on pool: ThreadPool, to sink: TensorStream.Sink, progress: (Progress) throws -> Void = { _ in },
        warning: (String) -> Void = { _ in }
    ) throws {
        try withoutActuallyEscaping(sink) { sink in
            let stream = TensorStream(pool: pool, sink: sink)
            try stream.append(layout.header)
            for (index, (step, placement)) in zip(steps, layout.tensors).enumerated() {
                try progress(
                    Progress(
                        tensor: step.source.name, tensorsDone: index, tensorCount: steps.count,
                        bytesDone: placement.fileOffset, byteCount: totalByteCount))
                let conversion = try conversion(of: index, codec: stream.codec)
                try stream.append(conversion)
                if let text = conversion.nonFiniteWarning { warning(text) }
                try stream.append([UInt8](repeating: 0, count: placement.padding))
            }
            try stream.finish()
        }
        try progress(
            Progress(
                tensor: steps.last?.source.name ?? "", tensorsDone: steps.count, tensorCount: steps.count,
                bytesDone: totalByteCount, byteCount: totalByteCount))
    }
}

extension TensorShape {
    /// The shape as llama.cpp writes it: at least one extent, and no ones after the last larger one.
    fileprivate var withoutTrailingOnes: TensorShape {
        let kept = dimensions.lastIndex { $0 != 1 }.map { $0 + 1 } ?? 1
        return TensorShape(Array(dimensions.prefix(kept))) ?? self
    }
}
