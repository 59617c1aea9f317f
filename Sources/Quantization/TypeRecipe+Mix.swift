import Tensors

extension TypeRecipe {
    /// The running choice of types: counts the layers it has seen, because a tensor's place decides its bits.
    struct Mix {
        let recipe: TypeRecipe
        /// Tensors that hold attention's values, in the whole model.
        let valueCount: Int
        /// The embedding serves as output too, and gets the output's type.
        let tiedEmbeddings: Bool
        private var valuesSeen = 0
        private var downsSeen = 0

        init(recipe: TypeRecipe, valueCount: Int, tiedEmbeddings: Bool) {
            (self.recipe, self.valueCount, self.tiedEmbeddings) = (recipe, valueCount, tiedEmbeddings)
        }

        private var fileType: FileType { recipe.fileType }
        private var model: Model { recipe.model }
        private var isFalcon: Bool { model.architecture == "falcon" }
        private var plain: TensorType { recipe.fileType.tensorType }

        mutating func type(
            of name: String, category: TensorCategory, columns: Int
        ) throws(QuantizationError) -> TensorType {
            if model.architecture == "glm5-next", ["attn_q_a", "attn_q_b", "nextn.eh_proj"].contains(where: name.contains) {
                return .q8_0
            }
            switch category {
            case .output: return outputType(columns: columns)
            case .tokenEmbedding: return tiedEmbeddings ? outputType(columns: columns) : plain
            case .attentionV, .attentionQKV, .attentionKVB: return valueType()
            case .attentionK: return model.expertCount == 8 ? .q8_0 : plain
            case .attentionOutput: return attentionOutputType()
            case .feedForwardDown: return try downType(name)
            case .feedForwardUp, .feedForwardGate:
                if model.expertCount > 1 { _ = try checkedLayer(name) }
                return plain
            case .attentionQ, .other: return plain
            }
        }

        private func outputType(columns: Int) -> TensorType {
            if isFalcon || columns % plain.blockSize != 0 || plain == .q8_0 { return .q8_0 }
            return .q6_K
        }

        /// The first and last eighth of the layers, and every third in between.
        private func deservesMore(_ layer: Int, of count: Int) -> Bool {
            layer < count / 8 || layer >= 7 * count / 8 || (layer - count / 8) % 3 == 2
        }

        private mutating func valueType() -> TensorType {
            defer { valuesSeen += 1 }
            if model.expertCount == 8 { return .q8_0 }
            var type = plain
            switch fileType {
            case .q2_K: type = model.groupSize >= 4 ? .q4_K : .q3_K
            case .q2_K_S where model.groupSize >= 4: type = .q4_K
            case .q3_K_M: type = valuesSeen < 2 ? .q5_K : .q4_K
            case .q3_K_L: type = .q5_K
            case .q4_K_M where deservesMore(valuesSeen, of: valueCount): type = .q6_K
            case .q5_K_M where deservesMore(valuesSeen, of: valueCount): type = .q6_K
            case .q4_K_S where valuesSeen < 4: type = .q5_K
            default: break
            }
            return model.is70B && (type == .q3_K || type == .q4_K) ? .q5_K : type
        }

        private func attentionOutputType() -> TensorType {
            if isFalcon { return fileType == .q3_K_L ? .q4_K : plain }
            if model.expertCount == 8 {
                let raised: [FileType] = [.q2_K, .q3_K_S, .q3_K_M, .q4_K_S, .q4_K_M]
                return raised.contains(fileType) ? .q5_K : plain
            }
            return switch fileType {
            case .q2_K: .q3_K
            case .q3_K_M: .q4_K
            case .q3_K_L: .q5_K
            default: plain
            }
        }

        private mutating func downType(_ name: String) throws(QuantizationError) -> TensorType {
            // Experts of one layer need not follow each other, so their layer is read from the name.
            let layer = model.expertCount > 1 ? try checkedLayer(name) : downsSeen
            let count = model.blockCount
            defer { downsSeen += 1 }
            switch fileType {
            case .q2_K: return .q3_K
            case .q2_K_S where layer < count / 8: return .q4_K
            case .q3_K_M where layer < count / 16: return .q5_K
            case .q3_K_M: return !isFalcon || deservesMore(layer, of: count) ? .q4_K : .q3_K
            case .q3_K_L: return isFalcon ? .q4_K : .q5_K
            case .q4_K_M where isFalcon:
                return layer < count / 16 ? .q6_K : deservesMore(layer, of: count) ? .q5_K : .q4_K
            case .q4_K_M where deservesMore(layer, of: count): return .q6_K
            case .q5_K_M where deservesMore(layer, of: count): return .q6_K
            case .q4_K_S where !isFalcon && layer < count / 8: return .q5_K
            // Four and five bits without a minimum go astray in the first layers once importance pulls at them.
            case .q4_0 where recipe.hasImportance && layer < count / 8: return .q4_1
            case .q5_0 where recipe.hasImportance && layer < count / 8: return .q5_1
            default: return plain
            }
        }

        private func checkedLayer(_ name: String) throws(QuantizationError) -> Int {
            guard let layer = TypeRecipe.layer(of: name), layer < model.blockCount else {
                throw .unknownLayer(tensor: name, layerCount: model.blockCount)
            }
            return layer
        }
    }
}
