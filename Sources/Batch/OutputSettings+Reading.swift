// The settings of outputs as plans write them.
import Quantization
import Tensors
import YAMLText

extension OutputSettings {
    /// The keys that a plan may use for them.
    static let keys = [
        "folder", "file", "imatrix", "include-weights", "exclude-weights", "tensor-types", "output-tensor-type",
        "token-embedding-type", "leave-output-tensor", "pure", "requantize", "allow-nan", "prune-layers", "override-kv", "create",
    ]
}

extension PlanReader {
    /// The settings among the members of a mapping.
    mutating func settings(_ members: [String: YAMLNode]) -> OutputSettings {
        var settings = OutputSettings()
        settings.folder = members["folder"].flatMap { text($0, "'folder'") }
        settings.file = members["file"].flatMap { node in
            parse(node, "'file'") { try NameTemplate($0).text }
        }
        settings.imatrix = members["imatrix"].flatMap { $0.isNull ? "" : text($0, "'imatrix'") }
        settings.includedWeights = members["include-weights"].map { texts($0, "'include-weights'") }
        settings.excludedWeights = members["exclude-weights"].map { texts($0, "'exclude-weights'") }
        if let node = members["exclude-weights"], settings.includedWeights != nil {
            note("'include-weights' and 'exclude-weights' cannot be used together", at: node)
        }
        settings.tensorTypes = members["tensor-types"].map { patterns($0) }
        settings.outputTensorType = members["output-tensor-type"].flatMap { tensorType($0, "'output-tensor-type'") }
        settings.tokenEmbeddingType = members["token-embedding-type"].flatMap { tensorType($0, "'token-embedding-type'") }
        settings.leavesOutputTensor = members["leave-output-tensor"].flatMap { flag($0, "'leave-output-tensor'") }
        settings.isPure = members["pure"].flatMap { flag($0, "'pure'") }
        settings.allowsRequantizing = members["requantize"].flatMap { flag($0, "'requantize'") }
        settings.allowsNonFinite = members["allow-nan"].flatMap { flag($0, "'allow-nan'") }
        settings.prunedLayers = members["prune-layers"].map { layers($0) }
        settings.overrides = members["override-kv"].map { overrides($0) }
        settings.package = members["create"].flatMap { package($0) }
        return settings
    }

    private mutating func texts(_ node: YAMLNode, _ what: String) -> [String] {
        elements(of: node, what).compactMap { text($0, what) }
    }

    /// Numbers of layers, in a list or as one text with commas.
    private mutating func layers(_ node: YAMLNode) -> Set<Int> {
        var layers: Set<Int> = []
        for element in elements(of: node, "'prune-layers'") {
            for word in (text(element, "'prune-layers'") ?? "").split(separator: ",") {
                guard let layer = Int(word.filter { $0 != " " }), layer >= 0 else {
                    note("'prune-layers': '\(word)' is not the number of a layer", at: element)
                    continue
                }
                layers.insert(layer)
            }
        }
        return layers
    }

    /// Pairs of metadata, as a list of `KEY=TYPE:VALUE` or as a mapping of keys to `TYPE:VALUE`.
    private mutating func overrides(_ node: YAMLNode) -> [MetadataOverride] {
        guard let members = node.members else {
            return elements(of: node, "'override-kv'").compactMap { element in
                parse(element, "'override-kv'") { try MetadataOverride(parsing: $0) }
            }
        }
        return members.compactMap { member in
            guard let key = text(member.key, "a key of 'override-kv'") else { return nil }
            return parse(member.value, "'override-kv'") { try MetadataOverride(parsing: "\(key)=\($0)") }
        }
    }

    private mutating func tensorType(_ node: YAMLNode, _ what: String) -> TensorType? {
        parse(node, what) { try TypeChoices.tensorType(named: $0) }
    }

    /// Patterns and types, as a mapping or as a list of `PATTERN=TYPE`; the first that fits a tensor decides.
    private mutating func patterns(_ node: YAMLNode) -> [TypeChoices.Pattern] {
        if let members = node.members {
            return members.compactMap { member in
                guard let pattern = text(member.key, "a pattern of 'tensor-types'"),
                    let type = tensorType(member.value, "'tensor-types'")
                else { return nil }
                return TypeChoices.Pattern(pattern, type)
            }
        }
        return elements(of: node, "'tensor-types'").compactMap { element in
            parse(element, "'tensor-types'") { try TypeChoices.Pattern(parsing: $0) }
        }
    }

    private mutating func package(_ node: YAMLNode) -> OutputSettings.Package? {
        func template(_ text: String) throws -> String { try NameTemplate(text).text }
        guard node.members != nil else {
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
