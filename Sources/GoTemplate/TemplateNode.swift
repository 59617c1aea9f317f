/// A parsed template's tree. Every node knows the bytes it was written with; classes, so that a running template can say
/// cheaply which node it is at.
public indirect enum TemplateNode: Sendable {
    case text(TemplateText)
    /// `{{ pipeline }}`
    case action(TemplateAction)
    /// `{{ if }}`, `{{ range }}`, `{{ with }}` up to its `{{ end }}`.
    case branch(TemplateBranch)
    /// `{{ template "name" pipeline }}`; `{{ block }}` leaves one too.
    case invocation(TemplateInvocation)
    case breakLoop(Range<Int>)
    case continueLoop(Range<Int>)
}

/// Nodes that run one after another.
public final class TemplateBody: Sendable {
    public let nodes: [TemplateNode]

    init(_ nodes: [TemplateNode]) { self.nodes = nodes }
}

/// Text between actions, after trimming.
public final class TemplateText: Sendable {
    public let range: Range<Int>
    public let bytes: [UInt8]

    init(range: Range<Int>, bytes: ArraySlice<UInt8>) {
        self.range = range
        self.bytes = Array(bytes)
    }
}

public final class TemplateAction: Sendable {
    public let range: Range<Int>
    public let pipeline: TemplatePipeline

    init(range: Range<Int>, pipeline: TemplatePipeline) {
        self.range = range
        self.pipeline = pipeline
    }
}

public final class TemplateBranch: Sendable {
    public enum Kind: String, Sendable { case `if`, range, with }

    public let kind: Kind
    /// From the pipeline to the end of its action; the body has its own ranges.
    public let range: Range<Int>
    public let pipeline: TemplatePipeline
    public let body: TemplateBody
    public let elseBody: TemplateBody?

    init(kind: Kind, range: Range<Int>, pipeline: TemplatePipeline, body: TemplateBody, elseBody: TemplateBody?) {
        self.kind = kind
        self.range = range
        self.pipeline = pipeline
        self.body = body
        self.elseBody = elseBody
    }
}

public final class TemplateInvocation: Sendable {
    public let range: Range<Int>
    public let name: String
    public let pipeline: TemplatePipeline?

    init(range: Range<Int>, name: String, pipeline: TemplatePipeline?) {
        self.range = range
        self.name = name
        self.pipeline = pipeline
    }
}

/// Commands joined by `|`, with the variables that take the result.
public final class TemplatePipeline: Sendable {
    public let range: Range<Int>
    /// `$x = …` rather than `$x := …`.
    public let isAssignment: Bool
    /// The variables' names with their `$`, and where they stand.
    public let variables: [TemplateIdentifier]
    public let commands: [TemplateCommand]

    init(range: Range<Int>, isAssignment: Bool, variables: [TemplateIdentifier], commands: [TemplateCommand]) {
        self.range = range
        self.isAssignment = isAssignment
        self.variables = variables
        self.commands = commands
    }
}

/// An operand, or a function or method with its arguments.
public final class TemplateCommand: Sendable {
    public let range: Range<Int>
    public let operands: [TemplateOperand]

    init(range: Range<Int>, operands: [TemplateOperand]) {
        self.range = range
        self.operands = operands
    }
}

public final class TemplateOperand: Sendable {
    public enum Kind: Sendable {
        case dot
        case `nil`
        case bool(Bool)
        case number(TemplateNumber)
        case string(TemplateString)
        /// `.A.B`
        case field([TemplateIdentifier])
        /// `$x.A`: the first name is the variable's, with its `$`.
        case variable([TemplateIdentifier])
        case function(TemplateIdentifier)
        /// `(pipeline).A` and the like.
        case chain(TemplateOperand, [TemplateIdentifier])
        case pipeline(TemplatePipeline)
    }

    public let range: Range<Int>
    /// The offset that Go's messages give for the node: of `.A.B` it is that of `.B`.
    let reportedPosition: Int
    public let kind: Kind
    /// Literals as they were written.
    let source: ArraySlice<UInt8>

    init(range: Range<Int>, reportedPosition: Int? = nil, kind: Kind, source: ArraySlice<UInt8> = []) {
        self.range = range
        self.reportedPosition = reportedPosition ?? range.lowerBound
        self.kind = kind
        self.source = source
    }
}

/// A name in a template and where it stands.
public struct TemplateIdentifier: Sendable, Hashable {
    public let name: String
    public let range: Range<Int>

    init(_ name: String, _ range: Range<Int>) {
        self.name = name
        self.range = range
    }
}
