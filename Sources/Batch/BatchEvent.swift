public import JSONText
import Quantization

/// What a batch tells while it works.
public enum BatchEvent: Sendable {
    case jobStarted(BatchJob, JobStart)
    case tensor(BatchJob, TensorProgress)
    case warning(BatchJob, String)
    /// Another process works on the job.
    case jobBusy(BatchJob)
    case jobEnded(BatchJob, JobRecord, wasDone: Bool)

    public typealias Handler = @Sendable (BatchEvent) -> Void

    /// What a job begins with.
    public struct JobStart: Sendable {
        public let tensorCount: Int
        /// For each output, tensors that are there already.
        public let kept: [Int]
        public let byteCount: Int
    }

    /// A tensor that was made, or found made in all outputs.
    public struct TensorProgress: Sendable {
        public let tensor: String
        public let done: Int, count: Int
        /// Outputs that it was made for.
        public let outputs: [Int]
        /// Bytes of the source that are done with, and all of them.
        public let bytesDone: Int, byteCount: Int
    }

    /// One line for other programs.
    public var json: JSONValue {
        switch self {
        case .jobStarted(let job, let start):
            [
                "event": "job-start", "job": .string(job.key), "input": .string(job.input),
                "tensors": .number(JSONNumber(start.tensorCount)), "bytes": .number(JSONNumber(start.byteCount)),
                "outputs": .array(
                    zip(job.outputs, start.kept).map { output, kept in
                        [
                            "file": .string(output.file), "type": .string(output.target.name),
                            "tensors_kept": .number(JSONNumber(kept)),
                        ]
                    }),
            ]
        case .tensor(let job, let progress):
            [
                "event": "tensor", "job": .string(job.key), "tensor": .string(progress.tensor),
                "done": .number(JSONNumber(progress.done)), "count": .number(JSONNumber(progress.count)),
                "bytes_done": .number(JSONNumber(progress.bytesDone)), "bytes": .number(JSONNumber(progress.byteCount)),
                "outputs": .array(progress.outputs.map { .string(job.outputs[$0].file) }),
            ]
        case .warning(let job, let text): ["event": "warning", "job": .string(job.key), "warning": .string(text)]
        case .jobBusy(let job): ["event": "job-busy", "job": .string(job.key), "input": .string(job.input)]
        case .jobEnded(_, let record, let wasDone):
            ["event": "job-end", "job": .string(record.key), "already": .bool(wasDone), "result": record.json]
        }
    }
}
