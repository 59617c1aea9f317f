/// A function that templates may call by name.
public struct TemplateFunction: Sendable {
    /// What a parameter takes, as its Go type would.
    public enum Parameter: Sendable {
        /// `any`: everything, nil too.
        case any
        /// `string`: text only; a literal of another kind is an error where it stands.
        case string
        /// `reflect.Value`: everything, with "no value" kept apart from nil.
        case value
    }

    /// A refusal; the message follows `error calling NAME: `.
    public struct Refusal: Error, Equatable {
        public let message: String
        public init(_ message: String) { self.message = message }
    }

    public typealias Body = @Sendable ([TemplateValue], TemplateCallContext) throws(Refusal) -> TemplateValue

    public let parameters: [Parameter]
    /// What further arguments must be; nil where there may be none.
    public let rest: Parameter?
    let body: Body
    /// `and` and `or`: stop at the first argument whose truth is this.
    let stopsAt: Bool?

    public init(_ parameters: [Parameter] = [], rest: Parameter? = nil, body: @escaping Body) {
        self.parameters = parameters
        self.rest = rest
        self.body = body
        stopsAt = nil
    }

    /// A function that evaluates its arguments only until one settles the matter.
    init(stoppingAt truth: Bool) {
        parameters = [.value]
        rest = .value
        body = { _, _ throws(Refusal) in .absent }
        stopsAt = truth
    }

    func parameter(_ index: Int) -> Parameter { index < parameters.count ? parameters[index] : rest ?? .any }
}

/// What a function may know of the rendering that called it.
public struct TemplateCallContext: Sendable {
    /// The most bytes that a result may have.
    public let outputBytes: Int
    let firstOperand: TemplateOperand?

    /// The first argument as it is written in the template.
    public var firstArgument: String { firstOperand?.messageText ?? "<piped value>" }
}

/// Functions by name.
public struct TemplateFunctions: Sendable {
    public private(set) var byName: [String: TemplateFunction]

    /// text/template's own.
    public static let builtin = TemplateFunctions(
        byName: BuiltinFunctions.logic.merging(BuiltinFunctions.access) { $1 }.merging(BuiltinFunctions.text) { $1 })

    init(byName: [String: TemplateFunction]) { self.byName = byName }

    /// These with others added, which win where both have a name.
    public func adding(_ functions: [String: TemplateFunction]) -> TemplateFunctions {
        TemplateFunctions(byName: byName.merging(functions) { $1 })
    }
}
