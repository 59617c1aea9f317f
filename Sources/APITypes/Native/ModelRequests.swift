public import ChatPrompt
public import JSONText

/// A request that names one model, in `model` or, as the Go client writes it, in `name`.
public struct NamedModelRequest: Sendable {
    public var model: String
    /// Of pull, push and create: whether progress comes line by line.
    public var streams: Bool
    /// Of show: whether arrays of the metadata are wanted.
    public var isVerbose: Bool
    /// Of show: shown in place of the model's.
    public var system: String
    /// Of show: laid over the model's parameters in the Modelfile.
    public var options: JSONObject

    public static let fields = [
        "model", "name", "stream", "insecure", "username", "password", "verbose", "system", "template", "options",
    ]

    public init(_ reader: RequestReader) throws(RequestError) {
        let model = try reader.string("model")
        self.model = model.isEmpty ? try reader.string("name") : model
        streams = try reader.flag("stream") ?? true
        isVerbose = try reader.flag("verbose") ?? false
        system = try reader.string("system")
        options = try reader.object("options") ?? JSONObject()
    }
}

/// `POST /api/copy`
public struct CopyRequest: Sendable {
    public var source: String
    public var destination: String

    public static let fields = ["source", "destination"]

    public init(_ reader: RequestReader) throws(RequestError) {
        source = try reader.string("source")
        destination = try reader.string("destination")
    }
}

/// `POST /api/create`
public struct CreateRequest: Sendable {
    public var model: String
    public var streams: Bool
    public var quantize: String
    public var draftQuantize: String
    public var from: String
    public var remoteHost: String
    /// Names and digests of blobs that were sent before; nil where the request has none.
    public var files: [(name: String, text: String)]?
    public var draftFiles: [(name: String, text: String)]
    public var adapters: [(name: String, text: String)]
    public var template: String
    public var system: String
    public var licenses: [String]
    public var parameters: JSONObject
    public var messages: [ChatMessage]
    public var renderer: String
    public var parser: String
    public var requires: String

    public static let fields = [
        "model", "name", "stream", "quantize", "quantization", "draft_quantize", "from", "remote_host", "files", "draft_files",
        "adapters", "template", "license", "system", "parameters", "messages", "renderer", "parser", "requires", "info",
        "modelfile", "path",
    ]

    public init(_ reader: RequestReader) throws(RequestError) {
        let (model, quantize) = (try reader.string("model"), try reader.string("quantize"))
        self.model = model.isEmpty ? try reader.string("name") : model
        self.quantize = quantize.isEmpty ? try reader.string("quantization") : quantize
        streams = try reader.flag("stream") ?? true
        draftQuantize = try reader.string("draft_quantize")
        from = try reader.string("from")
        remoteHost = try reader.string("remote_host")
        files = try reader.texts("files")
        draftFiles = try reader.texts("draft_files") ?? []
        adapters = try reader.texts("adapters") ?? []
        template = try reader.string("template")
        system = try reader.string("system")
        parameters = try reader.object("parameters") ?? JSONObject()
        renderer = try reader.string("renderer")
        parser = try reader.string("parser")
        requires = try reader.string("requires")
        licenses = try Self.licenses(reader)
        messages = []
        for (index, message) in (try reader.array("messages") ?? []).enumerated() {
            do { messages.append(try ChatMessage(message, path: "messages[\(index)]")) } catch { throw RequestError("\(error)") }
        }
        try checkNames()
    }

    private static func licenses(_ reader: RequestReader) throws(RequestError) -> [String] {
        switch reader.value("license") {
        case nil: return []
        case .string(let text)?: return text.isEmpty ? [] : [text]
        default: return try reader.strings("license") ?? []
        }
    }

    /// Names of files must lie below the folder that they came from, and name a blob.
    private func checkNames() throws(RequestError) {
        for (name, digest) in (files ?? []) + draftFiles {
            guard Self.isBelowFolder(name) else { throw RequestError("file path must be relative") }
            if digest.isEmpty { throw RequestError("invalid digest format") }
        }
        if adapters.contains(where: \.text.isEmpty) { throw RequestError("invalid digest format") }
        if !draftQuantize.isEmpty, draftFiles.isEmpty { throw RequestError("--draft-quantize requires a DRAFT model") }
    }

    /// Go's `fs.ValidPath`: no slash at either end, no empty element, no `.` and no `..`.
    static func isBelowFolder(_ name: String) -> Bool {
        name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !["", ".", ".."].contains($0) }
    }
}
