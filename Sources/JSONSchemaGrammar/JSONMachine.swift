public import Automata
public import JSONText

/// Reads JSON texts byte by byte and lets through those that a schema describes.
public final class JSONMachine: GrammarMachine {
    public let automaton: ByteAutomaton
    /// What was not enforced, under `isLenient`, and keywords that the specification does not know.
    public let warnings: [SchemaWarning]

    let compiler: SchemaCompiler
    let options: SchemaOptions
    var frames = InternTable<Frame>()
    var arrays = InternTable<ArrayProgress>()
    var objects = InternTable<ObjectProgress>()
    var arrayShapes = InternTable<ArrayShape>()
    /// The first stands for no text.
    var texts = InternTable<RecordedText>()
    var objectShapes: [ObjectPlan] = []
    private var objectShapeIndices: [ObjectShape: Int32] = [:]
    /// By the set's index.
    private var plans: [SchemaNode: ValuePlan] = [:]
    var keyStates: [KeyChoice: ByteAutomaton.State] = [:]
    private(set) var failed = false
    private let rootThread: Thread

    /// Frames a machine may come to hold.
    private static let maximumFrames = 4_000_000

    public convenience init(schema: JSONValue, options: SchemaOptions = SchemaOptions()) throws(SchemaError) {
        let document = try SchemaDocument(schema, draft: options.draft)
        try self.init(compiler: SchemaCompiler(document: document, options: options, table: LanguageTable()))
    }

    init(compiler: SchemaCompiler) throws(SchemaError) {
        self.compiler = compiler
        options = compiler.options
        automaton = ByteAutomaton(table: compiler.table)
        let root = compiler.place(compiler.document.root)
        guard try !compiler.isUnsatisfiable(root) else { throw .unsatisfiable }
        _ = texts.index(of: RecordedText(before: 0, byte: 0))
        let done = frames.index(of: Frame(kind: .done))
        rootThread = frames.index(of: Frame(kind: .value, a: root.index, parent: done))
        try JSONMachine.visitAll(from: root, compiler)
        var seen: Set<SchemaWarning> = []
        warnings = compiler.warnings.filter { seen.insert($0).inserted }
    }

    /// Works out every set that can be reached, so that what is wrong with a schema is said before the first byte.
    private static func visitAll(from root: SchemaNode, _ compiler: SchemaCompiler) throws(SchemaError) {
        var seen: Set<SchemaNode> = [root]
        var queue = [root]
        while let node = queue.popLast() {
            let shape = try compiler.shape(of: node)
            var children = shape.arrays.flatMap { $0.prefix + [$0.rest] + $0.contains.map(\.node) }
            for object in shape.objects { children += Array(object.names.values) + object.classes.map(\.node) }
            for array in shape.arrays where array.isUnique {
                for item in array.prefix + [array.rest] where item != .nothing {
                    let items = try compiler.shape(of: item)
                    guard items.arrays.isEmpty, items.objects.isEmpty || compiler.options.isLenient else {
                        throw .unsupported(
                            keyword: "uniqueItems",
                            why: "items may be arrays or objects, which cannot be told apart while they are written",
                            path: compiler.path(of: node))
                    }
                }
            }
            for child in children where seen.insert(child).inserted {
                _ = try compiler.isUnsatisfiable(child)
                queue.append(child)
            }
        }
    }

    public var start: [Thread] { [rootThread] }
    public var isExhausted: Bool { failed || compiler.table.isExhausted }

    func frame(_ frame: Frame) -> Thread {
        if frames.count >= JSONMachine.maximumFrames { failed = true }
        return failed ? 0 : frames.index(of: frame)
    }

    // MARK: - Plans

    /// A set of values, ready to be read.
    struct ValuePlan {
        /// Where a number, word or string begins; dead where none is allowed.
        var scalar: ByteAutomaton.State
        var arrays: [Int32]
        var objects: [Int32]
    }

    /// An object's shape with its names numbered.
    struct ObjectPlan {
        var shape: ObjectShape
        var names: [PropertyName]
        var nodes: [SchemaNode]
        var required: [Bool]
        var requiredCount: Int
        /// The spelling of each name.
        var spellings: [Language]
        /// Classes of keys that are not among the names, with the states before their opening quote.
        var others: [OtherKeys]
        /// The state before any of the shape's names, however escaped, with its quotes.
        var named: ByteAutomaton.State
    }

    /// Keys by class. That a key is none of the names is followed beside the class: the states of the class stay those of its
    /// language, which for keys of every kind are the states of any string.
    struct OtherKeys {
        var state: ByteAutomaton.State
        var node: SchemaNode
    }

    /// A choice of names: an object's progress decides it.
    struct KeyChoice: Hashable {
        var shape: Int32
        var names: [UInt64]
    }

    func plan(of node: SchemaNode) -> ValuePlan {
        if let known = plans[node] { return known }
        // The shape was worked out when the machine was made, so an error here is a bug; it is treated as a set of no values.
        let shape = (try? compiler.shape(of: node)) ?? .nothing
        let plan = ValuePlan(
            scalar: automaton.state(for: scalars(shape)),
            arrays: shape.arrays.filter { isPossible($0) }.map { arrayShapes.index(of: $0) },
            objects: shape.objects.filter { isPossible($0) }.map { index(of: $0) })
        plans[node] = plan
        return plan
    }

    func isPossible(_ node: SchemaNode) -> Bool { node == .anything || (try? compiler.isUnsatisfiable(node)) == false }
    private func isPossible(_ shape: ArrayShape) -> Bool { (try? compiler.isUnsatisfiable(shape)) == false }
    private func isPossible(_ shape: ObjectShape) -> Bool { (try? compiler.isUnsatisfiable(shape)) == false }

    /// The texts of a shape's null, booleans, numbers and strings.
    func scalars(_ shape: Shape) -> Language {
        let table = compiler.table
        var parts = [shape.numbers]
        for (isAllowed, word) in [(shape.allowsNull, "null"), (shape.allowsTrue, "true"), (shape.allowsFalse, "false")]
        where isAllowed {
            parts.append(table.literal(Array(word.utf8)))
        }
        parts.append(quoted(shape.strings))
        return table.union(parts)
    }

    func quoted(_ strings: Language) -> Language {
        let quote = compiler.table.literal([UInt8(ascii: "\"")])
        return compiler.table.sequence([quote, strings, quote])
    }

    private func index(of shape: ObjectShape) -> Int32 {
        if let known = objectShapeIndices[shape] { return known }
        let table = compiler.table
        let named = table.union(shape.order.map { compiler.everyEncoding(of: $0.text) })
        let usable = shape.order.filter { isPossible(shape.names[$0] ?? .nothing) }
        let plan = ObjectPlan(
            shape: shape, names: usable, nodes: usable.map { shape.names[$0] ?? .nothing },
            required: usable.map { shape.required.contains($0) }, requiredCount: shape.required.count,
            spellings: usable.map { compiler.spellings(of: [$0.text]) },
            others: shape.classes.filter { isPossible($0.node) && !table.isEmpty(table.difference($0.keys, named)) }.map {
                OtherKeys(state: automaton.state(for: quoted($0.keys)), node: $0.node)
            },
            named: automaton.state(for: quoted(named)))
        let index = Int32(objectShapes.count)
        objectShapes.append(plan)
        objectShapeIndices[shape] = index
        return index
    }
}
