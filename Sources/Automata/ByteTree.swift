/// Texts as a tree of their bytes, in one pass through memory: a node's subtree is the nodes after it up to `end`.
public final class ByteTree: Sendable {
    public struct Node: Sendable {
        /// The byte that leads to the node.
        public var byte: UInt8
        /// Bytes from the root, 1 below it.
        public var depth: UInt16
        /// The node after its subtree.
        public var end: Int32
        /// Where its texts begin in `texts`; the next node's begin ends them.
        public var firstText: Int32
    }

    /// In the order of their texts, and one more whose `firstText` ends the last one's.
    public let nodes: [Node]
    /// The texts that end at each node, by number.
    public let texts: [Int32]
    /// The longest text.
    public let depth: Int

    /// Texts longer than this are left out: their depth would not fit.
    private static let longestText = Int(UInt16.max) - 1

    /// - Parameters:
    ///   - sorted: the numbers of texts in the order of `ByteTexts.sorted`.
    ///   - skipping: how many first bytes of a text do not count.
    public init(_ all: ByteTexts, sorted: [Int32], skipping: (Int32) -> Int = { _ in 0 }) {
        var nodes: [Node] = []
        var texts: [Int32] = []
        var open: [Int] = []
        var last: ArraySlice<UInt8> = []
        var deepest = 0
        func close(to depth: Int) {
            while open.count > depth { nodes[open.removeLast()].end = Int32(nodes.count) }
        }
        for number in sorted {
            let text = all[number].dropFirst(skipping(number))
            guard !text.isEmpty, text.count <= Self.longestText else { continue }
            let shared = zip(last, text).prefix { $0 == $1 }.count
            close(to: shared)
            for byte in text.dropFirst(shared) {
                let node = Node(byte: byte, depth: UInt16(open.count + 1), end: 0, firstText: Int32(texts.count))
                open.append(nodes.count)
                nodes.append(node)
            }
            deepest = max(deepest, open.count)
            texts.append(number)
            last = text
        }
        close(to: 0)
        nodes.append(Node(byte: 0, depth: 0, end: 0, firstText: Int32(texts.count)))
        self.nodes = nodes
        self.texts = texts
        depth = deepest
    }

    public var all: Range<Int> { 0..<(nodes.count - 1) }

    /// The nodes below one.
    @inlinable public func subtree(of node: Int) -> Range<Int> { (node + 1)..<Int(nodes[node].end) }

    /// The texts that end at a node.
    @inlinable public func texts(at node: Int) -> Range<Int> { Int(nodes[node].firstText)..<Int(nodes[node + 1].firstText) }

    /// The texts that go through a node or end there.
    @inlinable public func texts(through node: Int) -> Range<Int> {
        Int(nodes[node].firstText)..<Int(nodes[Int(nodes[node].end)].firstText)
    }

    /// The texts that end at nodes side by side, or below them.
    @inlinable public func texts(in range: Range<Int>) -> Range<Int> {
        Int(nodes[range.lowerBound].firstText)..<Int(nodes[range.upperBound].firstText)
    }

    /// Whether a text goes on from a node with one of some bytes.
    public func goesOn(_ node: Int, with bytes: ByteSet) -> Bool {
        var child = node + 1
        let end = Int(nodes[node].end)
        while child < end {
            if bytes.contains(nodes[child].byte) { return true }
            child = Int(nodes[child].end)
        }
        return false
    }
}
