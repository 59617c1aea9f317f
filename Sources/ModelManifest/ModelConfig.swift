public import JSONText

/// What a manifest's config blob says of the model as a whole: one line of JSON with Ollama's fields in Ollama's order.
public struct ModelConfig: Hashable, Sendable {
    /// `gguf` or `safetensors`.
    public var format = ""
    /// `general.architecture` of the model.
    public var family = ""
    /// The families of every model layer; nil is written as `null`.
    public var families: [String]?
    /// Parameters in words, such as `8.0B`.
    public var parameterSize = ""
    /// The quantization in words, such as `Q4_K_M`.
    public var fileType = ""
    public var renderer = ""
    public var parser = ""
    /// The oldest Ollama that runs the model, without a leading `v`.
    public var requires = ""
    public var remoteHost = ""
    public var remoteModel = ""
    public var capabilities: [String] = []
    /// In tokens; 0 is unknown.
    public var contextLength = 0
    /// In elements; 0 is unknown.
    public var embeddingLength = 0
    public var baseName = ""
    public var draft: Draft?
    public var architecture = "amd64"
    public var operatingSystem = "linux"
    /// Fields that Quern does not know, kept and written after the others.
    public var otherFields = JSONObject()

    public init() {}

    /// The model that guesses ahead, when the package has one.
    public struct Draft: Hashable, Sendable {
        public var format: String
        public var architecture: String
        public var tensorPrefix: String
        public var config: String

        public init(format: String = "", architecture: String = "", tensorPrefix: String = "", config: String = "") {
            (self.format, self.architecture, self.tensorPrefix, self.config) = (format, architecture, tensorPrefix, config)
        }
    }
}

extension ModelConfig {
    /// Bytes of the largest config that is read.
    public static let largestByteCount = 1 << 20

    private static let fields: Set<String> = [
        "model_format", "model_family", "model_families", "model_type", "file_type", "renderer", "parser", "requires",
        "remote_host", "remote_model", "capabilities", "context_length", "embedding_length", "base_name", "draft",
        "architecture", "os",
    ]

    /// Reads a config; what is missing stays empty.
    ///
    /// - Throws: `ManifestError.malformed` when it is not a JSON object or a field has the wrong type.
    public init(parsing bytes: [UInt8]) throws(ManifestError) {
        let limits = JSONLimits(depth: 32, byteCount: Self.largestByteCount, allowsDuplicateKeys: true)
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes, limits: limits) } catch {
            throw .malformed(what: "config", problem: error.description)
        }
        guard let object = document.object else { throw .malformed(what: "config", problem: "\(document.kind), not an object") }
        let reader = FieldReader(object)
        format = try reader.text("model_format")
        family = try reader.text("model_family")
        families = try reader.texts("model_families")
        parameterSize = try reader.text("model_type")
        fileType = try reader.text("file_type")
        renderer = try reader.text("renderer")
        parser = try reader.text("parser")
        requires = try reader.text("requires")
        remoteHost = try reader.text("remote_host")
        remoteModel = try reader.text("remote_model")
        capabilities = try reader.texts("capabilities") ?? []
        contextLength = try reader.integer("context_length")
        embeddingLength = try reader.integer("embedding_length")
        baseName = try reader.text("base_name")
        draft = try reader.draft()
        architecture = try reader.text("architecture")
        operatingSystem = try reader.text("os")
        for (key, value) in object where !Self.fields.contains(key) { otherFields[key] = value }
    }

    /// The blob's bytes, exactly as Ollama writes them; the line break at the end is part of them.
    public func encoded() -> [UInt8] {
        var object = JSONObject()
        object["model_format"] = .string(format)
        object["model_family"] = .string(family)
        object["model_families"] = families.map { .array($0.map { .string($0) }) } ?? .null
        object["model_type"] = .string(parameterSize)
        object["file_type"] = .string(fileType)
        for (key, text) in [
            ("renderer", renderer), ("parser", parser), ("requires", requires), ("remote_host", remoteHost),
            ("remote_model", remoteModel),
        ] where !text.isEmpty {
            object[key] = .string(text)
        }
        if !capabilities.isEmpty { object["capabilities"] = .array(capabilities.map { .string($0) }) }
        if contextLength != 0 { object["context_length"] = .number(JSONNumber(contextLength)) }
        if embeddingLength != 0 { object["embedding_length"] = .number(JSONNumber(embeddingLength)) }
        if !baseName.isEmpty { object["base_name"] = .string(baseName) }
        if let draft { object["draft"] = draft.json }
        object["architecture"] = .string(architecture)
        object["os"] = .string(operatingSystem)
        for (key, value) in otherFields { object[key] = value }
        return JSONValue.object(object).bytes(.go) + [UInt8(ascii: "\n")]
    }
}

extension ModelConfig.Draft {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        for (key, text) in [
            ("model_format", format), ("architecture", architecture), ("tensor_prefix", tensorPrefix), ("config", config),
        ] where !text.isEmpty {
            object[key] = .string(text)
        }
        return .object(object)
    }
}

/// Reads fields by the type they must have; a field that is missing or null is empty.
private struct FieldReader {
    private let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    private func value(_ key: String) -> JSONValue? { object[key].flatMap { $0.isNull ? JSONValue?.none : $0 } }

    private func wrong(_ key: String, _ value: JSONValue, wanted: String) -> ManifestError {
        .malformed(what: "config", problem: "\(key) is \(value.kind), not \(wanted)")
    }

    func text(_ key: String) throws(ManifestError) -> String {
        guard let value = value(key) else { return "" }
        guard let text = value.string else { throw wrong(key, value, wanted: "a string") }
        return text
    }

    func texts(_ key: String) throws(ManifestError) -> [String]? {
        guard let value = value(key) else { return nil }
        guard let array = value.array else { throw wrong(key, value, wanted: "an array") }
        var texts: [String] = []
        for element in array {
            guard let text = element.string else { throw wrong("\(key)[\(texts.count)]", element, wanted: "a string") }
            texts.append(text)
        }
        return texts
    }

    func integer(_ key: String) throws(ManifestError) -> Int {
        guard let value = value(key) else { return 0 }
        guard let number = value.int else { throw wrong(key, value, wanted: "a whole number") }
        return number
    }

    func draft() throws(ManifestError) -> ModelConfig.Draft? {
        guard let value = value("draft") else { return nil }
        guard let object = value.object else { throw wrong("draft", value, wanted: "an object") }
        let reader = FieldReader(object)
        return ModelConfig.Draft(
            format: try reader.text("model_format"), architecture: try reader.text("architecture"),
            tensorPrefix: try reader.text("tensor_prefix"), config: try reader.text("config"))
    }
}
