import BuildPipeline
import Bytes
import GGUF
import JSONText
import ModelManifest
public import ModelfilePlan
import Packaging
public import PromptProof

/// Whether `create` proves a TEMPLATE before it builds.
public enum VerificationLevel: String, Sendable, CaseIterable {
    case off
    /// What is wrong is told, and the model is built.
    case warn
    /// What is wrong is an error, and nothing is built.
    case error
}

extension LocalModels {
    /// What decides the prompts of a stored model or of a GGUF file.
    public func promptSubject(_ text: String) throws -> PromptSubject {
        let reference = try reference(text)
        switch reference {
        case .file(let path): return PromptSubject(name: text, metadata: try GGUFFile(path: path).metadata)
        case .stored(let stored): return PromptSubject(try PackageView(stored, in: store))
        }
    }

    /// What will decide the prompts of a model that is not built yet.
    public func promptSubject(_ plan: BuildPlan, folder: String, name: String) throws -> PromptSubject {
        let model = try PlannedModel(of: plan, folder: folder, store: store)
        var subject = model.base.map { PromptSubject($0) } ?? PromptSubject(name: name, metadata: model.metadata)
        subject.name = name
        subject.take(model)
        if let template = plan.template?.value { subject.template = template }
        let stops = plan.parameters.json["stop"]
        if let stops { subject.stops = stops.stopTexts }
        if let renderer = plan.renderer?.value { subject.renderer = renderer }
        if let parser = plan.parser?.value { subject.parser = parser }
        return subject
    }

    /// What decides the prompts of a checkpoint in Hugging Face's layout.
    public func promptSubject(checkpoint path: String) throws -> PromptSubject {
        let model = try PlannedModel(checkpoint: path)
        var subject = PromptSubject(name: path, metadata: model.metadata)
        subject.take(model)
        return subject
    }

    /// Proves a request's TEMPLATE.
    ///
    /// - Throws: `ServiceError.unproven` at the level `error`, with what is wrong.
    func prove(_ request: BuildRequest, level: VerificationLevel, events: BuildEvent.Handler) throws {
        guard level != .off, request.plan.template != nil else { return }
        // A source that cannot be read is for the build to tell.
        guard let subject = try? promptSubject(request.plan, folder: request.folder, name: request.name.shortest) else { return }
        guard let warning = try PromptVerification(subject, scope: .build).warning else { return }
        if level == .error { throw ServiceError.unproven(warning) }
        events(.warning("\(warning) ('quern verify' tells more; --verify=off says nothing)"))
    }
}

extension PromptSubject {
    fileprivate init(_ package: PackageView) {
        self.init(name: package.name.shortest, metadata: package.weights?.file.metadata)
        isPackage = true
        template = package.template
        stops = package.parameters["stop"]?.stopTexts ?? []
        renderer = package.config.renderer
        parser = package.config.parser
        hasProjector = !package.projectors.isEmpty
    }

    fileprivate mutating func take(_ model: PlannedModel) {
        tokenizerConfig = model.tokenizerConfig
        generationConfig = model.generationConfig
        hasProjector = hasProjector || model.hasProjector
    }
}

extension JSONValue {
    /// One stop or a list of them.
    fileprivate var stopTexts: [String] { (array ?? [self]).compactMap(\.string) }
}
