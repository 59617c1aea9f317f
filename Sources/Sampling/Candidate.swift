/// A token that may be drawn, with its logit after penalties.
struct Candidate {
    var id: Int32
    var logit: Float

    /// The order of likelihood; among equals the lower id comes first, so that every sort gives one answer.
    func isMoreLikely(than other: Candidate) -> Bool {
        logit > other.logit || (logit == other.logit && id < other.id)
    }
}

/// The most likely of the candidates offered, at most `limit` of them: a heap whose root is the least likely one kept.
///
/// Storage is kept from one use to the next, so a sampler that has warmed up allocates nothing.
struct TopSelection {
    var items: [Candidate] = []
    private var limit = 0

    mutating func start(limit: Int) {
        items.removeAll(keepingCapacity: true)
        items.reserveCapacity(limit)
        self.limit = limit
    }

    mutating func offer(_ candidate: Candidate) {
        if items.count < limit {
            items.append(candidate)
            siftUp()
        } else if let root = items.first, candidate.isMoreLikely(than: root) {
            items[0] = candidate
            siftDown(from: 0, count: items.count)
        }
    }

    /// Orders what was kept from most to least likely. Nothing may be offered afterwards.
    mutating func sort() {
        var count = items.count
        while count > 1 {
            count -= 1
            items.swapAt(0, count)
            siftDown(from: 0, count: count)
        }
    }

    private mutating func siftUp() {
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[parent].isMoreLikely(than: items[child]) else { return }
            items.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown(from start: Int, count: Int) {
        var parent = start
        while true {
            var least = parent
            let left = 2 * parent + 1
            let right = left + 1
            if left < count && items[least].isMoreLikely(than: items[left]) { least = left }
            if right < count && items[least].isMoreLikely(than: items[right]) { least = right }
            if least == parent { return }
            items.swapAt(parent, least)
            parent = least
        }
    }
}
