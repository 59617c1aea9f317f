public import Compute
public import GGUF
public import Tensors

/// A GGUF file to be written: its layout, and how each tensor gets from what is stored to the type that the recipe chose.
///
/// Making one decides everything and reads no weights; `write` then streams the file.
public struct GGUFQuantization: Sendable {
    public let layout: GGUFLayout
    /// How each tensor is made, in the file's order.
    let steps: [Step]
    private let allowRequantizing: Bool

    struct Step: Sendable {
        var source: TensorSource
        var type: TensorType
        var importance: [Float]?
    }

    /// A tensor to be written, and the type it has in a file that is not quantized: F32 for norms, F16 for matrices, ...
    public struct Tensor: Sendable {
        public var source: TensorSource
        public var unquantizedType: TensorType

        public init(_ source: TensorSource, unquantizedType: TensorType) {
            (self.source, self.unquantizedType) = (source, unquantizedType)
        }
    }

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
        let described = tensors.map { ($0.source.name, $0.unquantizedType, $0.source.shape) }
        var types = tensors.map(\.unquantizedType)
        var result = metadata
        if let fileType {
            let recipe = TypeRecipe(
                fileType, for: try .init(metadata: metadata), hasImportance: importance != nil, choices: choices)
            types = try recipe.types(for: described)
            result = metadata.quantized(to: fileType, importance: importance)
        }
        self.allowRequantizing = allowRequantizing
        steps = try TypeRecipe.fileOrder(of: tensors.map(\.source.name)).map { position in
            let (tensor, type) = (tensors[position], types[position])
            let weights =
                type == tensor.source.storedType
                ? nil : try importance?.weights(for: tensor.source.name, shape: tensor.source.shape)
            // llama-quantize looks at tensors that need no conversion only where there is no matrix at all.
            if weights == nil, type != tensor.source.storedType || importance == nil,
                TypeRecipe.needsImportance(type, in: fileType, category: TensorCategory(name: tensor.source.name))
            {
                throw QuantizationError.importanceNeeded(tensor: tensor.source.name, type: type)
            }
            // Refuses before anything is written what would be refused on the way.
            _ = try TensorConversion(
                tensor.source, to: type, importance: weights, allowRequantizing: allowRequantizing, codec: .reference)
            return Step(source: tensor.source, type: type, importance: weights)
        }
        layout = try GGUFLayout(
            metadata: result, tensors: steps.map { ($0.source.name, $0.type, $0.source.shape.withoutTrailingOnes) })
    }

    /// Plans to quantize a GGUF file, all its shards together.
    public init(
        _ file: GGUFFile, to fileType: FileType, importance: ImportanceMatrix? = nil, choices: TypeChoices = TypeChoices(),
        allowRequantizing: Bool = false
    ) throws {
        let tensors = file.tensors.map { tensor in
            Tensor(
                TensorSource(name: tensor.name, storedType: tensor.type, shape: tensor.shape, parts: [file.bytes(of: tensor)]),
                unquantizedType: tensor.type)
        }
        try self.init(
            metadata: file.metadata, tensors: tensors, to: fileType, importance: importance, choices: choices,
            allowRequantizing: allowRequantizing)
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
            steps[step].source, to: steps[step].type, importance: steps[step].importance, allowRequantizing: allowRequantizing,
            codec: codec)
    }

    /// Whether equal tensors with equal types and importance become equal bytes in both files.
    func hasSameRules(as other: GGUFQuantization) -> Bool { allowRequantizing == other.allowRequantizing }

    /// Streams the file to `sink`, in order, a few MiB at a time. `progress` is called from the calling thread.
    ///
    /// - Throws: `QuantizationError` for weights that cannot be written, or what `sink` throws; the file is then incomplete.
    public func write(
        on pool: ThreadPool, to sink: TensorStream.Sink, progress: (Progress) throws -> Void = { _ in }
    ) throws {
        try withoutActuallyEscaping(sink) { sink in
            let stream = TensorStream(pool: pool, sink: sink)
            try stream.append(layout.header)
            for (index, (step, placement)) in zip(steps, layout.tensors).enumerated() {
                try progress(
                    Progress(
                        tensor: step.source.name, tensorsDone: index, tensorCount: steps.count,
                        bytesDone: placement.fileOffset, byteCount: totalByteCount))
                try stream.append(
                    step.source, as: step.type, importance: step.importance, allowRequantizing: allowRequantizing)
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
