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
    /// The first stands for no recording.
    var recordings = InternTable<Recording>()
    /// Items that are arrays and objects, by their canonical texts.
    var canonicalTexts = InternTable<[UInt8]>()
    /// The texts of items that are arrays and objects and all their beginnings, by what the items were.
    var itemTexts: [[Int32]: Set<Int32>] = [:]
    /// Whether to look ahead for items that could only be repetitions.
    var looksAhead = true
    /// The first is no options.
    var keyOptions = InternTable<[KeyOption]>()
    var objectShapes: [ObjectPlan] = []
    var objectShapeIndices: [ObjectShape: Int32] = [:]
    /// By the set's index.
    private var plans: [ValuePlan?] = []
    var keyStates: [KeyChoice: ByteAutomaton.State] = [:]
    private(set) var failed = false
    private let rootThread: Thread

    /// Frames a machine may come to hold.
    private static let maximumFrames = 4_000_000

    public convenience init(schema: JSONValue, options: SchemaOptions = SchemaOptions()) throws(SchemaError) {
        let document = try SchemaDocument(schema, draft: options.draft)
        try self.init(compiler: SchemaCompiler(document: document, options: options, table: LanguageTable(JSONMachine.prepared)))
    }

    /// What schemas ask for all the time, with its derivatives.
    private static let prepared: LanguageTable.Snapshot = {
        let table = LanguageTable()
        let numbers = NumberLanguages(table: table)
        let quote = table.jsonQuote
        for language in [numbers.any, numbers.integers, table.sequence(quote, table.jsonStringAndQuote)] {
            table.explore(language, limit: 200)
        }
        return table.snapshot
    }()

    /// Works out what all schemas share; otherwise the first one does.
    public static func prepare() { _ = prepared }

    init(compiler: SchemaCompiler) throws(SchemaError) {
        self.compiler = compiler
        options = compiler.options
        automaton = ByteAutomaton(table: compiler.table)
        let root = compiler.place(compiler.document.root)
        guard try !compiler.isUnsatisfiable(root) else { throw .unsatisfiable }
        _ = texts.index(of: RecordedText(before: 0, byte: 0))
        _ = recordings.index(of: Recording(text: 0, target: 0))
        _ = keyOptions.index(of: [])
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
            // Items that must not be counted are of the opposite.
            for contained in shape.arrays.flatMap(\.contains) where contained.maximum != nil {
                children.append(compiler.not(contained.node))
            }
            for object in shape.objects { children += Array(object.names.values) + (object.classes + object.some).map(\.node) }
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
        /// Where a string begins, if strings of any length go on from wherever one has come to; else dead.
        var openString: ByteAutomaton.State
        var arrays: [Int32]
        var objects: [Int32]
        /// What a value may begin with.
        var firstBytes: ByteSet
    }

    /// An object's shape with its names numbered.
    struct ObjectPlan {
        var shape: ObjectShape
        var names: [PropertyName]
        var nodes: [SchemaNode]
        var required: [Bool]
        var requiredCount: Int
        /// The spelling of each name, its closing quote and its tag.
        var spellings: [Language]
        /// The ways in which each name can meet the shape's `some`.
        var options: [Int32]
        /// Classes of keys that are not among the names, with the states before their opening quote.
        var others: [OtherKeys]
        /// The state before any of the shape's names, however escaped, with its quotes.
        var named: ByteAutomaton.State
    }

    /// Keys by class. That a key is none of the names is followed beside a class without end, so that its states stay those of
    /// its language: for keys of every kind, the states of any string.
    struct OtherKeys {
        var state: ByteAutomaton.State
        var node: SchemaNode
        /// Whether the state lets the names through too.
        var mayBeNamed: Bool
        /// The ways in which such a key can meet the shape's `some`.
        var options: Int32
    }

    /// A choice of names: an object's progress decides it.
    struct KeyChoice: Hashable {
        var shape: Int32
        var names: [UInt64]
    }

    func plan(of node: SchemaNode) -> ValuePlan {
        let index = Int(node.index)
        if index < plans.count, let known = plans[index] { return known }
        // The shape was worked out when the machine was made, so an error here is a bug; it is treated as a set of no values.
        let plan = makePlan((try? compiler.shape(of: node)) ?? .nothing)
        if index >= plans.count { plans.append(contentsOf: repeatElement(nil, count: compiler.kinds.count - plans.count)) }
        plans[index] = plan
        return plan
    }

    private func makePlan(_ shape: Shape) -> ValuePlan {
        let scalar = automaton.state(for: scalars(shape))
        let arrays = shape.arrays.filter { isPossible($0) }.map { arrayShapes.index(of: $0) }
        let objects = shape.objects.filter { isPossible($0) }.map { index(of: $0) }
        var first = scalar == ByteAutomaton.dead ? ByteSet.none : automaton.nextBytes(scalar)
        if !arrays.isEmpty { first.insert(UInt8(ascii: "[")) }
        if !objects.isEmpty { first.insert(UInt8(ascii: "{")) }
        let isOpen = compiler.table.isOpenEnded(shape.strings)
        return ValuePlan(
            scalar: scalar, openString: isOpen ? automaton.state(for: quoted(shape.strings)) : ByteAutomaton.dead,
            arrays: arrays, objects: objects, firstBytes: first)
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
}
