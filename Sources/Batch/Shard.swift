/// A share of a plan's jobs: every `count`-th one.
///
/// Jobs are dealt out by their place in the plan, so that every process comes to the same answer without asking. The number counts
/// modulo `count`: 0/4 to 3/4, as arrays of cluster engines count, and 1/4 to 4/4 both name each share once.
public struct Shard: Sendable, Equatable, CustomStringConvertible {
    public let index: Int
    public let count: Int

    public static let whole = Shard(index: 0, count: 1)

    private init(index: Int, count: Int) { (self.index, self.count) = (index, count) }

    /// Reads `i/n`.
    /// - Throws: `BatchError.invalidShard`.
    public init(parsing text: String) throws(BatchError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), (1...1_000_000).contains(count),
            (0...count).contains(index)
        else { throw .invalidShard(text) }
        self.init(index: index % count, count: count)
    }

    public var description: String { "\(index)/\(count)" }

    public func jobs(of all: [BatchJob]) -> [BatchJob] {
        all.indices.filter { $0 % count == index }.map { all[$0] }
    }
}
