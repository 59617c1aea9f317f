public import APITypes
public import BuildPipeline
import Bytes
import ChatPrompt
import GGUF
import JSONText
import ModelManifest
import ModelStore
import ModelfilePlan
import Quantization

/// What `/api/create` asks to be built: the plan that a Modelfile would give, over blobs that were sent before.
public struct CreateRecipe: Sendable {
    private let name: ModelName
    private var plan: BuildPlan
    private let fileType: FileType?
    /// Files under the names that they had where they came from, by purpose.
    private let files: UploadedFiles
    private let adapters: UploadedFiles
    private let drafts: UploadedFiles

    /// Checks the request without building anything.
    ///
    /// - Throws: `RequestError` and `ServiceError`, in Ollama's words.
    public init(_ request: CreateRequest, in models: LocalModels) throws {
        name = try RequestedModel(request.model).name
        fileType = try request.quantize.isEmpty ? nil : Self.fileType(request.quantize)
        guard request.remoteHost.isEmpty else { throw RequestError("models on other servers cannot be made", status: 501) }
        guard request.draftQuantize.isEmpty else { throw RequestError("draft models cannot be quantized on the way", status: 501) }
        plan = try BuildPlan(request)
        adapters = try UploadedFiles(request.adapters, in: models.store)
        drafts = try UploadedFiles(request.draftFiles, in: models.store)
        if adapters.kind == .gguf, adapters.count > 1 { throw RequestError("only one adapter is currently supported") }
        if !request.from.isEmpty {
            let stored = try models.stored(try RequestedModel(request.from))
            plan.sources = [Written(stored.name.description)]
            files = try UploadedFiles([], in: models.store)
            return
        }
        guard let named = request.files else { throw RequestError("neither 'from' or 'files' was specified") }
        if named.isEmpty { throw RequestError("no files provided to convert") }
        files = try UploadedFiles(named, in: models.store)
    }

    private static func fileType(_ name: String) throws -> FileType {
        do { return try FileType(named: name) } catch {
            let names = FileType.allCases.map(\.name).joined(separator: ", ")
            throw RequestError("unsupported quantization type \(name.uppercased()) - supported types are \(names)")
        }
    }

    /// Builds the package.
    public func build(in models: LocalModels, events: @escaping BuildEvent.Handler) throws {
        let folder = try UploadFolder(in: models.store)
        defer { folder.remove() }
        var plan = plan
        plan.sources += try folder.place(files, as: "model").map { Written($0) }
        plan.adapters = try folder.place(adapters, as: "adapter").map { Written($0) }
        plan.drafts = try folder.place(drafts, as: "draft").map { Written($0) }
        _ = try models.create(
            BuildRequest(plan: plan, name: name, folder: folder.path, fileType: fileType), events: events)
    }
}

extension BuildPlan {
    /// What goes round the weights.
    fileprivate init(_ request: CreateRequest) throws {
        self.init()
        func text(_ text: String) -> Written<String>? { text.isEmpty ? nil : Written(text) }
        (template, system) = (text(request.template), text(request.system))
        (renderer, parser, requires) = (text(request.renderer), text(request.parser), text(request.requires))
        licenses = request.licenses.map { Written($0) }
        messages = try request.messages.map { message in
            guard let role = Message.Role(rawValue: message.role) else {
                throw RequestError("message role must be one of \"system\", \"user\", or \"assistant\"")
            }
            return Written(Message(role: role, content: message.content))
        }
        for (name, value) in request.parameters where !value.isNull {
            do { try parameters.set(name, try ParameterValue(value, for: name)) } catch { throw RequestError("\(error)") }
        }
        guard let template else { return }
        do { _ = try ChatTemplate(template.value, today: LocalCalendar.today) } catch {
            throw RequestError("template error: \(error)")
        }
    }
}

extension ParameterValue {
    /// A value of a request, in the type that the table wants.
    fileprivate init(_ json: JSONValue, for name: String) throws(ParameterError) {
        let texts = (json.array ?? [json]).map { $0.string ?? $0.text() }
        if ParameterTable.named(name)?.type == .int, let whole = json.int {
            self = .int(whole)
        } else {
            self = try ParameterTable.value(for: name, texts)
        }
    }
}
