/// Where the values of a template's names live while it runs: decided once, before anything runs.
///
/// Jinja's scopes are static. A name that a scope assigns is that scope's own from its beginning on; a name that it only reads is
/// the nearest outer one, or else the context's. Each function (the template, a macro, a recursive loop, a block) keeps its
/// values in one array of slots.
struct JinjaLayout: Sendable {
    /// A slot of the running function (`up` 0) or of one around it.
    struct Place: Sendable {
        var up: Int
        var slot: Int
    }

    enum Load: Sendable {
        /// From the context or the globals, by its place in `contextNames`.
        case context(Int)
        /// A copy of an outer scope's value.
        case copy(Place)
        /// Nothing until it is assigned.
        case missing
    }

    /// What a scope does when it is entered.
    struct Entry: Sendable {
        var loads: [(slot: Int, load: Load)] = []
        /// How many slots the function has that begins with this scope; 0 where the scope is part of its function.
        var slotCount = 0
        /// Macros and recursive loops hold their function's slots; these must be let go by hand.
        var definesFunctions = false
        /// The body of a loop that asks for `loop`.
        var isLoopWithState = false
        /// Of a macro's body: which of its special names it reads.
        var macro = MacroUse()
    }

    /// By a name's number.
    var places: [Place]
    /// By a scope's number.
    var entries: [Entry]
    /// Names that are looked up in the context, once for each rendering.
    var contextNames: [ContextName] = []
    var hasBlocks = false

    /// A name that the context or, failing that, the language gives a value.
    struct ContextName: Sendable {
        let key: JinjaString
        let function: JinjaFunction?
    }

    /// Which of its special names a macro's body reads.
    struct MacroUse: Sendable {
        var caller = false
        var namedRest = false
        var rest = false
    }

    init(nameCount: Int, scopeCount: Int) {
        places = Array(repeating: Place(up: 0, slot: 0), count: nameCount)
        entries = Array(repeating: Entry(), count: scopeCount)
    }
}

/// The names of one scope while the layout is made, by the rules of Jinja2's `idtracking`.
final class JinjaSymbols {
    struct Slot: Hashable {
        /// How many functions lie around the one that has the slot.
        let depth: Int
        let index: Int
    }

    enum Load {
        case parameter, missing
        case context(String)
        case copy(Slot)
    }

    /// What a function has handed out so far.
    final class Function {
        let depth: Int
        var slotCount = 0
        init(depth: Int) { self.depth = depth }
    }

    /// Slots by name, shared by the copies that branches make.
    private final class OwnSlots { var byName: [String: Slot] = [:] }

    let parent: JinjaSymbols?
    let function: Function
    private let own: OwnSlots
    private(set) var references: [String: Slot] = [:]
    private(set) var loads: [Slot: Load] = [:]
    private(set) var stores: Set<String> = []

    init(parent: JinjaSymbols?, function: Function) {
        (self.parent, self.function, own) = (parent, function, OwnSlots())
    }

    private init(copying other: JinjaSymbols) {
        (parent, function, own) = (other.parent, other.function, other.own)
        (references, loads, stores) = (other.references, other.loads, other.stores)
    }

    func find(_ name: String) -> Slot? {
        var scope: JinjaSymbols? = self
        while let current = scope {
            if let slot = current.references[name] { return slot }
            scope = current.parent
        }
        return nil
    }

    private func define(_ name: String, _ load: Load) {
        let slot = own.byName[name] ?? Slot(depth: function.depth, index: function.slotCount)
        if own.byName[name] == nil {
            own.byName[name] = slot
            function.slotCount += 1
        }
        references[name] = slot
        loads[slot] = load
    }

    func load(_ name: String) {
        if find(name) == nil { define(name, .context(name)) }
    }

    func store(_ name: String) {
        stores.insert(name)
        guard references[name] == nil else { return }
        define(name, parent?.find(name).map { .copy($0) } ?? .missing)
    }

    func declareParameter(_ name: String) {
        stores.insert(name)
        define(name, .parameter)
    }

    func copy() -> JinjaSymbols { JinjaSymbols(copying: self) }

    /// Takes in what branches did. A name that not every branch assigns begins as what it was outside.
    func merge(_ branches: [JinjaSymbols]) {
        var counts: [String: Int] = [:]
        for branch in branches {
            for name in branch.stores where !stores.contains(name) { counts[name, default: 0] += 1 }
        }
        for branch in branches {
            references.merge(branch.references) { $1 }
            loads.merge(branch.loads) { $1 }
            stores.formUnion(branch.stores)
        }
        for (name, count) in counts where count < branches.count {
            guard let slot = references[name] else { continue }
            loads[slot] = parent?.find(name).map { .copy($0) } ?? .context(name)
        }
    }
}
