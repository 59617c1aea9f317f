// The numbers that say how large a model is and how its positions are encoded, read from metadata and checked.
public import GGUF

/// What the metadata says about the shape of a transformer. The names in comments are GGUF's, without the architecture.
public struct Hyperparameters: Sendable, Equatable {
    /// The architecture's name in the file, and the prefix of its keys.
    public let architecture: String
    /// Positions that the model was trained for (`context_length`).
    public let contextLength: Int
    /// Components of a token's hidden state (`embedding_length`).
    public let width: Int
    public let layerCount: Int
    /// Components between the two halves of a feed-forward network (`feed_forward_length`).
    public let feedForwardLength: Int
    /// Query heads of a layer (`attention.head_count`).
    public let headCount: Int
    /// Heads of keys and values; each serves `headCount / keyValueHeadCount` query heads (`attention.head_count_kv`).
    public let keyValueHeadCount: Int
    /// Components of a query or key head (`attention.key_length`).
    public let keyLength: Int
    /// Components of a value head (`attention.value_length`).
    public let valueLength: Int
    /// Components of a head that rotary embedding turns, from the first on (`rope.dimension_count`).
    public let ropeLength: Int
    /// `rope.freq_base`.
    public let ropeBase: Double
    public let ropeScaling: RopeScaling
    /// Positions of the first training (`rope.scaling.original_context_length`).
    public let originalContextLength: Int
    /// `rope.freq_base_swa`: the base of layers with a window, where they have their own.
    public let windowRopeBase: Double
    /// Added to the mean square or the variance before its root is taken (`attention.layer_norm_rms_epsilon`, or
    /// `attention.layer_norm_epsilon` where a model has layer norms).
    public let normEpsilon: Float
    /// Positions that a query sees, its own included; nil for all before it (`attention.sliding_window`).
    public let slidingWindow: Int?
    /// How layers with the window and without it follow each other (`attention.sliding_window_pattern`); nil where the file leaves
    /// that to its family.
    public let windowPattern: WindowPattern?
    /// What products of queries and keys are multiplied with (`attention.scale`); nil for what the family has.
    public let attentionScale: Float?
    /// Bounds of attention scores and of logits (`attn_logit_softcapping`, `final_logit_softcapping`).
    public let attentionSoftCap: Float?
    public let logitSoftCap: Float?
    /// Of families whose feed-forward networks are chosen token by token.
    public let experts: ExpertParameters?

    /// Query heads that share one key-value head.
    public var groupSize: Int { headCount / keyValueHeadCount }
}

extension Hyperparameters {
    /// Reads and checks what every model needs.
    ///
    /// - Parameter architecture: the prefix of the keys.
    /// - Throws: `EngineError.metadata` for a key that is missing or of the wrong kind, `.hyperparameter` for numbers out of
    ///   bounds and heads that do not divide, `.unsupportedRopeScaling`.
    public init(metadata: GGUFMetadata, architecture: String) throws(EngineError) {
        let reader = HyperparameterReader(metadata: metadata)
        self.architecture = architecture
        contextLength = try reader.int(GGUFKey.contextLength(architecture), in: 1...(1 << 30))
        width = try reader.int(GGUFKey.embeddingLength(architecture), in: 1...(1 << 20))
        layerCount = try reader.int(GGUFKey.blockCount(architecture), in: 1...4096)
        feedForwardLength = try reader.uniformInt(GGUFKey.feedForwardLength(architecture), in: 1...(1 << 24))
        headCount = try reader.uniformInt(GGUFKey.headCount(architecture), in: 1...65536)
        keyValueHeadCount = try reader.uniformInt(
            GGUFKey.headCountKV(architecture), in: 1...headCount, default: headCount)
        guard headCount % keyValueHeadCount == 0 else {
            throw .hyperparameter(
                key: GGUFKey.headCountKV(architecture), found: "\(keyValueHeadCount)",
                wanted: "a divisor of the \(headCount) heads")
        }
        let share = try reader.headShare(of: width, heads: headCount, architecture: architecture)
        keyLength = try reader.int(GGUFKey.keyLength(architecture), in: 1...Self.longestHead, default: share)
        valueLength = try reader.int(GGUFKey.valueLength(architecture), in: 1...Self.longestHead, default: share)
        ropeLength = try reader.int(GGUFKey.ropeDimensionCount(architecture), in: 2...max(keyLength, 2), default: keyLength)
        guard ropeLength % 2 == 0 else {
            throw .hyperparameter(
                key: GGUFKey.ropeDimensionCount(architecture), found: "\(ropeLength)", wanted: "an even number")
        }
        ropeBase = try reader.number(GGUFKey.ropeFrequencyBase(architecture), above: 0, default: 10000)
        originalContextLength = try reader.int(
            GGUFKey.ropeScalingOriginalContext(architecture), in: 1...(1 << 30), default: contextLength)
        windowRopeBase = try reader.number("\(architecture).rope.freq_base_swa", above: 0, default: 10000)
        ropeScaling = try RopeScaling(reader, architecture: architecture, contextLength: contextLength)
        let layerNorm = GGUFKey.layerNormEpsilon(architecture)
        normEpsilon = Float(
            try reader.number(metadata[layerNorm] == nil ? GGUFKey.layerNormRMSEpsilon(architecture) : layerNorm, above: 0))
        let window = try reader.int(GGUFKey.slidingWindow(architecture), in: 0...Int(Int32.max), default: 0)
        slidingWindow = window > 0 ? window : nil
        windowPattern = try WindowPattern(reader, architecture: architecture, layerCount: layerCount)
        attentionScale = try reader.optionalNumber("\(architecture).attention.scale")
        attentionSoftCap = try reader.optionalNumber("\(architecture).attn_logit_softcapping")
        logitSoftCap = try reader.optionalNumber("\(architecture).final_logit_softcapping")
        experts = try ExpertParameters(reader, architecture: architecture, feedForwardLength: feedForwardLength)
    }

    /// Components of a head that the attention kernels have room for.
    static let longestHead = 512
}

/// Reads numbers from metadata and holds them to their bounds.
struct HyperparameterReader {
    let metadata: GGUFMetadata

    func int(_ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) throws(EngineError) -> Int {
        if metadata[key] == nil, let fallback { return try check(fallback, key, range) }
        let value: Int
        do { value = try metadata.requiredInt(key) } catch { throw .metadata(error) }
        return try check(value, key, range)
    }

    /// An integer, or an array that says the same integer for every layer.
    func uniformInt(_ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) throws(EngineError) -> Int {
        guard let array = metadata.array(key) else { return try int(key, in: range, default: fallback) }
        guard let numbers = array.ints, let first = numbers.first, numbers.allSatisfy({ $0 == first }) else {
            throw .hyperparameter(key: key, found: "different from layer to layer", wanted: "one number for all layers")
        }
        return try check(first, key, range)
    }

    func number(_ key: String, above bound: Double, default fallback: Double? = nil) throws(EngineError) -> Double {
        if metadata[key] == nil, let fallback { return fallback }
        let value: Double
        do { value = try metadata.requiredDouble(key) } catch { throw .metadata(error) }
        guard value > bound, value.isFinite else {
            throw .hyperparameter(key: key, found: "\(value)", wanted: "a number above \(bound)")
        }
        return value
    }

    /// A number above zero; nil where there is none, or a zero, which files write for what is switched off.
    func optionalNumber(_ key: String) throws(EngineError) -> Float? {
        guard metadata[key] != nil else { return nil }
        let value = try number(key, above: -.leastNonzeroMagnitude)
        return value > 0 ? Float(value) : nil
    }

    /// The size of a head where the file does not say it: the width, shared out evenly; nil where some key says it.
    func headShare(of width: Int, heads: Int, architecture: String) throws(EngineError) -> Int? {
        if width % heads == 0 { return width / heads }
        if metadata[GGUFKey.keyLength(architecture)] != nil, metadata[GGUFKey.valueLength(architecture)] != nil { return nil }
        throw .hyperparameter(
            key: GGUFKey.headCount(architecture), found: "\(heads)", wanted: "a divisor of the embedding length \(width)")
    }

    private func check(_ value: Int, _ key: String, _ range: ClosedRange<Int>) throws(EngineError) -> Int {
        guard range.contains(value) else {
            throw .hyperparameter(key: key, found: "\(value)", wanted: "\(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
