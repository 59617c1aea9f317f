public import Quantization
import Tensors

/// How an output is made besides its type. Each is nil where the plan does not say; what is nearer to the output wins.
public struct OutputSettings: Sendable, Equatable {
    /// The folder that the output goes to.
    var folder: String?
    /// The output's name, with placeholders.
    var file: String?
    /// Path of an importance matrix; empty for none in spite of the defaults.
    var imatrix: String?
    /// Tensors that the matrix is used for, and those that it is not, by parts of their names.
    var includedWeights: [String]?
    var excludedWeights: [String]?
    var tensorTypes: [TypeChoices.Pattern]?
    var outputTensorType: TensorType?
    var tokenEmbeddingType: TensorType?
    var leavesOutputTensor: Bool?
    var isPure: Bool?
    var allowsRequantizing: Bool?
    var allowsNonFinite: Bool?
    var prunedLayers: Set<Int>?
    var overrides: [MetadataOverride]?
    var package: Package?

    /// A model of the store to be made of an output.
    public struct Package: Sendable, Equatable {
        /// The model's name, with placeholders.
        public var name: String
        /// A Modelfile whose instructions but FROM are taken.
        public var modelfile: String?
    }

    /// These, and `others` where these say nothing.
    func merging(_ others: OutputSettings) -> OutputSettings {
        var merged = self
        func fill<Value>(_ path: WritableKeyPath<OutputSettings, Value?>) {
            if merged[keyPath: path] == nil { merged[keyPath: path] = others[keyPath: path] }
        }
        fill(\.folder)
        fill(\.file)
        fill(\.imatrix)
        // Both are about one matrix, so the nearer pair wins together.
        if includedWeights == nil, excludedWeights == nil {
            fill(\.includedWeights)
            fill(\.excludedWeights)
        }
        fill(\.tensorTypes)
        fill(\.outputTensorType)
        fill(\.tokenEmbeddingType)
        fill(\.leavesOutputTensor)
        fill(\.isPure)
        fill(\.allowsRequantizing)
        fill(\.allowsNonFinite)
        fill(\.prunedLayers)
        fill(\.overrides)
        fill(\.package)
        return merged
    }

    /// What they mean for the types of tensors.
    public var choices: TypeChoices {
        var choices = TypeChoices()
        choices.patterns = tensorTypes ?? []
        choices.outputType = outputTensorType
        choices.tokenEmbeddingType = tokenEmbeddingType
        choices.leavesOutput = leavesOutputTensor ?? false
        choices.isPure = isPure ?? false
        return choices
    }

    /// The options that `quern quantize` would make of them.
    ///
    /// - Parameter matrix: the matrix at `imatrix`.
    func options(_ target: QuantizationTarget, importance matrix: ImportanceMatrix?) -> QuantizationOptions {
        var options = QuantizationOptions()
        options.importance = matrix?.limited(to: includedWeights ?? [], without: excludedWeights ?? [])
        options.choices = choices
        options.copiesTensors = target == .copy
        options.allowsRequantizing = allowsRequantizing ?? false
        options.allowsNonFinite = allowsNonFinite ?? false
        options.prunedLayers = prunedLayers ?? []
        options.overrides = overrides ?? []
        return options
    }
}
