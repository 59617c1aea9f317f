public import GGUF
public import Tensors

/// Which type each tensor of a model gets: llama.cpp's mixes (`llama_tensor_get_type`), tensor for tensor.
///
/// A mix spends more bits where they matter: on the output, on attention's values, on the first and last layers' way down.
public struct TypeRecipe: Sendable {
    public let fileType: FileType
    public let model: Model
    /// Whether an importance matrix is used: some mixes then guard their first layers, others need not do so any more.
    public let hasImportance: Bool
    /// What the user decides in place of the mix.
    public let choices: TypeChoices

    /// What a recipe asks of a model.
    public struct Model: Sendable, Equatable {
        public var architecture: String
        public var blockCount: Int
        public var headCount: Int
        /// Heads of keys and values; 0 in layers without attention.
        public var headCountKV: Int
        public var expertCount: Int

        public init(architecture: String, blockCount: Int, headCount: Int, headCountKV: Int, expertCount: Int = 0) {
            self.architecture = architecture
            self.blockCount = blockCount
            self.headCount = headCount
            self.headCountKV = headCountKV
            self.expertCount = expertCount
        }

        /// Reads the model's shape. Head counts that differ by layer count with their first layer.
        public init(metadata: GGUFMetadata) throws(QuantizationError) {
            guard let architecture = metadata.architecture else {
                throw .invalidMetadata("metadata key '\(GGUFKey.architecture)' is missing")
            }
            func first(_ key: String) -> Int? { metadata.int(key) ?? metadata.ints(key)?.first }
            self.architecture = architecture
            blockCount = metadata.int(GGUFKey.blockCount(architecture)) ?? 0
            headCount = first(GGUFKey.headCount(architecture)) ?? 0
            headCountKV = first(GGUFKey.headCountKV(architecture)) ?? headCount
            expertCount = metadata.int(GGUFKey.expertCount(architecture)) ?? 0
            guard [blockCount, headCount, headCountKV, expertCount].allSatisfy({ (0...1 << 20).contains($0) }) else {
                throw .invalidMetadata("the counts of layers, heads and experts in the metadata are out of range")
            }
        }

        /// Query heads that share one head of keys and values.
        var groupSize: Int { headCountKV == 0 ? 0 : headCount / headCountKV }

        /// The models that llama.cpp calls 70B, whose few values deserve more bits.
        var is70B: Bool {
            switch architecture {
            case "llama": blockCount == 80 && headCount != headCountKV
            case "qwen2", "deci", "olmo": blockCount == 80
            case "jais2": blockCount == 68
            default: false
            }
        }
    }

    public init(_ fileType: FileType, for model: Model, hasImportance: Bool = false, choices: TypeChoices = TypeChoices()) {
        (self.fileType, self.model, self.hasImportance, self.choices) = (fileType, model, hasImportance, choices)
    }

    /// The types of `tensors`, in their order. Tensors that are not quantized keep the type they have.
    ///
    /// - Parameter inOrder: layers are counted in the order of `tensors`, not in the one in which llama.cpp writes them.
    /// - Throws: `unknownLayer` for experts without one, `partialBlock` for rows that neither the type nor a smaller one fits.
    public func types(
        for tensors: [(name: String, type: TensorType, shape: TensorShape)], inOrder: Bool = false
    ) throws(QuantizationError) -> [TensorType] {
        let categories = tensors.map { TensorCategory(name: $0.name) }
        let patterns = try choices.compiled()
        var mix = Mix(
            recipe: self, valueCount: categories.count { $0.holdsValues }, tiedEmbeddings: !categories.contains(.output))
        var types = tensors.map(\.type)
        // Mixes count layers as they come, in the order of the file that llama.cpp writes.
        for position in inOrder ? Array(tensors.indices) : Self.fileOrder(of: tensors.map(\.name)) {
            let tensor = tensors[position]
            let count = tensor.shape.dimensions.lastIndex { $0 != 1 }.map { $0 + 1 } ?? 1
            guard
                QuantizableTensor.isQuantizable(
                    name: tensor.name, dimensionCount: count, architecture: model.architecture)
            else { continue }
            if choices.leavesOutput, tensor.name == "output.weight" { continue }
            if let decided = choices.decided(tensor.name, categories[position], patterns) {
                types[position] = decided
                continue
            }
            var type = fileType.tensorType
            if !fileType.isUnquantized {
                if let named = patterns.first(where: { $0.matches(tensor.name) }) {
                    type = named.type
                } else if !choices.isPure {
                    type = try mix.type(of: tensor.name, category: categories[position], shape: tensor.shape)
                }
                type = try Self.fitting(type, tensor: tensor.name, columns: tensor.shape.columns)
            }
            types[position] = type
        }
        return types
    }

    /// Whether a tensor would be garbage without importance, as llama.cpp judges: weights of one and two bits inside the model.
    /// Q2_K gets away with it thanks to its mix, Q2_K_S does not.
    static func needsImportance(_ type: TensorType, in fileType: FileType?, category: TensorCategory) -> Bool {
        if category == .output || category == .tokenEmbedding { return false }
        return switch type {
        case .iq1_s, .iq1_m, .iq2_xxs, .iq2_xs, .iq2_s, .iq3_xxs: true
        case .q2_K: fileType == .q2_K_S
        default: false
        }
    }

    /// The type that takes the place of `type` where a row is not a whole number of its blocks.
    /// - Throws: `partialBlock` where llama.cpp knows none either.
    static func fitting(_ type: TensorType, tensor: String, columns: Int) throws(QuantizationError) -> TensorType {
        guard columns % type.blockSize != 0 else { return type }
        let smaller: TensorType
        switch type {
        case .iq1_s, .iq1_m, .iq2_xxs, .iq2_xs, .iq2_s, .iq3_xxs, .iq3_s, .iq4_xs: smaller = .iq4_nl
        case .q2_0, .q2_K, .q3_K, .tq1_0, .tq2_0: smaller = .q4_0
        case .q4_K: smaller = .q5_0
        case .q5_K: smaller = .q5_1
        case .q6_K: smaller = .q8_0
        case _ where type.blockSize <= 32: smaller = type
        default: throw .partialBlock(tensor: tensor, columns: columns, type: type)
        }
        return columns % smaller.blockSize == 0 ? smaller : .f16
    }

    /// Positions of `names` in the order in which llama.cpp writes tensors: what belongs to no layer first, then layer by
    /// layer, by name within each.
    public static func fileOrder(of names: [String]) -> [Int] {
        let keys = names.map { (layer(of: $0) ?? -1, Array($0.utf8)) }
        return names.indices.sorted { left, right in
            let (a, b) = (keys[left], keys[right])
            if a.0 != b.0 { return a.0 < b.0 }
            return a.1 == b.1 ? left < right : a.1.lexicographicallyPrecedes(b.1)
        }
    }

    /// `names` in that order.
    static func inFileOrder(_ names: [String]) -> [String] { fileOrder(of: names).map { names[$0] } }

    /// The number in `blk.NUMBER`, if the name starts so.
    static func layer(of name: String) -> Int? {
        guard name.hasPrefix("blk.") else { return nil }
        return Int(name.dropFirst(4).prefix { $0.isASCII && $0.isNumber })
    }
}
