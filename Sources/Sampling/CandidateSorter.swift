/// Sorts many candidates by falling logit, those of equal logit as they were: radix sort of eleven bits a pass, so that a flat
/// distribution over a large vocabulary costs a few passes over memory and no comparisons.
///
/// Storage is kept from one use to the next.
struct CandidateSorter {
    private var spare: [Candidate] = []
    private var counts: [Int] = []

    private static let bits: UInt32 = 11
    private static let passes: UInt32 = 3

    mutating func sort(_ items: inout [Candidate]) {
        spare.removeAll(keepingCapacity: true)
        spare.append(contentsOf: items)
        for pass in 0..<Self.passes {
            let shift = pass * Self.bits
            if pass % 2 == 0 {
                Self.move(items, to: &spare, &counts, shift)
            } else {
                Self.move(spare, to: &items, &counts, shift)
            }
        }
        // Three passes end in the spare array.
        swap(&items, &spare)
    }

    /// Puts candidates in the order of one digit; equal ones keep theirs.
    private static func move(_ items: [Candidate], to target: inout [Candidate], _ counts: inout [Int], _ shift: UInt32) {
        counts.removeAll(keepingCapacity: true)
        counts.append(contentsOf: repeatElement(0, count: 1 << Int(bits)))
        for item in items { counts[digit(item, shift)] += 1 }
        var start = 0
        for digit in counts.indices { (counts[digit], start) = (start, start + counts[digit]) }
        for item in items {
            let digit = digit(item, shift)
            target[counts[digit]] = item
            counts[digit] += 1
        }
    }

    /// A part of a number that falls as the logit rises. Adding zero makes the negative zero the positive one.
    private static func digit(_ item: Candidate, _ shift: UInt32) -> Int {
        let bits = (item.logit + 0).bitPattern
        let falling = bits & 0x8000_0000 == 0 ? ~(bits | 0x8000_0000) : bits
        return Int(falling >> shift & (1 << Self.bits - 1))
    }
}
