/// Finds stop strings in text that arrives in pieces, wherever the pieces are cut.
///
/// Text that might be the start of a stop string is held back until it is known to be none. The stop string itself and what
/// follows it are never given out.
public struct StopMatcher: Sendable {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []

    /// Whether a stop string was found; nothing is given out after that.
    public private(set) var hasStopped = false

    public init(stops: [String]) { self.stops = stops.map { Array($0.utf8) }.filter { !$0.isEmpty } }

    /// Takes more text and returns what is certain to stand before any stop string.
    public mutating func feed(_ text: String) -> String {
        guard !hasStopped else { return "" }
        held.append(contentsOf: text.utf8)
        if let start = firstStop() {
            hasStopped = true
            return release(start)
        }
        return release(held.count - longestBeginning())
    }

    /// The end of the text: what was held back is no stop string after all.
    public mutating func finish() -> String { hasStopped ? "" : release(held.count) }

    private mutating func release(_ count: Int) -> String {
        // Stop strings are whole characters, so cutting at the start of one never splits a character.
        let text = String(decoding: held.prefix(count), as: UTF8.self)
        held.removeFirst(count)
        return text
    }

    /// Where the earliest stop string starts.
    private func firstStop() -> Int? { stops.compactMap { held.firstRange(of: $0)?.lowerBound }.min() }

    /// How many bytes at the end are the beginning of some stop string.
    private func longestBeginning() -> Int {
        let longest = (stops.map(\.count).max() ?? 0) - 1
        for length in stride(from: min(longest, held.count), to: 0, by: -1) {
            let tail = held.suffix(length)
            if stops.contains(where: { $0.count > length && $0.starts(with: tail) }) { return length }
        }
        return 0
    }
}
