/// A Go template, parsed once and rendered as often as wanted.
///
///     let template = try ParsedTemplate("{{ range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}")
///     let text = try template.render(["Messages": [["Role": "user", "Content": "hi"]]])
///
/// The language is Go 1.27's text/template with `missingkey=zero`; errors carry Go's texts and a range in the template.
public struct ParsedTemplate: Sendable {
    public let name: String
    /// The text as it was given.
    public let source: String
    /// The main tree and those that `define` and `block` made, by name.
    public let bodies: [String: TemplateBody]
    public let limits: TemplateLimits
    let location: TemplateSource
    let functions: TemplateFunctions

    public init(
        _ source: String, name: String = "", functions: TemplateFunctions = .builtin, limits: TemplateLimits = .default
    ) throws(TemplateError) {
        self.name = name
        self.source = source
        self.functions = functions
        self.limits = limits
        location = TemplateSource(name: name, bytes: Array(source.utf8))
        var parser = TemplateParser(source: location, limits: limits, functionNames: Set(functions.byName.keys))
        bodies = try parser.parse()
    }

    private init(_ template: ParsedTemplate, main: TemplateBody) {
        name = template.name
        source = template.source
        functions = template.functions
        limits = template.limits
        location = template.location
        var bodies = template.bodies
        bodies[template.name] = main
        self.bodies = bodies
    }

    /// The tree that rendering starts with.
    public var main: TemplateBody { bodies[name] ?? TemplateBody([]) }

    /// The same template with another main tree.
    func replacingMain(_ body: TemplateBody) -> ParsedTemplate { ParsedTemplate(self, main: body) }

    /// The bytes that the template makes of `data`.
    public func renderBytes(_ data: TemplateValue) throws(TemplateError) -> [UInt8] {
        var evaluator = TemplateEvaluator(template: self, data: data)
        try evaluator.run()
        return evaluator.output
    }

    /// The same as text; bytes that are not UTF-8 (a character cut by `slice`) become U+FFFD.
    public func render(_ data: TemplateValue) throws(TemplateError) -> String {
        String(decoding: try renderBytes(data), as: UTF8.self)
    }

    /// The same bytes, and which node of the template wrote which of them.
    public func renderTraced(_ data: TemplateValue) throws(TemplateError) -> (bytes: [UInt8], spans: [TemplateSpan]) {
        var evaluator = TemplateEvaluator(template: self, data: data, isTraced: true)
        try evaluator.run()
        return (evaluator.output, evaluator.spans ?? [])
    }
}

/// A stretch of output and the node that wrote it. Spans follow one another without gaps.
public struct TemplateSpan: Sendable, Equatable {
    /// Byte offsets into the output.
    public let output: Range<Int>
    /// Byte offsets into the template.
    public let source: Range<Int>
    /// Text of the template itself, not a value that it asked for.
    public let isText: Bool
}
