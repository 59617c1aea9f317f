import Automata

/// What the machine's stack is made of.
extension JSONMachine {
    /// One unfinished part of a JSON text and where it goes on when it is done. Frames are kept once: equal frames are one thread.
    struct Frame: Hashable {
        enum Kind: UInt8 {
            /// The text is complete.
            case done
            /// A value is to begin; `a` is its set.
            case value
            /// Inside a number, word or string; `a` is the automaton's state, `b` the text read so far where it must be remembered.
            case scalar
            /// After `[`; `a` is the array's progress, as in the next two.
            case arrayOpen
            case arrayAfterComma
            case arrayAfterItem
            /// After `{`; `a` is the object's progress, as in all that follow.
            case objectOpen
            case objectAfterComma
            /// Inside a key that is one of the shape's names; `b` is the automaton's state.
            case key
            /// Inside another key; `b` is the state in the language of its class, `c` in that of the names, which it may not be,
            /// `d` the class.
            case otherKey
            /// After a key; `b` is the set of its value, `c` names the key's options.
            case colon
            case objectAfterValue
        }

        var kind: Kind
        var a: Int32 = 0
        var b: Int32 = 0
        var c: Int32 = 0
        var d: Int16 = 0
        /// Whitespace read in a row, where it is counted.
        var blanks: Int16 = 0
        var parent: Int32 = 0
        /// Inside an array or object that must differ from others: what was read of it. Only the innermost frame has it.
        var recording: Int32 = 0

        /// Frames are looked up for every byte; four words are hashed sooner than eight fields.
        func hash(into hasher: inout Hasher) {
            func pair(_ high: Int32, _ low: Int32) -> UInt64 {
                UInt64(UInt32(bitPattern: high)) << 32 | UInt64(UInt32(bitPattern: low))
            }
            hasher.combine(pair(a, b))
            hasher.combine(pair(c, parent))
            hasher.combine(pair(recording, Int32(kind.rawValue) << 16 | Int32(UInt16(bitPattern: d))))
            if blanks != 0 { hasher.combine(blanks) }
        }
    }

    /// How far an array has come.
    struct ArrayProgress: Hashable {
        var shape: Int32
        /// Items begun, counted as far as it makes a difference.
        var count: Int32 = 0
        /// Items known to be in each of the shape's `contains`.
        var contained: [Int32] = []
        /// The items so far, where they must differ: numbers, words and strings.
        var seen = Language.nothing
        /// The same for arrays and objects, by their canonical texts.
        var containers: [Int32] = []
    }

    /// The text of an item that must differ from the others, as far as it has been read. Blanks between JSON's tokens are left out.
    struct Recording: Hashable {
        var text: Int32
        /// The thread after the item.
        var target: Int32
        /// The recording of an item around it; 0 is none.
        var outer: Int32 = 0
    }

    /// A way for a property to meet some of the shape's `some`, a bit for each, and what its value must then be.
    struct KeyOption: Hashable {
        var bits: UInt64
        var node: SchemaNode
    }

    /// How far an object has come.
    struct ObjectProgress: Hashable {
        var shape: Int32
        /// A bit for each name of the shape that has been read.
        var seen: [UInt64]
        /// Properties begun, counted as far as it makes a difference.
        var count: Int32 = 0
        /// A bit for each of the shape's `some` that a property has met.
        var met: UInt64 = 0

        func has(_ name: Int) -> Bool { seen[name >> 6] >> UInt64(name & 63) & 1 == 1 }
    }
}

/// Values kept once and named by their place.
struct InternTable<Value: Hashable> {
    private(set) var values: [Value] = []
    private var indices: [Value: Int32] = [:]

    mutating func index(of value: Value) -> Int32 {
        if let known = indices[value] { return known }
        let index = Int32(values.count)
        values.append(value)
        indices[value] = index
        return index
    }

    subscript(_ index: Int32) -> Value { values[Int(index)] }
    var count: Int { values.count }
}
