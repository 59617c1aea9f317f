/// One rendering: walks the tree, keeps the variables, writes the output, counts what it costs.
struct TemplateEvaluator {
    /// A value, and whether it lies in an `any`: Go's messages then call it `interface {}`.
    struct Held {
        var value: TemplateValue
        var isBoxed = false

        /// The value out of its box, where nil is no value at all.
        var unboxed: Held {
            if case .null = value { Held(value: .absent) } else { Held(value: value) }
        }

        var typeName: String { isBoxed || value.isNull ? "interface {}" : value.typeName }

        static let absent = Held(value: .absent)
    }

    /// What a list of nodes ended with.
    enum Flow { case done, breakLoop, continueLoop }

    let template: ParsedTemplate
    private(set) var output: [UInt8] = []
    /// Which node wrote what; nil where nobody asked.
    private(set) var spans: [TemplateSpan]?
    var variables: [(name: String, held: Held)]
    /// The node that a message would be about.
    var current: (any TemplateMessageNode)?
    private let data: TemplateValue
    /// The template being run, main or invoked.
    private var running: String
    private var steps = 0
    private var depth = 0

    init(template: ParsedTemplate, data: TemplateValue, isTraced: Bool = false) {
        self.template = template
        spans = isTraced ? [] : nil
        self.data = data.isNull ? .absent : data
        running = template.name
        variables = [("$", Held(value: self.data))]
    }

    mutating func run() throws(TemplateError) {
        _ = try walk(template.main, dot: Held(value: data))
    }
}

// MARK: - Walking

extension TemplateEvaluator {
    private mutating func walk(_ body: TemplateBody, dot: Held) throws(TemplateError) -> Flow {
        try descend()
        defer { depth -= 1 }
        for node in body.nodes {
            try spend(1)
            switch node {
            case .text(let text):
                let start = output.count
                try write(text.bytes)
                note(start, text.range, isText: true)
            case .action(let action):
                let held = try pipeline(action.pipeline, dot: dot)
                guard action.pipeline.variables.isEmpty else { continue }
                let start = output.count
                try print(held.value, for: action)
                note(start, action.range, isText: false)
            case .branch(let branch):
                let flow = try branch.kind == .range ? range(branch, dot: dot) : choose(branch, dot: dot)
                if flow != .done { return flow }
            case .invocation(let invocation): try invoke(invocation, dot: dot)
            case .breakLoop: return .breakLoop
            case .continueLoop: return .continueLoop
            }
        }
        return .done
    }

    /// `if` and `with`, which differ only in what the dot becomes.
    private mutating func choose(_ branch: TemplateBranch, dot: Held) throws(TemplateError) -> Flow {
        let mark = variables.count
        defer { variables.removeSubrange(mark...) }
        let held = try pipeline(branch.pipeline, dot: dot)
        if held.value.isTrue { return try walk(branch.body, dot: branch.kind == .with ? held : dot) }
        guard let elseBody = branch.elseBody else { return .done }
        return try walk(elseBody, dot: dot)
    }

    private mutating func range(_ branch: TemplateBranch, dot: Held) throws(TemplateError) -> Flow {
        let mark = variables.count
        defer { variables.removeSubrange(mark...) }
        let held = try pipeline(branch.pipeline, dot: dot)
        var ran = false
        switch held.value {
        case .int(let count):
            if branch.pipeline.variables.count > 1 {
                throw failure("can't use \(count) to iterate over more than one variable")
            }
            var element = 0
            while element < count {
                ran = true
                if try iterate(branch, index: .absent, element: Held(value: .int(element))) == .breakLoop { break }
                element += 1
            }
        case .list(let list):
            for (index, element) in list.elements.enumerated() {
                ran = true
                let element = Held(value: element, isBoxed: list.holdsInterfaces)
                if try iterate(branch, index: Held(value: .int(index)), element: element) == .breakLoop { break }
            }
        case .map(let map):
            for (key, value) in zip(map.keys, map.values) {
                ran = true
                let element = Held(value: value, isBoxed: map.holdsInterfaces)
                if try iterate(branch, index: Held(value: .string(key)), element: element) == .breakLoop { break }
            }
        case .absent, .null: break
        default: throw failure("range can't iterate over \(shown(held.value))")
        }
        guard !ran, let elseBody = branch.elseBody else { return .done }
        return try walk(elseBody, dot: dot)
    }

    /// Runs the body once. Variables that the body declares go with it; those of the range's own pipeline stay and are set.
    private mutating func iterate(_ branch: TemplateBranch, index: Held, element: Held) throws(TemplateError) -> Flow {
        try spend(1)
        let names = branch.pipeline.variables
        if branch.pipeline.isAssignment {
            if names.count > 1 {
                try assign(names[0].name, index)
                try assign(names[1].name, element)
            } else if let name = names.first {
                try assign(name.name, element)
            }
        } else if !names.isEmpty {
            variables[variables.count - 1].held = element
            if names.count > 1 { variables[variables.count - 2].held = index }
        }
        let mark = variables.count
        defer { variables.removeSubrange(mark...) }
        return try walk(branch.body, dot: element)
    }

    private mutating func invoke(_ invocation: TemplateInvocation, dot: Held) throws(TemplateError) {
        current = invocation
        guard let body = template.bodies[invocation.name] else {
            throw failure("template \(GoQuote.quoted(Array(invocation.name.utf8))) not defined")
        }
        let argument: Held = if let pipeline = invocation.pipeline { try self.pipeline(pipeline, dot: dot) } else { .absent }
        // An invoked template sees its argument and no variable of its caller.
        let outer = (variables, running)
        variables = [("$", argument)]
        running = invocation.name
        _ = try walk(body, dot: argument)
        (variables, running) = outer
    }
}

// MARK: - Writing and counting

extension TemplateEvaluator {
    private mutating func note(_ start: Int, _ source: Range<Int>, isText: Bool) {
        if spans == nil || start == output.count { return }
        spans?.append(TemplateSpan(output: start..<output.count, source: source, isText: isText))
    }

    private mutating func write(_ bytes: [UInt8]) throws(TemplateError) {
        guard output.count + bytes.count <= template.limits.outputBytes else {
            throw exhausted("output longer than the limit of \(template.limits.outputBytes) bytes")
        }
        output.append(contentsOf: bytes)
        try spend(bytes.count >> 6)
    }

    private mutating func print(_ value: TemplateValue, for action: TemplateAction) throws(TemplateError) {
        current = action
        switch value {
        case .string(let text): try write(text.bytes)
        case .absent, .null: try write(Self.noValue)
        case .function: throw failure("can't print \(action.messageText) of type func()")
        default:
            let bytes: [UInt8]
            do { bytes = try GoFormat.print([value.dereferenced], limit: template.limits.outputBytes) } catch {
                throw exhausted("output longer than the limit of \(template.limits.outputBytes) bytes")
            }
            try write(bytes)
        }
    }

    private static let noValue = Array("<no value>".utf8)

    mutating func spend(_ count: Int) throws(TemplateError) {
        steps += count
        if steps > template.limits.steps { throw exhausted("more than \(template.limits.steps) steps") }
    }

    private mutating func descend() throws(TemplateError) {
        depth += 1
        if depth > template.limits.depth { throw exhausted("exceeded maximum template depth (\(template.limits.depth))") }
    }

    /// Runs `body` one level deeper, which parentheses are too.
    mutating func deeper<Result>(
        _ body: (inout TemplateEvaluator) throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        try descend()
        let result = try body(&self)
        depth -= 1
        return result
    }

    func shown(_ value: TemplateValue) -> String {
        (try? GoFormat.print([value], limit: 4096)).map { String(decoding: $0, as: UTF8.self) } ?? "…"
    }
}

extension TemplateValue {
    /// What a pointer points to: printing a value looks through one.
    fileprivate var dereferenced: TemplateValue {
        guard case .record(let record) = self, record.isPointer else { return self }
        return .record(TemplateRecord(record.type, record.values))
    }
}

// MARK: - Errors

extension TemplateEvaluator {
    func failure(_ problem: String) -> TemplateError { .execution(fault(problem)) }
    func exhausted(_ problem: String) -> TemplateError { .limit(fault(problem)) }

    private func fault(_ problem: String) -> TemplateFault {
        let source = template.location
        guard let current else {
            return TemplateFault(problem: problem, text: "template: \(source.name): \(problem)", range: 0..<0, source: source)
        }
        let position = current.reportedPosition
        let place = "\(source.name):\(source.line(of: position)):\(source.byteColumn(of: position))"
        let text = "template: \(place): executing \(GoQuote.quoted(Array(running.utf8))) at <\(current.messageText)>: \(problem)"
        return TemplateFault(problem: problem, text: text, range: current.range, source: source)
    }
}
