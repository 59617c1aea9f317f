/// Runs a template: walks its tree, with the names' values in slots.
struct JinjaEvaluator {
    /// What a statement does to those after it.
    enum Flow { case next, breakLoop, continueLoop }

    let limits: JinjaLimits
    let layout: JinjaLayout
    let now: JinjaTime
    private let root: JinjaScope
    private let context: JinjaDict
    private var steps = 0
    var depth = 0
    var output: [UInt8] = []
    /// Which node wrote what; nil where nobody asked.
    var trace: JinjaTrace?
    /// The running function; its values are in `slots` while it runs.
    private(set) var frame: JinjaFrame
    var slots: [JinjaValue]
    /// The node that runs, for messages.
    var position = 0..<0
    /// What `bodyText` stands for.
    var bodyText = JinjaValue.none
    /// The context's values by the layout's places.
    private var contextValues: [JinjaValue] = []
    /// What the template assigned on its top level, where blocks may ask for it.
    private var exports: [JinjaString: JinjaValue] = [:]
    /// How many scopes lie between the running statement and the top level.
    var innerScopes = 0
    /// Slots and namespaces may hold each other; they are emptied at the end so that none stays.
    private var heldFrames: [JinjaFrame] = []
    private var heldNamespaces: [JinjaNamespace] = []

    init(program: JinjaProgram, context: JinjaDict, now: JinjaTime, isTraced: Bool = false) {
        trace = isTraced ? JinjaTrace() : nil
        (limits, layout, root) = (program.limits, program.layout, program.root)
        (self.context, self.now) = (context, now)
        frame = JinjaFrame(slotCount: 0, outer: nil)
        slots = Array(repeating: .missing, count: program.layout.entries[program.root.id].slotCount)
    }

    mutating func run() throws(JinjaProblem) -> [UInt8] {
        defer { release() }
        contextValues = layout.contextNames.map { name in
            context[name.key] ?? name.function.map { .function($0) } ?? .missing
        }
        output.reserveCapacity(1 << 12)
        heldFrames.append(frame)
        enter(root.id)
        _ = try execute(root.body)
        return output
    }

    private mutating func release() {
        for frame in heldFrames { frame.slots = [] }
        for namespace in heldNamespaces { (namespace.keys, namespace.values) = ([], []) }
    }

    mutating func hold(_ namespace: JinjaNamespace) { heldNamespaces.append(namespace) }
    mutating func hold(_ frame: JinjaFrame) { heldFrames.append(frame) }

    // MARK: - Limits

    /// Counts work; cheap enough to be called for every node.
    @inline(__always)
    mutating func charge(_ work: Int = 1) throws(JinjaProblem) {
        steps &+= work
        if steps > limits.steps { throw .limit("more than \(limits.steps) steps") }
    }

    /// Runs something that may run itself again.
    mutating func deeper() throws(JinjaProblem) {
        depth += 1
        if depth > limits.depth { throw .limit("nested deeper than \(limits.depth) while running") }
    }

    mutating func shallower() { depth -= 1 }

    /// The value, if it is small enough to go on with.
    mutating func checked(_ value: JinjaValue) throws(JinjaProblem) -> JinjaValue {
        switch value {
        case .string(let text):
            try check(bytes: text.bytes.count)
            try charge(text.bytes.count >> 6)
        case .list(let list), .tuple(let list):
            try check(elements: list.elements.count)
            try check(depth: list.depth, weight: list.weight)
            try charge(list.elements.count >> 2)
        case .dict(let dict):
            try check(elements: dict.count)
            try check(depth: dict.depth, weight: dict.weight)
            try charge(2 * dict.count + 8 * dict.keyWeight)
        default:
            try check(depth: value.depth, weight: 0)
        }
        return value
    }

    func check(bytes: Int) throws(JinjaProblem) {
        if bytes > limits.outputBytes { throw .limit("a text of \(bytes) bytes, at most \(limits.outputBytes) are allowed") }
    }

    func check(elements: Int) throws(JinjaProblem) {
        if elements > limits.elements { throw .limit("\(elements) elements, at most \(limits.elements) are allowed") }
    }

    private func check(depth: Int, weight: Int) throws(JinjaProblem) {
        if depth > limits.valueDepth { throw .limit("values nested deeper than \(limits.valueDepth)") }
        if weight > 4 * limits.elements { throw .limit("more than \(4 * limits.elements) elements in one value") }
    }

    /// Checks a product of sizes before it is made.
    func check(_ count: Int, times: Int) throws(JinjaProblem) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: times)
        if overflow { throw .limit("a text of more than \(limits.outputBytes) bytes") }
        try check(bytes: bytes)
    }

    // MARK: - Names

    /// Gives a scope's names the values that they begin with.
    mutating func enter(_ scope: Int, exported: Bool = false) {
        for (slot, load) in layout.entries[scope].loads {
            switch load {
            case .missing: slots[slot] = .missing
            case .copy(let place): slots[slot] = value(at: place)
            case .context(let index):
                let value = exported ? exports[layout.contextNames[index].key] : nil
                slots[slot] = value ?? contextValues[index]
            }
        }
    }

    @inline(__always)
    func value(at place: JinjaLayout.Place) -> JinjaValue {
        place.up == 0 ? slots[place.slot] : home(place.up).slots[place.slot]
    }

    private func home(_ up: Int) -> JinjaFrame {
        var frame = self.frame
        for _ in 0..<up { if let outer = frame.outer { frame = outer } }
        return frame
    }

    mutating func assign(_ value: JinjaValue, _ id: Int, _ name: String) {
        let place = layout.places[id]
        if place.up == 0 { slots[place.slot] = value } else { home(place.up).slots[place.slot] = value }
        if layout.hasBlocks, innerScopes == 0 { exports[JinjaString(name)] = value }
    }

    /// The value of a name that is assigned to.
    func load(_ name: JinjaName, _ id: Int) -> JinjaValue {
        let value = value(at: layout.places[id])
        if case .missing = value { return .undefined(.name(name)) }
        return value
    }

    // MARK: - Text

    mutating func write(_ value: JinjaValue) throws(JinjaProblem) {
        if case .string(let text) = value {
            try write(text.bytes)
        } else {
            try write(PythonText.string(value).bytes)
        }
    }

    mutating func write(_ bytes: [UInt8]) throws(JinjaProblem) {
        try charge(bytes.count >> 6)
        output.append(contentsOf: bytes)
        if output.count > limits.outputBytes { throw .limit("more than \(limits.outputBytes) bytes of output") }
    }

    /// Runs statements as a scope of its own and gives what they wrote.
    mutating func capture(_ scope: JinjaScope, exported: Bool = false) throws(JinjaProblem) -> JinjaString {
        let outer = (output, trace?.spans)
        output = []
        trace?.spans = []
        enter(scope.id, exported: exported)
        innerScopes += 1
        _ = try execute(scope.body)
        innerScopes -= 1
        let text = JinjaString(bytes: output)
        output = outer.0
        if let spans = outer.1 { trace?.endCapture(of: text, outerSpans: spans) }
        return text
    }

    /// Runs statements as a scope of its own.
    mutating func run(_ scope: JinjaScope) throws(JinjaProblem) -> Flow {
        enter(scope.id)
        innerScopes += 1
        defer { innerScopes -= 1 }
        return try execute(scope.body)
    }

    /// Runs with other slots.
    mutating func within<Result>(
        _ frame: JinjaFrame, _ work: (inout JinjaEvaluator) throws(JinjaProblem) -> Result
    ) throws(JinjaProblem) -> Result {
        let outer = self.frame
        swap(&slots, &outer.slots)
        swap(&slots, &frame.slots)
        self.frame = frame
        innerScopes += 1
        defer {
            swap(&slots, &frame.slots)
            swap(&slots, &outer.slots)
            self.frame = outer
            innerScopes -= 1
        }
        return try work(&self)
    }
}
