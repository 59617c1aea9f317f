public import Bytes
import ModelManifest
public import ModelStore
import TransformerEngine

/// A model in memory and who uses it. It belongs to the host.
final class Resident {
    /// What a model is loaded for; the two need different things of its weights.
    enum Use: Sendable, Hashable { case reply, embed }

    struct Key: Sendable, Hashable {
        /// Of the manifest: a model that was made anew is another one.
        let digest: Digest
        let use: Use
    }

    let key: Key
    let stored: StoredModel
    let model: HostedModel
    var keepAlive: KeepAlive
    private(set) var users = 0
    /// Requests so far.
    private(set) var uses = 0
    private(set) var lastUse = ContinuousClock.now
    /// Waits for the time at which the model leaves.
    var departure: Task<Void, Never>?

    init(key: Key, stored: StoredModel, model: HostedModel, keepAlive: KeepAlive) {
        (self.key, self.stored, self.model) = (key, stored, model)
        self.keepAlive = keepAlive
    }

    var isVacant: Bool { users < model.capacity }

    func enter(keepAlive: KeepAlive) {
        departure?.cancel()
        (users, uses, lastUse, self.keepAlive) = (users + 1, uses + 1, .now, keepAlive)
    }

    func leave() { (users, lastUse) = (users - 1, .now) }

    /// When the model leaves if nobody asks for it; nil is never.
    var deadline: ContinuousClock.Instant? {
        switch keepAlive {
        case .forever: nil
        case .after(let time): lastUse + time
        }
    }
}

/// A model in memory, as `ps` shows it.
public struct RunningModel: Sendable {
    public let stored: StoredModel
    /// Bytes in memory, about.
    public let byteCount: Int
    public let contextLength: Int
    /// When it leaves if nobody asks for it; centuries ahead for one that stays.
    public let expires: FileTime

    private static let centuries = 290 * 365 * 86400

    init(_ resident: Resident) {
        (stored, byteCount) = (resident.stored, resident.model.byteCount)
        contextLength = resident.model.contextLength
        let now = FileTime.now()
        let seconds = resident.deadline.map { Int(ContinuousClock.now.duration(to: $0).components.seconds) } ?? Self.centuries
        expires = FileTime(seconds: now.seconds + seconds, nanoseconds: now.nanoseconds)
    }
}

extension Error {
    /// Whether the machine's memory was too small for a model.
    var isLackOfMemory: Bool {
        switch self as? EngineError {
        case .notEnoughMemory, .noMemory: true
        default: false
        }
    }
}
