/// `{% for %}`
extension JinjaEvaluator {
    mutating func run(_ loop: JinjaLoop, at range: Range<Int>) throws(JinjaProblem) {
        let sequence = try evaluate(loop.sequence)
        guard loop.isRecursive else {
            position = loop.sequence.range
            return try run(loop, over: try sequence.iterated(), depth: 0)
        }
        hold(frame)
        let text = try runRecursive(loop, over: sequence, depth: 0, home: frame)
        try write(text.bytes)
    }

    /// A recursive loop is a function: each call has slots of its own, and gives text.
    mutating func runRecursive(
        _ loop: JinjaLoop, over sequence: JinjaValue, depth: Int, home: JinjaFrame
    ) throws(JinjaProblem) -> JinjaString {
        let own = JinjaFrame(slotCount: layout.entries[loop.body.id].slotCount, outer: home)
        hold(own)
        let items = try sequence.iterated()
        let outer = output
        output = []
        try within(own) { evaluator throws(JinjaProblem) in try evaluator.run(loop, over: items, depth: depth) }
        let text = JinjaString(bytes: output)
        output = outer
        return text
    }

    private mutating func run(_ loop: JinjaLoop, over all: [JinjaValue], depth: Int) throws(JinjaProblem) {
        let items = try loop.test.map { test throws(JinjaProblem) in try select(all, loop, test) } ?? all
        let state = layout.entries[loop.body.id].isLoopWithState ? JinjaLoopState(items, depth: depth) : nil
        if loop.isRecursive { state?.recursion = (loop, frame) }
        // The target belongs to the loop, whatever it is assigned in.
        innerScopes += 1
        defer { innerScopes -= 1 }
        var hasFinished = false
        for (index, item) in items.enumerated() {
            try charge()
            if let state {
                state.index = index
                let place = layout.places[loop.loopName]
                slots[place.slot] = .loop(state)
            }
            try assign(item, to: loop.target)
            let flow = try run(loop.body)
            if flow == .breakLoop { break }
            if flow == .next { hasFinished = true }
        }
        // As Jinja counts: an iteration that `break` or `continue` ends early is none.
        if !hasFinished, let otherwise = loop.otherwise { _ = try run(otherwise) }
    }

    /// The items that a loop's `if` lets through.
    private mutating func select(
        _ items: [JinjaValue], _ loop: JinjaLoop, _ test: JinjaExpression
    ) throws(JinjaProblem) -> [JinjaValue] {
        var selected: [JinjaValue] = []
        for item in items {
            try charge(test.cost)
            try assign(item, to: loop.testTarget)
            enter(loop.testScope)
            if try evaluate(test).isTrue { selected.append(item) }
        }
        return selected
    }
}

/// `loop`: where a loop is.
final class JinjaLoopState {
    let items: [JinjaValue]
    /// How many recursive loops lie around.
    let level: Int
    var index = 0
    var lastChanged: [JinjaValue]?
    /// The loop and the slots around it, where it can call itself.
    var recursion: (loop: JinjaLoop, frame: JinjaFrame)?

    init(_ items: [JinjaValue], depth: Int) { (self.items, level) = (items, depth) }

    /// How deep values nest in it.
    var depth: Int { 1 + items.reduce(0) { max($0, $1.depth) } }

    func takeRest() -> [JinjaValue] { [] }

    func attribute(_ name: JinjaLoopAttribute) -> JinjaValue {
        switch name {
        case .index: .int(index + 1)
        case .index0: .int(index)
        case .revindex: .int(items.count - index)
        case .revindex0: .int(items.count - index - 1)
        case .first: .bool(index == 0)
        case .last: .bool(index == items.count - 1)
        case .length: .int(items.count)
        case .depth: .int(level + 1)
        case .depth0: .int(level)
        case .previtem: index > 0 ? items[index - 1] : .undefined(.hint("there is no previous item"))
        case .nextitem: index + 1 < items.count ? items[index + 1] : .undefined(.hint("there is no next item"))
        case .cycle, .changed: .method(JinjaMethod(.loop(self), name.rawValue))
        }
    }

    /// Whether the values differ from those of the last call.
    func changed(_ values: [JinjaValue]) -> Bool {
        if let lastChanged, lastChanged.elementsEqual(values, by: { $0.isEqual($1) }) { return false }
        lastChanged = values
        return true
    }
}
