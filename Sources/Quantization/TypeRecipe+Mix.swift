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
        private var gatesSeen = 0
        private var upsSeen = 0

        init(recipe: TypeRecipe, valueCount: Int, tiedEmbeddings: Bool) {
            (self.recipe, self.valueCount, self.tiedEmbeddings) = (recipe, valueCount, tiedEmbeddings)
        }

        private var fileType: FileType { recipe.fileType }
        private var model: Model { recipe.model }
        private var isFalcon: Bool { model.architecture == "falcon" }
        private var plain: TensorType { recipe.fileType.tensorType }

        mutating func type(
            of name: String, category: TensorCategory, shape: TensorShape
        ) throws(QuantizationError) -> TensorType {
            if model.architecture == "glm5-next", ["attn_q_a", "attn_q_b", "nextn.eh_proj"].contains(where: name.contains) {
                return .q8_0
            }
            if category == .output || (category == .tokenEmbedding && tiedEmbeddings) {
                return recipe.choices.outputType ?? outputType(columns: shape.columns)
            }
            if fileType == .mxfp4_MoE { return expertType(category, shape) }
            if category == .tokenEmbedding { return embeddingType }
            if fileType.isBelowThreeBits { return lowBitType(category) }
            switch category {
            case .attentionV, .attentionQKV, .attentionKVB: return valueType()
            case .attentionK: return model.expertCount == 8 ? .q8_0 : queryType
            case .attentionQ: return queryType
            case .attentionOutput: return attentionOutputType()
            case .feedForwardDown: return try downType(name)
            case .feedForwardGate: return try upType(name, &gatesSeen)
            case .feedForwardUp: return try upType(name, &upsSeen)
            case .output, .tokenEmbedding, .other: return plain
            }
        }

        private func outputType(columns: Int) -> TensorType {
            if fileType == .mxfp4_MoE || isFalcon || columns % plain.blockSize != 0 || plain == .q8_0 { return .q8_0 }
            return fileType.isBelowThreeBits || fileType == .iq3_XXS ? .q5_K : .q6_K
        }

        private var embeddingType: TensorType {
            switch fileType {
            case .iq2_XXS, .iq2_XS, .iq1_S, .iq1_M: .q2_K
            case .iq2_S, .iq2_M, .iq3_XXS: .iq3_s
            case .tq1_0, .tq2_0, .q2_0: .q4_K
            default: plain
            }
        }

        /// Stacks of matrices are experts, except in one architecture that stacks projections too.
        private func expertType(_ category: TensorCategory, _ shape: TensorShape) -> TensorType {
            let isStack = shape.dimensions.count > 2 && shape.dimensions[2] > 1
            let isFeedForward = [.feedForwardUp, .feedForwardGate, .feedForwardDown].contains(category)
            return isStack && (model.architecture != "bailingmoe3" || isFeedForward) ? .mxfp4 : .q8_0
        }

        /// The mixes of one and two bits, which spend what they can on values and on the first layers' way down.
        private mutating func lowBitType(_ category: TensorCategory) -> TensorType {
            let raised: TensorType = fileType == .iq2_S || fileType == .iq2_M ? .iq3_s : .q2_K
            switch category {
            case .attentionV, .attentionQKV, .attentionKVB:
                return model.groupSize >= 4 || model.expertCount >= 4 ? .q4_K : raised
            case .attentionK where model.expertCount == 8: return .q4_K
            case .feedForwardDown:
                defer { downsSeen += 1 }
                return downsSeen < model.blockCount / 8 ? raised : plain
            case .attentionOutput where model.expertCount == 8: return .q5_K
            case .attentionOutput:
                if fileType == .iq1_S || fileType == .iq1_M { return .iq2_xxs }
                return raised == .iq3_s ? .iq3_s : plain
            default: return plain
            }
        }

        private var queryType: TensorType {
            switch fileType {
            case .iq3_XS: .iq3_xxs
            case .iq3_XXS: .iq2_s
            default: plain
            }
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
            case .iq3_XXS where model.groupSize < 4: type = recipe.hasImportance ? .iq3_xxs : .iq3_s
            case .iq3_XXS, .iq3_M: type = .q4_K
            case .iq3_XS where model.groupSize >= 4, .iq3_S where model.groupSize >= 4: type = .q4_K
            case .iq4_NL where model.groupSize >= 4, .iq4_XS where model.groupSize >= 4: type = .q5_K
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
                let raised: [FileType] = [
                    .q2_K, .q3_K_S, .q3_K_M, .q4_K_S, .q4_K_M, .iq3_XXS, .iq3_XS, .iq3_S, .iq3_M, .iq4_NL, .iq4_XS,
                ]
                return raised.contains(fileType) ? .q5_K : plain
            }
            return switch fileType {
            case .q2_K: .q3_K
            case .iq3_XXS: .iq3_s
            case .q3_K_M, .iq3_M: .q4_K
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
            case .iq3_XXS where !recipe.hasImportance: return layer < count / 8 ? .q4_K : .q3_K
            case .iq3_M where layer < count / 8 || (model.expertCount == 8 && deservesMore(layer, of: count)): return .q4_K
            case .iq4_NL where layer < count / 8 && !recipe.hasImportance: return .q5_K
            case .iq4_XS where layer < count / 8 && !recipe.hasImportance: return .q5_K
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

        /// The way up, and its gate: IQ3_XS saves on the layers in between.
        private func upType(_ name: String, _ seen: inout Int) throws(QuantizationError) -> TensorType {
            let layer = model.expertCount > 1 ? try checkedLayer(name) : seen
            seen += 1
            let isBetween = layer >= model.blockCount / 8 && layer < 7 * model.blockCount / 8
            return fileType == .iq3_XS && isBetween ? .iq3_xxs : plain
        }

        private func checkedLayer(_ name: String) throws(QuantizationError) -> Int {
            guard let layer = TypeRecipe.layer(of: name), layer < model.blockCount else {
                throw .unknownLayer(tensor: name, layerCount: model.blockCount)
            }
            return layer
        }
    }
}

extension FileType {
    /// The mixes around types that need importance.
    fileprivate var isBelowThreeBits: Bool { [.iq1_S, .iq1_M, .iq2_XXS, .iq2_XS, .iq2_S, .iq2_M].contains(self) }
}
