/// What a Modelfile asks for, as a plain value: the input of the build pipeline, what `quern create --plan` prints, and part of
/// the key under which a build step is cached.
///
/// Nothing here has touched a disk: sources are the texts behind FROM, and whether one is a path or a model's name is found out
/// by the pipeline.
public struct BuildPlan: Sendable, Hashable, Codable {
    /// A message of the example conversation that the package carries.
    public struct Message: Sendable, Hashable, Codable {
        public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
            case system, user, assistant
        }

        public var role: Role
        public var content: String

        public init(role: Role, content: String) {
            self.role = role
            self.content = content
        }
    }

    /// One for each FROM, at least one.
    public var sources: [Written<String>] = []
    /// One for each ADAPTER.
    public var adapters: [Written<String>] = []
    /// One for each DRAFT.
    public var drafts: [Written<String>] = []
    public var template: Written<String>?
    public var system: Written<String>?
    public var parameters = ParameterSet()
    public var messages: [Written<Message>] = []
    public var licenses: [Written<String>] = []
    /// The oldest version that can run the model, without a leading `v`.
    public var requires: Written<String>?
    public var renderer: Written<String>?
    public var parser: Written<String>?
    /// The type to quantize to, as the command line named it.
    public var quantization: String?
    /// The same for the draft model.
    public var draftQuantization: String?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case sources, adapters, drafts, template, system, parameters, messages, licenses, requires, renderer, parser
        case quantization
        case draftQuantization = "draft_quantization"
    }
}
