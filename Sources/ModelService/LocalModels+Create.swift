public import BuildPipeline
import Bytes
import ChatPrompt
import ModelManifest
public import ModelStore
import ModelfilePlan

extension LocalModels {
    /// Builds a package. What can be found wrong without weights is found first.
    ///
    /// - Parameters:
    ///   - proof: whether the TEMPLATE is proven against the model's own template first.
    ///   - verify: gets the package, ready to talk to, before it has its name; what it throws ends the build, and nothing of it stays
    ///     in the store.
    /// - Throws: `ChatPromptError` for a TEMPLATE that does not parse; `ServiceError.unproven`; `BuildError` and the errors of the
    ///   rooms below.
    public func create(
        _ request: BuildRequest, proof: VerificationLevel = .off, events: @escaping BuildEvent.Handler = { _ in },
        verify: ((ChatModel) throws -> Void)? = nil
    ) throws -> StoredModel {
        if let template = request.plan.template?.value { _ = try ChatTemplate(template, today: LocalCalendar.today) }
        try prove(request, level: proof, events: events)
        return try ModelBuilder(store: store, events: events).build(request) { model in
            if let verify { try verify(try open(model, name: request.name.shortest)) }
        }
    }
}
