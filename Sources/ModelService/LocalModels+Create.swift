public import BuildPipeline
import Bytes
import ChatPrompt
public import ModelStore
import ModelfilePlan

extension LocalModels {
    /// Builds a package. What can be found wrong without weights is found first.
    ///
    /// - Throws: `ChatPromptError` for a TEMPLATE that does not parse; `BuildError` and the errors of the rooms below.
    public func create(_ request: BuildRequest, events: @escaping BuildEvent.Handler = { _ in }) throws -> StoredModel {
        if let template = request.plan.template?.value { _ = try ChatTemplate(template, today: LocalCalendar.today) }
        return try ModelBuilder(store: store, events: events).build(request)
    }
}
