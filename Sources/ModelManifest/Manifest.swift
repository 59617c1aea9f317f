import JSONText

/// What a manifest says of one blob.
public struct Descriptor: Hashable, Sendable {
    public var mediaType: MediaType
    public var digest: Digest
    /// In bytes.
    public var size: Int
    /// Where the layer came from: the shortest name of a model, or a file's name.
    public var from: String?
    /// The name of a tensor or a configuration file, for layers of safetensors models.
    public var name: String?

    public init(mediaType: MediaType, digest: Digest, size: Int, from: String? = nil, name: String? = nil) {
        (self.mediaType, self.digest, self.size, self.from, self.name) = (mediaType, digest, size, from, name)
    }
}

/// The list of a model's blobs. Stored as one line of JSON:
///
///     {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
///      "config":{"mediaType":…,"digest":…,"size":…},"layers":[{"mediaType":…,"digest":…,"size":…,"from":…,"name":…},…]}
///
/// A model's own digest is that of the file's bytes, so a manifest from elsewhere is kept byte for byte and never written anew.
public struct Manifest: Hashable, Sendable {
    public var config: Descriptor?
    public var layers: [Descriptor]

    public init(config: Descriptor?, layers: [Descriptor]) { (self.config, self.layers) = (config, layers) }

    /// Every blob that the model needs.
    public var descriptors: [Descriptor] { layers + (config.map { [$0] } ?? []) }

    /// Bytes of all blobs together, as `list` shows them; a blob named twice counts twice, as in Ollama.
    public var totalSize: Int { descriptors.reduce(0) { $0.addingReportingOverflow($1.size).partialValue } }

    public func layers(of type: MediaType) -> [Descriptor] { layers.filter { $0.mediaType == type } }
}

extension Manifest {
    /// Bytes of the largest manifest that is read: safetensors models have a layer for each tensor.
    public static let largestByteCount = 16 << 20

    /// Reads a manifest, ignoring what it does not know.
    ///
    /// - Throws: `ManifestError.malformed` when it is not JSON, a digest or size is missing or wrong, or a size is negative.
    public init(parsing bytes: [UInt8]) throws(ManifestError) {
        let limits = JSONLimits(depth: 32, byteCount: Self.largestByteCount, allowsDuplicateKeys: true)
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes, limits: limits) } catch {
            throw .malformed(what: "manifest", problem: error.description)
        }
        guard let object = document.object else { throw .malformed(what: "manifest", problem: "\(document.kind), not an object") }
        self.init(config: try Self.config(in: object), layers: try Self.layers(in: object))
    }

    private static func config(in object: JSONObject) throws(ManifestError) -> Descriptor? {
        guard let value = object["config"], !value.isNull else { return nil }
        // Ollama writes an empty descriptor where there is no config.
        if value["digest"].flatMap(\.string) == "" { return nil }
        return try Descriptor(value, where: "config")
    }

    private static func layers(in object: JSONObject) throws(ManifestError) -> [Descriptor] {
        guard let value = object["layers"], !value.isNull else { return [] }
        guard let array = value.array else { throw .malformed(what: "manifest", problem: "layers is \(value.kind), not an array") }
        var layers: [Descriptor] = []
        for (index, element) in array.enumerated() { layers.append(try Descriptor(element, where: "layers[\(index)]")) }
        return layers
    }

    /// The file's bytes, exactly as Ollama writes them; the line break at the end is part of them.
    public func encoded() -> [UInt8] {
        let empty: JSONValue = ["mediaType": "", "digest": "", "size": 0]
        let document: JSONValue = [
            "schemaVersion": 2,
            "mediaType": .string(MediaType.manifest.rawValue),
            "config": config?.json ?? empty,
            "layers": .array(layers.map(\.json)),
        ]
        return document.bytes(.go) + [UInt8(ascii: "\n")]
    }
}

extension Descriptor {
    init(_ value: JSONValue, where place: String) throws(ManifestError) {
        guard value.object != nil else {
            throw .malformed(what: "manifest", problem: "\(place) is \(value.kind), not an object")
        }
        guard let text = value["digest"].flatMap(\.string) else {
            throw .malformed(what: "manifest", problem: "\(place) has no digest")
        }
        guard let digest = try? Digest(text) else {
            throw .malformed(what: "manifest", problem: "\(place): \(ManifestError.invalidDigest(text))")
        }
        guard let size = value["size"].flatMap(\.int), size >= 0 else {
            throw .malformed(what: "manifest", problem: "\(place) has no size")
        }
        self.init(
            mediaType: MediaType(rawValue: value["mediaType"].flatMap(\.string) ?? ""), digest: digest, size: size,
            from: value["from"].flatMap(\.string).flatMap { $0.isEmpty ? nil : $0 },
            name: value["name"].flatMap(\.string).flatMap { $0.isEmpty ? nil : $0 })
    }

    var json: JSONValue {
        var object = JSONObject()
        object["mediaType"] = .string(mediaType.rawValue)
        object["digest"] = .string(digest.description)
        object["size"] = .number(JSONNumber(size))
        if let from, !from.isEmpty { object["from"] = .string(from) }
        if let name, !name.isEmpty { object["name"] = .string(name) }
        return .object(object)
    }
}
