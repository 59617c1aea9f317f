package import Bytes
package import Tokenization

/// Beginnings of conversations that had to leave their slots: put aside in memory up to a bound, the one that was used longest ago
/// leaves first.
package struct PrefixShelf: Sendable {
    package struct Entry: Sendable {
        package let tokens: [TokenID]
        /// Their keys and values, as `InferenceSession.withState` hands them out.
        package let state: ByteRegion
    }

    /// Bytes of keys and values at most.
    package let capacity: Int
    /// The last used at the end.
    package private(set) var entries: [Entry] = []
    package private(set) var byteCount = 0

    /// Shorter beginnings are computed as fast as they are fetched.
    static let shortest = 64

    package init(capacity: Int) { self.capacity = capacity }

    /// The entry that shares the most tokens with a prompt, its last one left out.
    package func longest(for prompt: [TokenID]) -> (index: Int, shared: Int)? {
        let shared = entries.map { min($0.tokens.commonPrefixLength(with: prompt), prompt.count - 1) }
        guard let index = shared.indices.max(by: { shared[$0] < shared[$1] }), shared[index] > 0 else { return nil }
        return (index, shared[index])
    }

    /// Takes an entry for use; one that is used whole leaves the shelf, because a slot has it then.
    package mutating func take(_ index: Int, shared: Int) -> Entry {
        let entry = remove(index)
        if shared + 1 < entry.tokens.count { append(entry) }
        return entry
    }

    /// Puts a beginning aside. Those that it goes on from are in it.
    package mutating func put(_ tokens: [TokenID], state: ByteRegion) {
        guard state.count <= capacity else { return }
        for index in entries.indices.reversed() where tokens.starts(with: entries[index].tokens) { _ = remove(index) }
        guard !entries.contains(where: { $0.tokens.starts(with: tokens) }) else { return }
        while byteCount + state.count > capacity { _ = remove(0) }
        append(Entry(tokens: tokens, state: state))
    }

    private mutating func append(_ entry: Entry) {
        entries.append(entry)
        byteCount += entry.state.count
    }

    private mutating func remove(_ index: Int) -> Entry {
        byteCount -= entries[index].state.count
        return entries.remove(at: index)
    }
}
