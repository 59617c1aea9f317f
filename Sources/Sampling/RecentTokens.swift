/// The last tokens of a sequence, for the penalties: a ring that forgets the oldest.
struct RecentTokens {
    private var ring: [Int32] = []
    private var oldest = 0
    private let capacity: Int
    private var sorted: [Int32] = []

    init(capacity: Int) {
        self.capacity = capacity
        ring.reserveCapacity(min(capacity, 4096))
    }

    mutating func append(_ token: Int32) {
        if ring.count < capacity {
            ring.append(token)
        } else if capacity > 0 {
            ring[oldest] = token
            oldest = (oldest + 1) % capacity
        }
    }

    mutating func removeAll() {
        ring.removeAll(keepingCapacity: true)
        oldest = 0
    }

    /// Calls `body` once for each different token, with how often it occurs.
    mutating func forEachCounted(_ body: (_ token: Int32, _ count: Int) -> Void) {
        sorted.removeAll(keepingCapacity: true)
        sorted.append(contentsOf: ring)
        sorted.sort()
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count && sorted[end] == sorted[start] { end += 1 }
            body(sorted[start], end - start)
            start = end
        }
    }
}
