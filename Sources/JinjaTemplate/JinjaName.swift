/// A name that a template asks values for, with all that can be told about it before anything runs: which methods it names, and its
/// bytes as keys of dicts have them.
final class JinjaName: Sendable {
    /// What a name means to a type that can be changed in Python.
    enum Use: Sendable {
        case method
        /// A method that would change the value; the sandbox hides it.
        case refused
    }

    let text: String
    let bytes: JinjaString
    let textMethod: TextMethod?
    let dictUse: Use?
    let listUse: Use?
    let loopAttribute: JinjaLoopAttribute?

    init(_ text: String) {
        self.text = text
        bytes = JinjaString(text)
        textMethod = TextMethod(rawValue: text)
        dictUse = Self.use(text, Self.dictMethods, Self.dictChanges)
        listUse = Self.use(text, Self.listMethods, Self.listChanges)
        loopAttribute = JinjaLoopAttribute(rawValue: text)
    }

    private static func use(_ name: String, _ methods: Set<String>, _ changes: Set<String>) -> Use? {
        if methods.contains(name) { return .method }
        return changes.contains(name) ? .refused : nil
    }

    private static let dictMethods: Set = ["get", "items", "keys", "values", "copy"]
    private static let listMethods: Set = ["index", "count", "copy"]
    private static let dictChanges: Set = ["clear", "pop", "popitem", "setdefault", "update"]
    private static let listChanges: Set = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"]
}

/// What `loop` has.
enum JinjaLoopAttribute: String {
    case index, index0, revindex, revindex0, first, last, length, depth, depth0, previtem, nextitem, cycle, changed
}
