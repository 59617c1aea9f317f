/// Why a batch, or a job of it, cannot be done. Errors of the rooms below pass through as they are.
public enum BatchError: Error, Equatable, CustomStringConvertible {
    /// Everything that is wrong with a plan, in the order of the text.
    case invalidPlan(file: String, [PlanProblem])
    /// Another process writes the file, for another plan perhaps.
    case outputBusy(path: String)
    /// The source is not what it was when the job began.
    case sourceChanged(path: String)
    case invalidShard(String)

    public var description: String {
        switch self {
        case .invalidPlan(let file, let problems): problems.map { "\(file):\($0)" }.joined(separator: "\n")
        case .outputBusy(let path): "'\(path)' is being written by another process"
        case .sourceChanged(let path): "'\(path)' changed while it was read"
        case .invalidShard(let text): "shard '\(text)': two numbers wanted, such as 0/4 for the first of four"
        }
    }
}

/// Something wrong in a plan, with its place.
public struct PlanProblem: Sendable, Hashable, CustomStringConvertible {
    public let place: PlanPlace
    public let message: String

    public var description: String { "\(place.line):\(place.column): error: \(message)" }
}

/// A place in a plan's text, counted from 1.
public struct PlanPlace: Sendable, Hashable, Comparable {
    public let line: Int
    public let column: Int

    public static func < (left: PlanPlace, right: PlanPlace) -> Bool { (left.line, left.column) < (right.line, right.column) }
}
