import Bytes
import ChatPrompt
public import GGUF
import ModelManifest
public import ModelStore
public import Packaging
import Runner

/// What can be seen of a model without running it.
public struct ModelInspection: Sendable {
    public let name: String
    /// The header of the weights; nil for a model whose weights are elsewhere.
    public let file: GGUFFile?
    /// nil for a GGUF file by itself.
    public let package: PackageView?
    /// What the model can be used for: `completion`, `embedding`, `vision`, `audio`, `tools`, `insert`, `thinking`.
    public let capabilities: [String]

    init(name: String, file: GGUFFile?, package: PackageView?, template: Set<ChatTemplate.Capability>) {
        (self.name, self.file, self.package) = (name, file, package)
        capabilities = Self.capabilities(file, package, template)
    }

    public init(_ chat: ChatModel) {
        self.init(name: chat.name, file: chat.model.file, package: chat.package, template: chat.capabilities)
    }

    private static func capabilities(
        _ file: GGUFFile?, _ package: PackageView?, _ template: Set<ChatTemplate.Capability>
    ) -> [String] {
        var found = Set(package?.config.capabilities ?? [])
        if let file, let architecture = file.metadata.architecture {
            found.insert(file.metadata[GGUFKey.poolingType(architecture)] != nil ? "embedding" : "completion")
            if file.metadata.int("\(architecture).vision.block_count") ?? 0 > 0 { found.insert("vision") }
            if file.metadata.int("\(architecture).audio.block_count") ?? 0 > 0 { found.insert("audio") }
            if ["gptoss", "gpt-oss"].contains(architecture) { found.insert("thinking") }
        }
        if package?.projectors.isEmpty == false { found.insert("vision") }
        for capability in template { found.insert(capability.rawValue) }
        let order = ["completion", "embedding", "vision", "audio", "tools", "insert", "thinking"]
        return order.filter(found.contains) + found.subtracting(order).sorted()
    }
}

/// The model in a few words, from its package's config or its weights' header.
public struct ModelFacts: Sendable {
    public let architecture: String
    public let parameterSize: String
    public let quantization: String
    public let contextLength: Int?
    public let embeddingLength: Int?

    public init(file: GGUFFile?, package: PackageView?) {
        let details = package?.details
        let metadata = file?.metadata
        // A config may leave out what the weights say; a model without weights here has no more than its config.
        architecture = details?.family.nonEmpty ?? metadata?.architecture ?? ""
        parameterSize = details?.parameterSize.nonEmpty ?? file.map { ParameterCountText.of($0.parameterCount) } ?? ""
        quantization =
            details?.quantizationLevel.nonEmpty ?? file.map { FileTypeName.of($0.metadata.int(GGUFKey.fileType)) } ?? ""
        contextLength = details?.contextLength ?? metadata?.int(GGUFKey.contextLength(architecture))
        embeddingLength = details?.embeddingLength ?? metadata?.int(GGUFKey.embeddingLength(architecture))
    }
}

extension LocalModels {
    /// Looks into a model: headers and texts, no weights.
    public func inspect(_ text: String) throws -> ModelInspection {
        let reference = try reference(text)
        switch reference {
        case .file(let path):
            let file = try GGUFFile(path: path)
            return ModelInspection(
                name: reference.displayName, file: file, package: nil, template: Self.capabilities(of: file, package: nil))
        case .stored(let stored): return try inspect(stored)
        }
    }

    /// Looks into a stored model.
    public func inspect(_ stored: StoredModel) throws -> ModelInspection {
        let package = try PackageView(stored, in: store)
        let file = package.weights?.file
        return ModelInspection(
            name: stored.name.shortest, file: file, package: package, template: Self.capabilities(of: file, package: package))
    }

    /// What the package's `PARSER` and the template that would run show: the package's, else the one inside the weights.
    private static func capabilities(of file: GGUFFile?, package: PackageView?) -> Set<ChatTemplate.Capability> {
        let named = package.flatMap { ReplySyntax(parserNamed: $0.config.parser) }?.capabilities ?? []
        return named.union(templateCapabilities(of: file, package: package))
    }

    private static func templateCapabilities(of file: GGUFFile?, package: PackageView?) -> Set<ChatTemplate.Capability> {
        if let renderer = package.flatMap({ NamedRenderer.source(named: $0.config.renderer) }) {
            return JinjaChatTemplate.capabilities(of: renderer)
        }
        if let source = package?.template {
            // A template that does not parse shows no capabilities; `show` must still show it.
            return (try? ChatTemplate(source, today: LocalCalendar.today))?.capabilities ?? []
        }
        return file?.metadata.string(GGUFKey.chatTemplate).map { JinjaChatTemplate.capabilities(of: $0) } ?? []
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
