/// A regular language of byte strings: a name for an expression in a `LanguageTable`. Two languages of one table with the same
/// index are the same expression.
public struct Language: Hashable, Sendable {
    let index: Int32

    /// No text at all.
    public static let nothing = Language(index: 0)
    /// The empty text alone.
    public static let empty = Language(index: 1)
    /// Every byte string.
    public static let everything = Language(index: 2)
}

/// Regular expressions over bytes, each kept once, with their derivatives.
///
/// The derivative of a language by a byte is what may follow that byte (Brzozowski 1964; Owens, Reppy and Turon 2009). It exists
/// for intersections and complements as for everything else, which is why there is no other automaton here: a language is a state.
/// Expressions are brought to a normal form as they are made, so that the derivatives of a language are finitely many.
public final class LanguageTable {
    enum Node: Hashable, Sendable {
        case nothing
        case empty
        case everything
        case bytes(ByteSet)
        /// The second is what follows the first; firsts are never sequences themselves.
        case sequence(Language, Language)
        /// At least two, sorted, none of them a union.
        case union([Language])
        case intersection([Language])
        case complement(Language)
        /// `maximum` `Int32.max` is unbounded.
        case repeated(Language, minimum: Int32, maximum: Int32)
        case multiple(DecimalRemainder)
    }

    /// A piece of a language's derivative: after a byte from `low` to `high` comes `next`.
    struct Transition: Sendable {
        var low: UInt8
        var high: UInt8
        var next: Language
    }

    static let unbounded = Int32.max
    static let startMark: UInt8 = 0xFE
    static let endMark: UInt8 = 0xFF
    /// Begins a tag: what stands after a text to tell what it was. No input has this byte, so a state before it is an end.
    public static let tagMark: UInt8 = 0xF8

    var nodes: [Node] = [.nothing, .empty, .everything]
    private(set) var indices: [Node: Int32] = [.nothing: 0, .empty: 1, .everything: 2]
    private(set) var nullables: [Bool] = [false, true, true]
    /// True where an intersection or complement is inside, so that the language may be empty without looking so.
    private(set) var mayHideEmptiness: [Bool] = [false, false, false]
    var transitions: [[Transition]?] = [[], [], [Transition(low: 0, high: 255, next: .everything)]]
    var knownEmpty: [Language: Bool] = [:]
    var encodings: [EncodingKey: Language] = [:]
    /// How far the ends of a language's texts are, where that was asked; nil where it was not seen.
    var farthestEnds: [Language: Int?] = [:]
    /// Languages by their callers' names.
    var remembered: [String: Language] = [:]

    /// How many expressions the table may hold before it gives up.
    public let limit: Int
    /// Whether the limit was met. From then on every new expression is `nothing`, so nothing wrong is ever accepted.
    public private(set) var isExhausted = false

    public init(limit: Int = 400_000) { self.limit = limit }

    /// A table that begins with another's expressions; their languages are the same ones here.
    public init(_ snapshot: Snapshot, limit: Int = 400_000) {
        self.limit = limit
        nodes = snapshot.nodes
        indices = snapshot.indices
        nullables = snapshot.nullables
        mayHideEmptiness = snapshot.mayHideEmptiness
        transitions = snapshot.transitions
        knownEmpty = snapshot.knownEmpty
        encodings = snapshot.encodings
        remembered = snapshot.remembered
    }

    func intern(_ node: Node) -> Language {
        if let index = indices[node] { return Language(index: index) }
        guard nodes.count < limit else {
            isExhausted = true
            return .nothing
        }
        let index = Int32(nodes.count)
        indices[node] = index
        nodes.append(node)
        nullables.append(isNullable(node))
        mayHideEmptiness.append(hidesEmptiness(node))
        transitions.append(nil)
        return Language(index: index)
    }

    subscript(_ language: Language) -> Node { nodes[Int(language.index)] }

    /// Whether the empty text belongs to the language.
    public func isNullable(_ language: Language) -> Bool { nullables[Int(language.index)] }

    /// Whether the language is a tag and what follows it.
    func isTag(_ language: Language) -> Bool {
        guard case .sequence(let head, _) = self[language] else { return false }
        return self[head] == .bytes(ByteSet(LanguageTable.tagMark...LanguageTable.tagMark))
    }

    private func isNullable(_ node: Node) -> Bool {
        switch node {
        case .nothing, .bytes: false
        case .empty, .everything: true
        case .sequence(let first, let second): isNullable(first) && isNullable(second)
        case .union(let parts): parts.contains(where: isNullable)
        case .intersection(let parts): parts.allSatisfy(isNullable)
        case .complement(let inner): !isNullable(inner)
        case .repeated(let inner, let minimum, _): minimum == 0 || isNullable(inner)
        case .multiple(let remainder): remainder.isWhole
        }
    }

    private func hidesEmptiness(_ node: Node) -> Bool {
        func hidden(_ language: Language) -> Bool { mayHideEmptiness[Int(language.index)] }
        return switch node {
        case .nothing, .empty, .everything, .bytes: false
        case .intersection, .complement, .multiple: true
        case .sequence(let first, let second): hidden(first) || hidden(second)
        case .union(let parts): parts.contains(where: hidden)
        case .repeated(let inner, _, _): hidden(inner)
        }
    }
}
