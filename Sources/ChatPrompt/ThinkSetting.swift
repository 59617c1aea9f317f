/// Whether the model shall think before it answers, as a request says it.
public enum ThinkSetting: Sendable, Equatable {
    /// The request does not say; templates see `.IsThinkSet` false.
    case unset
    case off
    case on
    /// `low`, `medium`, `high`: for models that know degrees.
    case level(String)

    public var isSet: Bool { self != .unset }

    /// What templates see as `.Think`.
    public var isOn: Bool {
        switch self {
        case .unset, .off: false
        case .on: true
        case .level(let level): !level.isEmpty
        }
    }

    /// What templates see as `.ThinkLevel`: plain on is `medium`.
    public var level: String {
        switch self {
        case .unset, .off: ""
        case .on: "medium"
        case .level(let level): level
        }
    }

    /// The setting that runs: unset becomes on for a model that can think.
    public func resolved(canThink: Bool) -> ThinkSetting { self == .unset && canThink ? .on : self }
}
