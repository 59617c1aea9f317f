public import GGUF
public import Tensors

/// Which type each tensor of a model gets: llama.cpp's mixes (`llama_tensor_get_type`), tensor for tensor.
///
/// A mix spends more bits where they matter: on the output, on attention's values, on the first and last layers' way down.
public struct TypeRecipe: Sendable {
    public let fileType: FileType
    public let model: Model
    /// Whether an importance matrix is used; Q4_0 and Q5_0 then guard the first layers.
    public let hasImportance: Bool

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

    public init(_ fileType: FileType, for model: Model, hasImportance: Bool = false) {
        (self.fileType, self.model, self.hasImportance) = (fileType, model, hasImportance)
    }

    /// The types of `tensors`, in their order. Tensors that are not quantized keep the type they have.
    ///
    /// - Throws: `importanceNeeded` where llama-quantize refuses for want of a matrix, `unknownLayer` for experts without one.
    public func types(
        for tensors: [(name: String, type: TensorType, shape: TensorShape)]
    ) throws(QuantizationError) -> [TensorType] {
        let categories = tensors.map { TensorCategory(name: $0.name) }
        var mix = Mix(
            recipe: self, valueCount: categories.count { $0.holdsValues }, tiedEmbeddings: !categories.contains(.output))
        var types = tensors.map(\.type)
        // Mixes count layers as they come, in the order of the file that llama.cpp writes.
        for position in Self.fileOrder(of: tensors.map(\.name)) {
            let tensor = tensors[position]
            let count = tensor.shape.dimensions.lastIndex { $0 != 1 }.map { $0 + 1 } ?? 1
            guard
                QuantizableTensor.isQuantizable(
                    name: tensor.name, dimensionCount: count, architecture: model.architecture)
            else { continue }
            var type = fileType.tensorType
            if !fileType.isUnquantized {
                let chosen = try mix.type(of: tensor.name, category: categories[position], columns: tensor.shape.columns)
                type = Self.fitting(chosen, columns: tensor.shape.columns)
            }
            // Two-bit weights are useless without importance; Q2_K gets away with it thanks to its mix, Q2_K_S does not.
            let embeds = [.output, .tokenEmbedding].contains(categories[position])
            if fileType == .q2_K_S, type == .q2_K, !embeds, !hasImportance {
                throw .importanceNeeded(tensor: tensor.name, type: type)
            }
            types[position] = type
        }
        return types
    }

    /// The type that takes the place of `type` where a row is not a whole number of its blocks.
    static func fitting(_ type: TensorType, columns: Int) -> TensorType {
        guard columns % type.blockSize != 0 else { return type }
        let smaller: TensorType =
            switch type {
            case .q2_K, .q3_K: .q4_0
            case .q4_K: .q5_0
            case .q5_K: .q5_1
            case .q6_K: .q8_0
            default: type
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

    /// The number in `blk.NUMBER`, if the name starts so.
    static func layer(of name: String) -> Int? {
        guard name.hasPrefix("blk.") else { return nil }
        return Int(name.dropFirst(4).prefix { $0.isASCII && $0.isNumber })
    }
}
