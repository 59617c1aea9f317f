public import JSONText
import ModelManifest

/// What became of a job, as the shared state keeps it.
public struct JobRecord: Sendable, Equatable {
    public enum Status: String, Sendable {
        /// Nobody began.
        case waiting
        case running
        case done
        case failed
        /// Stopped on the way; the next run goes on with it.
        case stopped
    }

    public var key: String
    public var input: String
    public var status: Status
    /// Why nothing at all could be made.
    public var problem: String?
    public var outputs: [Output] = []
    public var host = ""
    public var process = 0
    /// Seconds since 1970 when the job was begun, and how long it took.
    public var started = 0
    public var seconds = 0.0

    /// One output.
    public struct Output: Sendable, Equatable {
        public var file: String
        public var type: String
        public var status: Status
        public var problem: String?
        /// Digest of all that was asked for; another one means that the output is made anew.
        public var request: String
        /// Of the whole file; empty while there is none.
        public var digest = ""
        public var byteCount = 0
        public var parameterCount = 0
        /// The file's time of modification, to see whether it is still the one that was written.
        public var modified = ""
        /// Tensors that were made, and those that an earlier process had made.
        public var tensorsMade = 0, tensorsKept = 0
        /// The model of the store that was made of it.
        public var package: String?
        public var packageDigest: String?

        /// Bits of the file per weight.
        public var bitsPerWeight: Double { parameterCount == 0 ? 0 : Double(byteCount) * 8 / Double(parameterCount) }
    }

    init(key: String, input: String, status: Status) { (self.key, self.input, self.status) = (key, input, status) }
}

extension JobRecord {
    public var json: JSONValue {
        var members: JSONObject = ["key": .string(key), "input": .string(input), "status": .string(status.rawValue)]
        if let problem { members["error"] = .string(problem) }
        if !host.isEmpty {
            members["host"] = .string(host)
            members["pid"] = .number(JSONNumber(process))
            members["started"] = .number(JSONNumber(started))
            members["seconds"] = .number(JSONNumber((seconds * 1000).rounded() / 1000))
        }
        members["outputs"] = .array(outputs.map(\.json))
        return .object(members)
    }

    init?(_ value: JSONValue) {
        guard let key = value["key"]?.string, let input = value["input"]?.string,
            let status = value["status"]?.string.flatMap(Status.init)
        else { return nil }
        self.init(key: key, input: input, status: status)
        problem = value["error"]?.string
        host = value["host"]?.string ?? ""
        process = value["pid"]?.int ?? 0
        started = value["started"]?.int ?? 0
        seconds = value["seconds"]?.double ?? 0
        outputs = (value["outputs"]?.array ?? []).compactMap(Output.init)
    }
}

extension JobRecord.Output {
    var json: JSONValue {
        var members: JSONObject = ["file": .string(file), "type": .string(type), "status": .string(status.rawValue)]
        if let problem { members["error"] = .string(problem) }
        if !digest.isEmpty {
            members["sha256"] = .string(digest)
            members["size"] = .number(JSONNumber(byteCount))
            members["parameters"] = .number(JSONNumber(parameterCount))
            members["bits_per_weight"] = .number(JSONNumber((bitsPerWeight * 100).rounded() / 100))
            members["modified"] = .string(modified)
        }
        members["tensors_made"] = .number(JSONNumber(tensorsMade))
        members["tensors_kept"] = .number(JSONNumber(tensorsKept))
        if let package { members["package"] = .string(package) }
        if let packageDigest { members["package_digest"] = .string(packageDigest) }
        members["request"] = .string(request)
        return .object(members)
    }

    fileprivate init?(_ value: JSONValue) {
        guard let file = value["file"]?.string, let type = value["type"]?.string, let request = value["request"]?.string,
            let status = value["status"]?.string.flatMap(JobRecord.Status.init)
        else { return nil }
        self.init(file: file, type: type, status: status, request: request)
        problem = value["error"]?.string
        digest = value["sha256"]?.string ?? ""
        byteCount = value["size"]?.int ?? 0
        parameterCount = value["parameters"]?.int ?? 0
        modified = value["modified"]?.string ?? ""
        tensorsMade = value["tensors_made"]?.int ?? 0
        tensorsKept = value["tensors_kept"]?.int ?? 0
        package = value["package"]?.string
        packageDigest = value["package_digest"]?.string
    }
}
