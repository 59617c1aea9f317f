/// A plan as a cluster engine is to run it: which program, where, in how many shares.
public struct ClusterPlan: Sendable {
    /// The program, the plan and the state as the cluster's machines find them.
    public var program: String
    public var plan: String
    public var state: String?
    /// The folder that the plan's relative paths were given from.
    public var folder: String
    public var shards: Int
    public var threads: Int?
    public var jobsAtOnce = 1

    /// The most elements of an array that Slurm takes unless its administrator says otherwise (MaxArraySize is 1001).
    public static let mostShards = 1000

    public init(program: String, plan: String, folder: String, shards: Int) {
        (self.program, self.plan, self.folder, self.shards) = (program, plan, folder, shards)
    }

    /// A name for the job, of letters, digits and hyphens, as both engines take it.
    var name: String {
        var stem = PathText.lastComponent(plan)
        if let dot = stem.lastIndex(of: "."), dot != stem.startIndex { stem = String(stem[..<dot]) }
        let letters = stem.lowercased().unicodeScalars.map { scalar -> Character in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
        }
        let plain = String(letters).split(separator: "-").joined(separator: "-").prefix(50)
        return plain.isEmpty ? "quern-batch" : "quern-" + plain
    }

    /// The words behind the program's name, but for the share.
    var words: [String] {
        var words = ["batch", plan]
        if let state { words += ["--state", state] }
        if jobsAtOnce > 1 { words += ["--jobs", "\(jobsAtOnce)"] }
        return words
    }
}
