/// Finds the tokens that a text starts with, byte by byte.
struct TokenTrie: Sendable {
    /// Node and byte to node. Node 0 is the root.
    private var children: PackedPairTable
    /// The token that ends at each node, or -1.
    private var tokens: [TokenID] = [Self.noToken]

    static let root: Int32 = 0
    private static let noToken: TokenID = -1

    init(capacity: Int) { children = PackedPairTable(capacity: capacity) }

    /// Inserts a token; of equal texts the last one is found.
    mutating func insert(_ text: some Collection<UInt8>, _ token: TokenID) {
        var node = Self.root
        for byte in text {
            let key = PackedPairTable.key(node, Int32(byte))
            if let child = children[key] {
                node = Int32(truncatingIfNeeded: child)
            } else {
                node = Int32(truncatingIfNeeded: tokens.count)
                tokens.append(Self.noToken)
                children.insert(key, UInt64(node))
            }
        }
        tokens[Int(node)] = token
    }

    @inline(__always)
    func child(_ node: Int32, _ byte: UInt8) -> Int32? {
        children[PackedPairTable.key(node, Int32(byte))].map { Int32(truncatingIfNeeded: $0) }
    }

    @inline(__always)
    func token(at node: Int32) -> TokenID? {
        let token = tokens[Int(node)]
        return token == Self.noToken ? nil : token
    }

    /// The longest token at the start of `text[range]`, with its length in bytes.
    func longestPrefix(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> (token: TokenID, length: Int)? {
        var longest: (token: TokenID, length: Int)?
        var node = Self.root
        for index in range {
            guard let next = child(node, text[index]) else { break }
            node = next
            if let token = token(at: node) { longest = (token, index + 1 - range.lowerBound) }
        }
        return longest
    }
}
