public import Quantization
import Tensors
import Yams

/// How an output is made besides its type. Each is nil where the plan does not say; what is nearer to the output wins.
public struct OutputSettings: Sendable, Equatable {
    /// The folder that the output goes to.
    var folder: String?
    /// The output's name, with placeholders.
    var file: String?
    /// Path of an importance matrix; empty for none in spite of the defaults.
    var imatrix: String?
    var tensorTypes: [TypeChoices.Pattern]?
    var outputTensorType: TensorType?
    var tokenEmbeddingType: TensorType?
    var leavesOutputTensor: Bool?
    var isPure: Bool?
    var allowsRequantizing: Bool?
    var package: Package?

    /// A model of the store to be made of an output.
    public struct Package: Sendable, Equatable {
        /// The model's name, with placeholders.
        public var name: String
        /// A Modelfile whose instructions but FROM are taken.
        public var modelfile: String?
    }

    /// The keys that a plan may use for them.
    static let keys = [
        "folder", "file", "imatrix", "tensor-types", "output-tensor-type", "token-embedding-type", "leave-output-tensor", "pure",
        "requantize", "create",
    ]

    /// These, and `others` where these say nothing.
    func merging(_ others: OutputSettings) -> OutputSettings {
        OutputSettings(
            folder: folder ?? others.folder, file: file ?? others.file, imatrix: imatrix ?? others.imatrix,
            tensorTypes: tensorTypes ?? others.tensorTypes, outputTensorType: outputTensorType ?? others.outputTensorType,
            tokenEmbeddingType: tokenEmbeddingType ?? others.tokenEmbeddingType,
            leavesOutputTensor: leavesOutputTensor ?? others.leavesOutputTensor, isPure: isPure ?? others.isPure,
            allowsRequantizing: allowsRequantizing ?? others.allowsRequantizing, package: package ?? others.package)
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
}

extension PlanReader {
    /// The settings among the members of a mapping.
    mutating func settings(_ members: [String: Node]) -> OutputSettings {
        var settings = OutputSettings()
        settings.folder = members["folder"].flatMap { text($0, "'folder'") }
        settings.file = members["file"].flatMap { node in
            parse(node, "'file'") { try NameTemplate($0).text }
        }
        settings.imatrix = members["imatrix"].flatMap { $0.null == nil ? text($0, "'imatrix'") : "" }
        settings.tensorTypes = members["tensor-types"].map { patterns($0) }
        settings.outputTensorType = members["output-tensor-type"].flatMap { tensorType($0, "'output-tensor-type'") }
        settings.tokenEmbeddingType = members["token-embedding-type"].flatMap { tensorType($0, "'token-embedding-type'") }
        settings.leavesOutputTensor = members["leave-output-tensor"].flatMap { flag($0, "'leave-output-tensor'") }
        settings.isPure = members["pure"].flatMap { flag($0, "'pure'") }
        settings.allowsRequantizing = members["requantize"].flatMap { flag($0, "'requantize'") }
        settings.package = members["create"].flatMap { package($0) }
        return settings
    }

    private mutating func tensorType(_ node: Node, _ what: String) -> TensorType? {
        parse(node, what) { try TypeChoices.tensorType(named: $0) }
    }

    /// Patterns and types, as a mapping or as a sequence of `PATTERN=TYPE`; the first that fits a tensor decides.
    private mutating func patterns(_ node: Node) -> [TypeChoices.Pattern] {
        if case .mapping(let mapping) = node {
            return mapping.compactMap { key, value in
                guard let pattern = text(key, "a pattern of 'tensor-types'"),
                    let type = tensorType(value, "'tensor-types'")
                else { return nil }
                return TypeChoices.Pattern(pattern, type)
            }
        }
        return elements(of: node, "'tensor-types'").compactMap { element in
            parse(element, "'tensor-types'") { try TypeChoices.Pattern(parsing: $0) }
        }
    }

    private mutating func package(_ node: Node) -> OutputSettings.Package? {
        func template(_ text: String) throws -> String { try NameTemplate(text).text }
        guard case .mapping = node else {
            return parse(node, "'create'", template).map { OutputSettings.Package(name: $0) }
        }
        let members = members(of: node, "'create'", known: ["name", "modelfile"])
        guard let name = members["name"] else {
            note("'create' has no 'name'", at: node)
            return nil
        }
        guard let name = parse(name, "'name'", template) else { return nil }
        return OutputSettings.Package(name: name, modelfile: members["modelfile"].flatMap { text($0, "'modelfile'") })
    }
}
