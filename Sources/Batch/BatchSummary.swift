import Bytes
public import JSONText

/// What became of all jobs, for a table at the end and a file in the shared state.
public struct BatchSummary: Sendable {
    public let records: [JobRecord]
    /// Wall time of this process; 0 where the summary was read from the shared state.
    public let seconds: Double

    public init(records: [JobRecord], seconds: Double) { (self.records, self.seconds) = (records, seconds) }

    /// The state of jobs as all processes recorded it. A job that says it is running, and that nobody holds, was killed.
    public static func reading(_ jobs: [BatchJob], from state: StateFolder) -> BatchSummary {
        let records = jobs.map { job in
            var record = state.record(of: job.key) ?? JobRecord(key: job.key, input: job.input, status: .waiting)
            if state.isLocked(job.key) {
                record.status = .running
            } else if record.status == .running {
                record.status = .stopped
            }
            return record
        }
        return BatchSummary(records: records, seconds: 0)
    }

    public func count(_ status: JobRecord.Status) -> Int { records.count { $0.status == status } }

    public var json: JSONValue {
        var counts = JSONObject()
        for status in [JobRecord.Status.done, .failed, .stopped, .running, .waiting] {
            counts[status.rawValue] = .number(JSONNumber(count(status)))
        }
        return [
            "jobs": .object(counts), "seconds": .number(JSONNumber((seconds * 1000).rounded() / 1000)),
            "output_bytes": .number(JSONNumber(records.reduce(0) { $0 + $1.outputs.reduce(0) { $0 + $1.byteCount } })),
            "results": .array(records.map(\.json)),
        ]
    }
}
