import ChatPrompt
import Compute
import JSONText
import ModelManifest
import ModelStore
import Packaging
import Runner
import Synchronization
import Tokenization
import TransformerEngine

/// A model in memory that requests share. This is the one place that says how many may use it at once.
enum HostedModel: Sendable {
    case chat(HostedChat)
    case embedding(HostedEmbedding)

    /// Bytes that the model takes, about.
    var byteCount: Int {
        switch self {
        case .chat(let chat): chat.byteCount
        case .embedding(let model): model.byteCount
        }
    }

    var tokenizer: Tokenizer {
        switch self {
        case .chat(let chat): chat.model.model.tokenizer
        case .embedding(let model): model.tokenizer
        }
    }

    var contextLength: Int {
        switch self {
        case .chat(let chat): chat.contextLength
        case .embedding(let model): model.contextLength
        }
    }

    /// Requests that may use it at once.
    var capacity: Int {
        switch self {
        case .chat(let chat): chat.model.room.slots
        case .embedding: 1
        }
    }
}

/// A model that answers, in as many slots as requests may be answered at once.
final class HostedChat: Sendable {
    let model: ChatModel
    let byteCount: Int
    let contextLength: Int

    /// - Throws: `EngineError` where the memory does not hold the model, and what opening it throws.
    convenience init(_ stored: StoredModel, name: String, in models: LocalModels, _ settings: HostSettings) throws {
        var room = ReplyRoom(
            slots: settings.parallelReplies ?? HostSettings.usualReplies, shelfByteCount: settings.shelfByteCount)
        do { try self.init(try models.open(stored, name: name, room: room), settings) } catch {
            guard settings.parallelReplies == nil, error.isLackOfMemory else { throw error }
            room.slots = 1
            try self.init(try models.open(stored, name: name, room: room), settings)
        }
    }

    private init(_ model: ChatModel, _ settings: HostSettings) throws {
        self.model = model
        var options = model.packageOptions
        options.contextLength = options.contextLength ?? settings.contextLength
        try model.warmUp(options)
        byteCount = try model.model.memoryEstimate(
            for: options, slots: model.room.slots, threads: options.threads ?? ThreadPool.defaultThreadCount()
        ).total
        contextLength = model.model.contextLength(for: options)
    }
}

/// A model that makes vectors, behind a lock, because one thread at a time uses it.
final class HostedEmbedding: Sendable {
    private let model: Mutex<EmbeddingModel>
    let tokenizer: Tokenizer
    let byteCount: Int
    let contextLength: Int

    init(_ stored: StoredModel, name: String, in models: LocalModels) throws {
        let model = try models.openEmbedding(stored, name: name)
        let threads = model.packageOptions.threads ?? ThreadPool.defaultThreadCount()
        byteCount = try model.model.memoryEstimate(for: model.packageOptions, threads: threads).total
        (contextLength, tokenizer) = (model.contextLength, model.model.tokenizer)
        self.model = Mutex(model)
    }

    func use<Result: Sendable>(_ body: @Sendable (EmbeddingModel) throws -> Result) rethrows -> Result {
        try model.withLock { try body($0) }
    }
}
