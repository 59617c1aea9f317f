import Bytes
import GGUF
public import JSONText
import ModelManifest
public import Packaging
import Tensors

extension ModelInspection {
    /// What `/api/show` says of the model, its members in the order of Ollama's.
    ///
    /// - Parameters:
    ///   - arrays: whether arrays of the metadata are written out; they are null otherwise, since vocabularies are long.
    ///   - system: shown in place of the package's system text where it is not empty.
    public func showJSON(arrays: Bool, system: String = "") throws -> JSONObject {
        var object = JSONObject()
        func put(_ key: String, _ text: String) { if !text.isEmpty { object[key] = .string(text) } }
        if let package {
            put("license", package.licenseText)
            put("modelfile", try package.modelfileText())
            put("parameters", package.parametersText)
        }
        put("template", package?.template ?? file?.metadata.string(GGUFKey.chatTemplate) ?? "")
        put("system", system.isEmpty ? package?.system ?? "" : system)
        object["details"] = details.json(withLengths: false)
        if let messages = package?.messages, !messages.isEmpty {
            object["messages"] = .array(messages.map { ["role": .string($0.role), "content": .string($0.content)] })
        }
        put("remote_model", package?.config.remoteModel ?? "")
        put("remote_host", package?.config.remoteHost ?? "")
        object["model_info"] = .object(file.map { Self.modelInfo($0, arrays: arrays) } ?? JSONObject())
        if let projector = package?.projectors.first {
            object["projector_info"] = .object(Self.modelInfo(projector.file, arrays: arrays))
        }
        if let file { object["tensors"] = .array(file.tensors.map { tensor in Self.json(tensor) }) }
        object["capabilities"] = .array(capabilities.map { .string($0) })
        if let package { object["modified_at"] = .string(Timestamp.text(of: package.modified)) }
        put("requires", package?.config.requires ?? "")
        return object
    }

    /// The model in a few words; a file by itself is of its own family.
    public var details: ModelDetails {
        let facts = ModelFacts(file: file, package: package)
        var details = package?.details ?? ModelDetails(family: facts.architecture)
        (details.family, details.parameterSize) = (facts.architecture, facts.parameterSize)
        (details.quantizationLevel, details.contextLength) = (facts.quantization, facts.contextLength)
        details.embeddingLength = facts.embeddingLength
        return details
    }

    private static func modelInfo(_ file: GGUFFile, arrays: Bool) -> JSONObject {
        JSONObject(file.publicMetadata.map { ($0.key, MetadataJSON.of($0.value, arrays: arrays)) })
    }

    private static func json(_ tensor: GGUFTensor) -> JSONValue {
        [
            "name": .string(tensor.name), "type": .string(tensor.type.name),
            "shape": .array(tensor.shape.dimensions.map { .number(JSONNumber($0)) }),
        ]
    }
}

extension ModelDetails {
    /// As the API writes `details`.
    ///
    /// - Parameter withLengths: whether the context and the embedding are told, as `/api/tags` does.
    public func json(withLengths: Bool) -> JSONValue {
        var object: JSONObject = [
            "parent_model": .string(parentModel), "format": .string(format), "family": .string(family),
            "families": families.map { .array($0.map { .string($0) }) } ?? .null,
            "parameter_size": .string(parameterSize), "quantization_level": .string(quantizationLevel),
        ]
        guard withLengths else { return .object(object) }
        if let contextLength { object["context_length"] = .number(JSONNumber(contextLength)) }
        if let embeddingLength { object["embedding_length"] = .number(JSONNumber(embeddingLength)) }
        return .object(object)
    }
}
