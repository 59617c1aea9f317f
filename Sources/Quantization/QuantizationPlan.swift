import Bytes
public import GGUF
public import Tensors

/// What becomes of each tensor and of the metadata, decided before any weight is read.
///
/// A plan says what a file will hold and how large it will be (`--dry-run`), and makes the files to be written: one, or as many shards
/// as the model came in.
public struct QuantizationPlan: Sendable {
    /// The metadata of the file to be written.
    public let metadata: GGUFMetadata
    /// Shards that the model came in.
    public let shardCount: Int
    /// Tensors that will be quantized, as far as an importance matrix was given and does not know them.
    public let unweighted: [String]
    /// The first tensor that cannot be made for want of an importance matrix.
    public let missingImportance: QuantizationError?
    let steps: [Step]
    private let options: QuantizationOptions

    struct Step: Sendable {
        var source: TensorSource
        var type: TensorType
        var importance: [Float]?
        var shard: Int
    }

    /// A tensor to be written, and the type it has in a file that is not quantized: F32 for norms, F16 for matrices, ...
    public struct Tensor: Sendable {
        public var source: TensorSource
        public var unquantizedType: TensorType
        /// The shard it comes from, from 0, and its place there.
        public var shard = 0
        public var offset = 0

        public init(_ source: TensorSource, unquantizedType: TensorType) {
            (self.source, self.unquantizedType) = (source, unquantizedType)
        }
    }

    /// - Parameters:
    ///   - fileType: nil writes every tensor in its unquantized type and leaves the metadata alone.
    ///   - keepsOrder: tensors follow each other shard by shard as they were, not layer by layer.
    /// - Throws: `QuantizationError` for metadata or tensors that no recipe fits, or a matrix of another model.
    public init(
        metadata: GGUFMetadata, tensors: [Tensor], to fileType: FileType?, options: QuantizationOptions, keepsOrder: Bool = false,
        shardCount: Int = 1
    ) throws {
        var options = options
        if options.importance?.count == 0 { options.importance = nil }
        let importance = options.importance
        let ordered = Self.ordered(tensors, asStored: keepsOrder)
        let pruning = LayerPruning(options.prunedLayers, names: TypeRecipe.inFileOrder(tensors.map(\.source.name)))
        // The name in the model, which the matrix knows, goes with the tensor.
        var kept: [(name: String, tensor: Tensor)] = []
        for var tensor in ordered {
            let name = tensor.source.name
            guard let renamed = pruning.renamed(name) else { continue }
            tensor.source.name = renamed
            kept.append((name, tensor))
        }
        var types = kept.map(\.tensor.unquantizedType)
        var result = metadata
        if let fileType {
            result = metadata.quantized(
                fileTypeNumber: options.copiesTensors ? Self.fileTypeNumber(metadata, tensors) : fileType.rawValue,
                overrides: options.overrides, importance: importance)
            if !options.copiesTensors {
                let recipe = TypeRecipe(
                    fileType, for: try .init(metadata: metadata.believing(options.overrides)), hasImportance: importance != nil,
                    choices: options.choices)
                types = try recipe.types(
                    for: kept.map { ($0.tensor.source.name, $0.tensor.unquantizedType, $0.tensor.source.shape) },
                    inOrder: true)
            }
        }
        if !options.prunedLayers.isEmpty, let architecture = metadata.architecture {
            result.append(GGUFKey.blockCount(architecture), .uint32(UInt32(clamping: pruning.layerCount)))
        }
        var (steps, unweighted, missing) = ([Step](), [String](), QuantizationError?.none)
        for ((name, tensor), type) in zip(kept, types) {
            let source = tensor.source
            let weights =
                type == source.storedType ? nil : try importance?.weights(for: name, as: source.name, shape: source.shape)
            let category = TensorCategory(name: source.name)
            // llama-quantize looks at tensors that need no conversion only where there is no matrix at all.
            if weights == nil, missing == nil, !options.copiesTensors, type != source.storedType || importance == nil,
                TypeRecipe.needsImportance(type, in: fileType, category: category)
            {
                missing = .importanceNeeded(tensor: source.name, type: type)
            }
            if importance != nil, weights == nil, type != source.storedType, !type.isFloat { unweighted.append(source.name) }
            steps.append(Step(source: source, type: type, importance: weights, shard: tensor.shard))
        }
        try Self.checkImportance(importance, kept.map(\.name), steps)
        (self.metadata, self.shardCount, self.options) = (result, shardCount, options)
        (self.steps, self.unweighted, missingImportance) = (steps, unweighted, missing)
    }

    /// Plans to quantize a GGUF file, all its shards together.
    ///
    /// - Parameter keepsShards: each tensor stays in the shard that it is in; `shards` then makes the files.
    public init(_ file: GGUFFile, to fileType: FileType, options: QuantizationOptions, keepsShards: Bool = false) throws {
        let tensors = file.tensors.map { tensor in
            let bytes = file.bytes(of: tensor)
            var result = Tensor(
                TensorSource(name: tensor.name, storedType: tensor.type, shape: tensor.shape, parts: [bytes]),
                unquantizedType: tensor.type)
            (result.shard, result.offset) = (file.shard(of: tensor), bytes.offsetInStorage)
            return result
        }
        try self.init(
            metadata: file.metadata, tensors: tensors, to: fileType, options: options, keepsOrder: keepsShards,
            shardCount: file.shardCount)
    }

    /// What each tensor is and becomes, in the order of the file.
    public var types: [(name: String, shape: TensorShape, from: TensorType, to: TensorType)] {
        steps.map { ($0.source.name, $0.source.shape, $0.source.storedType, $0.type) }
    }

    /// Bytes of the tensors as they are.
    public var sourceByteCount: Int { steps.reduce(0) { $0 + $1.source.parts.reduce(0) { $0 + $1.count } } }

    /// Bytes of the tensors as they will be, without padding. Rows that no block fits are none.
    public var tensorByteCount: Int { steps.reduce(0) { $0 + ($1.type.byteCount(of: $1.source.shape) ?? 0) } }

    public var parameterCount: Int { steps.reduce(0) { $0 + $1.source.shape.elementCount } }

    /// The file to be written.
    ///
    /// - Throws: `QuantizationError` for what would be refused on the way, so that nothing is written before.
    public func file() throws -> GGUFQuantization {
        if let missingImportance { throw missingImportance }
        return try GGUFQuantization(metadata: metadata, steps: steps, options: options)
    }

    /// The shards to be written, in order, with the numbers that they have in the model.
    public func shards() throws -> [GGUFQuantization] {
        if let missingImportance { throw missingImportance }
        let count = (steps.map(\.shard).max() ?? 0) + 1
        return try (0..<count).map { number in
            try GGUFQuantization(
                metadata: count > 1 ? metadata.ofShard(number, of: count, tensorCount: steps.count) : metadata,
                steps: steps.filter { $0.shard == number }, options: options)
        }
    }
}

extension QuantizationPlan {
    /// Layers of the model; none where the metadata does not say.
    var blockCount: Int {
        let count = metadata.architecture.flatMap { metadata.int(GGUFKey.blockCount($0)) } ?? 0
        return (0...1 << 16).contains(count) ? count : 0
    }

    /// Whether a recipe may choose the type of a tensor.
    func isQuantizable(_ step: Step) -> Bool {
        let count = step.source.shape.dimensions.lastIndex { $0 != 1 }.map { $0 + 1 } ?? 1
        if options.copiesTensors || isKept(step) { return false }
        return QuantizableTensor.isQuantizable(
            name: step.source.name, dimensionCount: count, architecture: metadata.architecture ?? "")
    }

    /// Whether an option keeps a tensor's type that would be chosen otherwise.
    func isKept(_ step: Step) -> Bool { options.choices.leavesOutput && step.source.name == "output.weight" }

    /// Bytes of everything but the tensors of those names: the other tensors and, for a whole file, header and padding.
    func byteCount(outside names: [String], wholeFile: Bool) throws -> Int {
        let chosen = Set(names)
        let others = steps.filter { !chosen.contains($0.source.name) }
        guard wholeFile else { return others.reduce(0) { $0 + ($1.type.byteCount(of: $1.source.shape) ?? 0) } }
        // A header does not depend on the types, so any will do.
        let layout = try GGUFLayout(
            metadata: metadata, tensors: steps.map { ($0.source.name, $0.source.storedType, $0.source.shape) })
        return zip(layout.tensors, steps).reduce(layout.header.count) { sum, pair in
            chosen.contains(pair.1.source.name) ? sum : sum + pair.0.tensor.byteCount + pair.0.padding
        }
    }

    private static func ordered(_ tensors: [Tensor], asStored: Bool) -> [Tensor] {
        if asStored { return tensors.sorted { ($0.shard, $0.offset) < ($1.shard, $1.offset) } }
        return TypeRecipe.fileOrder(of: tensors.map(\.source.name)).map { tensors[$0] }
    }

    /// What llama.cpp takes a model's file type to be: what the metadata says, or a guess by the most frequent type, marked as one.
    private static func fileTypeNumber(_ metadata: GGUFMetadata, _ tensors: [Tensor]) -> UInt32 {
        if let number = metadata.int(GGUFKey.fileType).flatMap({ UInt32(exactly: $0) }) { return number }
        var counts: [TensorType: Int] = [:]
        var frequent = TensorType.f32
        for position in TypeRecipe.fileOrder(of: tensors.map(\.source.name)) {
            let type = tensors[position].source.storedType
            counts[type, default: 0] += 1
            if counts[type, default: 0] > (frequent == type ? 0 : counts[frequent, default: 0]) { frequent = type }
        }
        let guessed = 1024 as UInt32
        if frequent == .nvfp4 { return guessed | 39 }
        // Of several mixes around a type, llama.cpp guesses the middle one.
        let mixes: [TensorType: FileType] = [
            .q3_K: .q3_K_M, .q4_K: .q4_K_M, .q5_K: .q5_K_M, .iq2_s: .iq2_S, .iq3_s: .iq3_S, .mxfp4: .f32,
        ]
        return guessed | (mixes[frequent] ?? FileType.allCases.first { $0.tensorType == frequent } ?? .f32).rawValue
    }

    /// - Throws: `foreignImportance` for a matrix that knows none of the matrices that are quantized.
    private static func checkImportance(_ matrix: ImportanceMatrix?, _ names: [String], _ steps: [Step]) throws(QuantizationError) {
        guard let matrix else { return }
        let quantized = zip(names, steps).filter { name, step in
            let category = TensorCategory(name: name)
            return step.type != step.source.storedType && !step.type.isFloat && category != .output && category != .tokenEmbedding
        }
        if !quantized.isEmpty, !quantized.contains(where: { matrix.knows($0.0) }) {
            throw .foreignImportance(file: matrix.file, tensor: quantized[0].0)
        }
    }
}

extension TensorType {
    /// Whether elements stand alone, as floats.
    var isFloat: Bool { [.f32, .f16, .bf16].contains(self) }
}
