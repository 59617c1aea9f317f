/// A plan as a Slurm array: each element does one share, and a step behind them all writes the summary.
///
/// Elements are requeued when their node fails. What one finished is not made again: the journals beside the outputs say where to go
/// on, and a lock that died with its node is free.
public struct SlurmScript: Sendable {
    private let plan: ClusterPlan
    /// The folder that logs go to; the shared state's.
    private let logs: String

    public init(_ plan: ClusterPlan, logs: String) { (self.plan, self.logs) = (plan, logs) }

    /// The value of `--array`.
    public var range: String { "0-\(plan.shards - 1)" }

    /// What `sbatch` is given for the array.
    public var text: String {
        var words = [Self.quoted(plan.program)] + plan.words.map(Self.quoted)
        words += ["--shard", "\"${SLURM_ARRAY_TASK_ID}/\(plan.shards)\"", "--progress", "plain"]
        if let threads = plan.threads {
            words += ["--threads", "\(threads)"]
        } else {
            // Without a task plugin nothing else keeps a job to the processors that it was given.
            words.append("${SLURM_CPUS_PER_TASK:+--threads \"$SLURM_CPUS_PER_TASK\"}")
        }
        return """
            #!/bin/bash
            #SBATCH --job-name=\(plan.name)
            #SBATCH --array=\(range)
            #SBATCH --output=\(Self.logPath(logs, "slurm-%A_%a.log"))
            #SBATCH --open-mode=append
            #SBATCH --requeue
            #SBATCH --signal=B:TERM@60
            # Element i does share i of \(plan.shards). SIGTERM, a minute before the time limit, stops it in good order.
            cd \(Self.quoted(plan.folder)) || exit 2
            exec \(words.joined(separator: " "))

            """
    }

    /// What `sbatch` is given for the step behind the array.
    public var summaryText: String {
        let status = ([plan.program] + plan.words + ["--status", "--save-summary"]).map(Self.quoted).joined(separator: " ")
        return """
            #!/bin/bash
            #SBATCH --job-name=\(plan.name)-summary
            #SBATCH --output=\(Self.logPath(logs, "slurm-%j-summary.log"))
            # Says what became of all shares, and keeps it in the shared state.
            cd \(Self.quoted(plan.folder)) || exit 2
            exec \(status)

            """
    }

    /// Slurm takes a path to the end of the line, and `%` for a pattern.
    private static func logPath(_ folder: String, _ name: String) -> String {
        "\"" + folder.replacing("%", with: "%%").replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "/" + name + "\""
    }

    /// A word for the shell.
    static func quoted(_ word: String) -> String {
        let plain = word.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "-_./=:,@%+".unicodeScalars.contains(scalar))
        }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
