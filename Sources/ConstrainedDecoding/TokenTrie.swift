/// The texts of a vocabulary's tokens as a tree of their bytes, in one pass through memory: a node's subtree is the nodes after it
/// up to `end`.
struct TokenTrie: Sendable {
    /// The byte that leads to each node.
    private(set) var bytes: [UInt8] = []
    /// The node after each node's subtree.
    private(set) var ends: [Int32] = []
    private(set) var parents: [Int32] = []
    private(set) var depths: [UInt16] = []
    /// Where each node's tokens begin in `tokens`; the next node's begin ends them.
    private(set) var tokenStarts: [Int32] = []
    private(set) var tokens: [Int32] = []

    /// Tokens longer than this are left out: their depth would not fit.
    private static let longestToken = Int(UInt16.max) - 1

    typealias Text = (id: Int32, bytes: [UInt8])

    /// The order that a tree is made from. A part of an ordered list is in order too.
    static func ordered(_ texts: [Text]) -> [Text] { texts.sorted { ($0.bytes, $0.id) < ($1.bytes, $1.id) } }

    /// - Parameter ordered: texts in the order of `ordered(_:)`.
    init(ordered: [Text]) {
        var open: [Int32] = []
        var last: [UInt8] = []
        for (id, text) in ordered where !text.isEmpty && text.count <= Self.longestToken {
            var shared = 0
            while shared < min(last.count, text.count), last[shared] == text[shared] { shared += 1 }
            close(&open, to: shared)
            for byte in text[shared...] {
                parents.append(open.last ?? -1)
                open.append(Int32(bytes.count))
                bytes.append(byte)
                ends.append(0)
                depths.append(UInt16(open.count))
                tokenStarts.append(Int32(tokens.count))
            }
            tokens.append(id)
            last = text
        }
        close(&open, to: 0)
        tokenStarts.append(Int32(tokens.count))
    }

    private mutating func close(_ open: inout [Int32], to depth: Int) {
        while open.count > depth { ends[Int(open.removeLast())] = Int32(bytes.count) }
    }

    var all: Range<Int> { 0..<bytes.count }

    /// The nodes below one.
    func subtree(of node: Int) -> Range<Int> { (node + 1)..<Int(ends[node]) }

    func tokens(at node: Int) -> ArraySlice<Int32> { tokens[Int(tokenStarts[node])..<Int(tokenStarts[node + 1])] }

    /// The bytes from the root to a node.
    func path(to node: Int) -> [UInt8] {
        var path: [UInt8] = []
        var step = Int32(node)
        while step >= 0 {
            path.append(bytes[Int(step)])
            step = parents[Int(step)]
        }
        return path.reversed()
    }
}

private func < (left: ([UInt8], Int32), right: ([UInt8], Int32)) -> Bool {
    left.0 == right.0 ? left.1 < right.1 : left.0.lexicographicallyPrecedes(right.0)
}
