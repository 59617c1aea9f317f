/// What a template computes with: the part of Python's values that templates meet. Nothing in it leads outside.
enum JinjaValue {
    /// In a slot: never assigned. An expression turns it into `undefined`.
    case missing
    case undefined(JinjaUndefined)
    case none
    case bool(Bool)
    case int(Int)
    /// An integer past 64 bits, by its digits: it can be passed on and written, not computed with.
    case wide(JinjaString)
    case float(Double)
    case string(JinjaString)
    case list(JinjaList)
    case tuple(JinjaList)
    case dict(JinjaDict)
    case range(JinjaRange)
    /// `dict.items()` and its like.
    case view(JinjaView)
    /// What `map`, `select` and others give: elements that can be taken once.
    case iterator(JinjaIterator)
    case namespace(JinjaNamespace)
    case macro(JinjaMacro)
    case function(JinjaFunction)
    case method(JinjaMethod)
    case loop(JinjaLoopState)
    case cycler(JinjaCycler)
    case joiner(JinjaJoiner)
}

/// Why a value is undefined; the message is made only when somebody asks for it. What templates ask for most takes no memory of its own.
enum JinjaUndefined {
    /// The types whose members are asked for most.
    enum Owner: String { case dict, list, str }

    case name(JinjaName)
    case attribute(JinjaName, of: Owner)
    indirect case element(JinjaValue, of: String)
    indirect case hint(String)

    static func missing(_ name: JinjaName, in value: JinjaValue) -> JinjaUndefined {
        switch value {
        case .dict: .attribute(name, of: .dict)
        case .list: .attribute(name, of: .list)
        case .string: .attribute(name, of: .str)
        default: .hint("'\(value.objectTypeName)' has no attribute '\(name.text)'")
        }
    }

    var message: String {
        switch self {
        case .name(let name): "'\(name.text)' is undefined"
        case .attribute(let name, let type): "'\(type.rawValue) object' has no attribute '\(name.text)'"
        case .element(let value, let type): "\(type) has no element \(PythonText.shortRepresentation(value))"
        case .hint(let hint): hint
        }
    }
}

/// Elements in order. A class, so that passing it on costs nothing; it never changes, as in a sandbox.
final class JinjaList {
    let elements: [JinjaValue]
    /// How deep values nest in it.
    let depth: Int
    /// How much walking over all that it holds costs; what it holds twice counts twice.
    let weight: Int
    /// A pair made by `groupby`, whose parts have names too.
    let isGroup: Bool

    init(_ elements: [JinjaValue], isGroup: Bool = false) {
        self.elements = elements
        self.isGroup = isGroup
        var depth = 0
        var weight = 1
        for element in elements {
            depth = max(depth, element.depth)
            weight = weight.addingCapped(element.weight)
        }
        (self.depth, self.weight) = (depth + 1, weight)
    }
}

extension Int {
    /// A sum that stops far above every limit.
    func addingCapped(_ other: Int) -> Int { Swift.min(self, 1 << 40) + Swift.min(other, 1 << 40) }
}

final class JinjaRange {
    let start: Int
    /// As it was given: not always the number after the last.
    let stop: Int
    let step: Int
    let count: Int

    init(start: Int, stop: Int, step: Int, count: Int) {
        (self.start, self.stop, self.step, self.count) = (start, stop, step, count)
    }

    func element(_ index: Int) -> Int { start &+ index &* step }
    var elements: [JinjaValue] { (0..<count).map { .int(element($0)) } }
}

final class JinjaView {
    enum Kind: String { case keys, values, items }

    let kind: Kind
    let dict: JinjaDict

    init(_ kind: Kind, _ dict: JinjaDict) { (self.kind, self.dict) = (kind, dict) }

    var elements: [JinjaValue] {
        switch kind {
        case .keys: dict.keys
        case .values: dict.values
        case .items: zip(dict.keys, dict.values).map { .tuple(JinjaList([$0, $1])) }
        }
    }
}

final class JinjaIterator {
    private let elements: [JinjaValue]
    private var next = 0
    /// What Python calls it.
    let typeName: String
    let depth: Int

    init(_ elements: [JinjaValue], typeName: String = "generator") {
        (self.elements, self.typeName) = (elements, typeName)
        depth = 1 + elements.reduce(0) { max($0, $1.depth) }
    }

    func takeOne() -> JinjaValue? {
        guard next < elements.count else { return nil }
        next += 1
        return elements[next - 1]
    }

    func takeRest() -> [JinjaValue] {
        defer { next = elements.count }
        return next == 0 ? elements : Array(elements[next...])
    }
}

/// The one value that templates can change: attributes that `set ns.x = …` assigns.
final class JinjaNamespace {
    var keys: [JinjaString] = []
    var values: [JinjaValue] = []

    subscript(name: JinjaString) -> JinjaValue? {
        get { keys.firstIndex(of: name).map { values[$0] } }
        set {
            guard let newValue else { return }
            if let index = keys.firstIndex(of: name) {
                values[index] = newValue
            } else {
                keys.append(name)
                values.append(newValue)
            }
        }
    }
}

/// A macro or a caller together with the slots that it was made in.
final class JinjaMacro {
    let node: JinjaMacroNode
    let home: JinjaFrame

    init(_ node: JinjaMacroNode, home: JinjaFrame) { (self.node, self.home) = (node, home) }

    var name: String { node.name.isEmpty ? "caller" : node.name }
}

/// A method and what it is of.
final class JinjaMethod {
    let receiver: JinjaValue
    let name: String

    init(_ receiver: JinjaValue, _ name: String) { (self.receiver, self.name) = (receiver, name) }
}

final class JinjaCycler {
    let items: [JinjaValue]
    var position = 0
    init(_ items: [JinjaValue]) { self.items = items }
}

final class JinjaJoiner {
    let separator: JinjaValue
    var wasUsed = false
    init(_ separator: JinjaValue) { self.separator = separator }
}

/// The slots of one running function.
final class JinjaFrame {
    var slots: [JinjaValue]
    let outer: JinjaFrame?

    init(slotCount: Int, outer: JinjaFrame?) {
        slots = Array(repeating: .missing, count: slotCount)
        self.outer = outer
    }
}

extension JinjaValue {
    static func text(_ text: String) -> JinjaValue { .string(JinjaString(text)) }
    static func list(_ elements: [JinjaValue]) -> JinjaValue { .list(JinjaList(elements)) }
    static func tuple(_ elements: [JinjaValue]) -> JinjaValue { .tuple(JinjaList(elements)) }
    static func dict(_ members: [(JinjaString, JinjaValue)]) -> JinjaValue {
        .dict(JinjaDict(texts: members.map(\.0), values: members.map(\.1)))
    }

    init(_ constant: JinjaConstant) {
        switch constant {
        case .none: self = .none
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .wide(let digits): self = .wide(digits)
        case .float(let value): self = .float(value)
        case .string(let value): self = .string(value)
        }
    }

    var isUndefined: Bool { if case .undefined = self { true } else { false } }
    var isNone: Bool { if case .none = self { true } else { false } }

    /// How deep values nest in this one.
    var depth: Int {
        switch self {
        case .list(let list), .tuple(let list): list.depth
        case .dict(let dict): dict.depth
        case .view(let view): view.dict.depth + 1
        case .iterator(let iterator): iterator.depth
        case .cycler(let cycler): 1 + cycler.items.reduce(0) { max($0, $1.depth) }
        case .joiner(let joiner): 1 + joiner.separator.depth
        case .method(let method): 1 + method.receiver.depth
        case .loop(let loop): loop.depth
        default: 0
        }
    }

    /// What walking over the value costs, in units of about one element or 64 bytes.
    var weight: Int {
        switch self {
        case .list(let list), .tuple(let list): list.weight
        case .dict(let dict): dict.weight
        case .view(let view): view.dict.weight
        case .string(let text), .wide(let text): 1 + text.bytes.count >> 6
        case .range(let range): range.count
        default: 1
        }
    }

    /// What Python calls the type.
    var typeName: String {
        switch self {
        case .missing, .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .int, .wide: "int"
        case .float: "float"
        case .string: "str"
        case .list: "list"
        case .tuple: "tuple"
        case .dict: "dict"
        case .range: "range"
        case .view(let view): "dict_\(view.kind.rawValue)"
        case .iterator(let iterator): iterator.typeName
        case .namespace: "Namespace"
        case .macro: "Macro"
        case .function(let function): function.isClass ? "type" : "function"
        case .method: "builtin_function_or_method"
        case .loop: "LoopContext"
        case .cycler: "Cycler"
        case .joiner: "Joiner"
        }
    }

    /// As Jinja names it in messages: `dict object`.
    var objectTypeName: String {
        switch self {
        case .none: "None"
        case .missing, .undefined: "Undefined"
        case .namespace, .cycler, .joiner: "jinja2.utils.\(typeName) object"
        case .macro, .loop: "jinja2.runtime.\(typeName) object"
        default: "\(typeName) object"
        }
    }

    /// Whether `if` takes it.
    var isTrue: Bool {
        switch self {
        case .missing, .undefined, .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .float(let value): value != 0
        case .string(let value): !value.isEmpty
        case .list(let list), .tuple(let list): !list.elements.isEmpty
        case .dict(let dict): dict.count > 0
        case .range(let range): range.count > 0
        case .view(let view): view.dict.count > 0
        case .wide, .iterator, .namespace, .macro, .function, .method, .loop, .cycler, .joiner: true
        }
    }
}
