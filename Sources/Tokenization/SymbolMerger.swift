/// Joins neighbouring symbols of a word, best pair first and leftmost of equals, until no pair can be joined: the loop of every
/// byte-pair tokenizer. Byte-level BPE ranks pairs by its list of merges, SentencePiece by the score of what they become.
///
/// A merger is working memory, to be kept from word to word. Symbols are numbered in the order of the text; a symbol that was
/// joined to the one before it is dead.
struct SymbolMerger {
    /// What a pair would become. Upper half: priority, smaller first. Lower half: the new symbol.
    typealias Candidate = UInt64
    static let none = Candidate.max

    private(set) var symbols: [Int32] = []
    /// Where each symbol ends, in bytes from the start of the word.
    private(set) var ends: [Int32] = []
    private var candidates: [Candidate] = []
    private var next: [Int32] = []
    private var previous: [Int32] = []
    private var heap = PriorityHeap()

    /// Words up to this length are scanned for the best pair instead of keeping a heap. Scanning wins below about forty symbols.
    private static let longestScanned = 32

    mutating func removeAll() {
        symbols.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    mutating func append(_ symbol: Int32, end: Int) {
        symbols.append(symbol)
        ends.append(Int32(truncatingIfNeeded: end))
    }

    /// - Parameter candidate: what the symbols `left` and `right`, which cover the bytes `start..<end` of the word, would become.
    @inline(__always)
    mutating func merge(_ candidate: (_ left: Int32, _ right: Int32, _ start: Int, _ end: Int) -> Candidate) {
        if symbols.count < 2 { return }
        if symbols.count <= Self.longestScanned { mergeByScanning(candidate) } else { mergeByHeap(candidate) }
    }

    @inline(__always)
    private mutating func mergeByScanning(_ candidate: (Int32, Int32, Int, Int) -> Candidate) {
        candidates.removeAll(keepingCapacity: true)
        var start = 0
        for index in 1..<symbols.count {
            candidates.append(candidate(symbols[index - 1], symbols[index], start, Int(ends[index])))
            start = Int(ends[index - 1])
        }
        while true {
            var best = -1
            var bestPriority = Self.none >> 32
            for index in candidates.indices where candidates[index] >> 32 < bestPriority {
                best = index
                bestPriority = candidates[index] >> 32
            }
            if best < 0 { return }
            symbols[best] = Int32(truncatingIfNeeded: candidates[best])
            ends[best] = ends[best + 1]
            symbols.remove(at: best + 1)
            ends.remove(at: best + 1)
            candidates.remove(at: best)
            let start = best == 0 ? 0 : Int(ends[best - 1])
            if best < candidates.count {
                candidates[best] = candidate(symbols[best], symbols[best + 1], start, Int(ends[best + 1]))
            }
            if best > 0 {
                let start = best == 1 ? 0 : Int(ends[best - 2])
                candidates[best - 1] = candidate(symbols[best - 1], symbols[best], start, Int(ends[best]))
            }
        }
    }

    @inline(__always)
    private mutating func mergeByHeap(_ candidate: (Int32, Int32, Int, Int) -> Candidate) {
        let count = Int32(truncatingIfNeeded: symbols.count)
        next = Array(1...count)
        previous = Array(-1..<count - 1)
        candidates = [Candidate](repeating: Self.none, count: symbols.count)
        heap.removeAll()
        for left in 0..<count - 1 { propose(left, candidate) }
        while let entry = heap.popSmallest() {
            let left = Int(entry & 0xFFFF_FFFF)
            // An entry is out of date when its symbol has meanwhile become another one or has a better neighbour.
            guard candidates[left] != Self.none, candidates[left] >> 32 == entry >> 32 else { continue }
            let right = Int(next[left])
            symbols[left] = Int32(truncatingIfNeeded: candidates[left])
            ends[left] = ends[right]
            candidates[right] = Self.none
            next[left] = next[right]
            if next[left] < count { previous[Int(next[left])] = Int32(truncatingIfNeeded: left) }
            propose(Int32(truncatingIfNeeded: left), candidate)
            if previous[left] >= 0 { propose(previous[left], candidate) }
        }
        compact()
    }

    @inline(__always)
    private mutating func propose(_ left: Int32, _ candidate: (Int32, Int32, Int, Int) -> Candidate) {
        let (index, right) = (Int(left), Int(next[Int(left)]))
        guard right < symbols.count else {
            candidates[index] = Self.none
            return
        }
        let start = previous[index] < 0 ? 0 : Int(ends[Int(previous[index])])
        let proposed = candidate(symbols[index], symbols[right], start, Int(ends[right]))
        candidates[index] = proposed
        if proposed != Self.none { heap.push((proposed & ~0xFFFF_FFFF) | UInt64(index)) }
    }

    /// Leaves only the living symbols.
    private mutating func compact() {
        var (index, kept) = (0, 0)
        while index < symbols.count {
            symbols[kept] = symbols[index]
            ends[kept] = ends[index]
            kept += 1
            index = Int(next[index])
        }
        symbols.removeSubrange(kept...)
        ends.removeSubrange(kept...)
    }
}

/// A binary heap of numbers, smallest first.
struct PriorityHeap {
    private var entries: [UInt64] = []

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    mutating func push(_ entry: UInt64) {
        entries.append(entry)
        var index = entries.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            if entries[parent] <= entry { break }
            entries[index] = entries[parent]
            index = parent
        }
        entries[index] = entry
    }

    mutating func popSmallest() -> UInt64? {
        guard let smallest = entries.first, let last = entries.popLast() else { return nil }
        if entries.isEmpty { return smallest }
        var index = 0
        while true {
            var child = index * 2 + 1
            if child >= entries.count { break }
            if child + 1 < entries.count, entries[child + 1] < entries[child] { child += 1 }
            if last <= entries[child] { break }
            entries[index] = entries[child]
            index = child
        }
        entries[index] = last
        return smallest
    }
}
