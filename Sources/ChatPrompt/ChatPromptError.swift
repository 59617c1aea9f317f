public import GoTemplate
public import JinjaTemplate

/// Why a conversation cannot be turned into a prompt.
public enum ChatPromptError: Error, Equatable, Sendable, CustomStringConvertible {
    /// JSON of the wrong shape: where it is, what was found and what was wanted.
    case shape(path: String, found: String, wanted: String)
    /// The template does not parse, or fails on this conversation.
    case template(TemplateError)
    /// The same of a Jinja template.
    case jinja(JinjaError)

    public var description: String {
        switch self {
        case .shape(let path, let found, let wanted): "\(path): found \(found), wanted \(wanted)"
        case .template(let error): error.description
        case .jinja(let error): error.description
        }
    }
}
