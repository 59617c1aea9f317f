/// What a build tells while it works. The texts of statuses are Ollama's where it has one for the step.
public enum BuildEvent: Sendable, Equatable {
    case status(String)
    /// A step that takes a while: bytes or elements done, of all.
    case progress(step: String, completed: Int, total: Int)
    case warning(String)

    public typealias Handler = @Sendable (BuildEvent) -> Void
}
