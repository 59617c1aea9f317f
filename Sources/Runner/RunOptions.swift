public import JSONText
public import Sampling
public import TransformerEngine

/// What a Modelfile's parameters, a request or a flag may say about running a model. Names and defaults are Ollama's.
public struct RunOptions: Sendable, Equatable {
    /// `num_ctx`: tokens of context; nil is `defaultContextLength`, or what the model was trained on where that is less.
    public var contextLength: Int?
    /// `num_batch`: tokens of a prompt that are computed at once.
    public var batchLength = 512
    /// `num_thread`: nil is what the process may use.
    public var threads: Int?
    /// `num_keep`: tokens at the start that stay when the context is full.
    public var keep = 4
    /// `num_predict`: tokens to generate at most; negative is as many as ten contexts.
    public var predict = -1
    /// `draft_num_predict`: tokens to guess ahead at most; nil is `Self.defaultDraftLength` where something guesses.
    public var draftPredict: Int?
    /// Whether tokens are guessed from what the text repeats.
    public var usesLookup = false
    public var stop: [String] = []
    /// How keys and values of the context are stored.
    public var cacheType = CacheType.f16
    /// Whether an error about numbers that are none names the layer where they began, at some cost.
    public var inspectsLayers = false
    public var sampling = SamplingOptions()
    /// `top_logprobs`: of how many tokens probabilities are reported besides that of the token drawn.
    public var topLogProbabilities = 0
    /// What answers are held to; nil for anything.
    public var format: ReplyFormat?
    /// Which special tokens are spelled out, and what must not come.
    public var reply = ReplyTokens()

    public static let defaultContextLength = 4096
    /// What a smaller `num_ctx` is raised to, as in Ollama.
    public static let smallestContextLength = 4
    /// More threads than this only cost memory.
    static let largestThreadCount = 1024
    /// A guess that is wrong costs a part of a token; more than a few pay only where nearly all are right.
    static let defaultDraftLength = 8
    static let largestDraftLength = 64

    public init() {}

    /// Tokens to generate at most in a context of `contextLength`.
    public func predictionLimit(contextLength: Int) -> Int {
        let bound = 10 * contextLength
        return predict < 0 || predict > bound ? bound : predict
    }
}

extension RunOptions {
    /// Applies options by their names, the later over the earlier.
    ///
    /// Whole-number options take numbers with a fraction and cut it off, `null` changes nothing, as in Ollama.
    ///
    /// - Returns: the names that mean nothing here; the caller says so or is silent.
    /// - Throws: `RunnerError.optionType` where a value has the wrong type.
    @discardableResult
    public mutating func apply(_ options: JSONObject) throws(RunnerError) -> [String] {
        var unknown: [String] = []
        for (name, value) in options where !value.isNull {
            if try !apply(name, value) { unknown.append(name) }
        }
        return unknown
    }

    private mutating func apply(_ name: String, _ value: JSONValue) throws(RunnerError) -> Bool {
        switch name {
        case "num_ctx": contextLength = try integer(name, value)
        case "num_batch": batchLength = max(1, try integer(name, value))
        case "num_thread":
            let count = try integer(name, value)
            threads = count > 0 ? min(count, Self.largestThreadCount) : nil
        case "num_keep": keep = try integer(name, value)
        case "num_predict": predict = try integer(name, value)
        case "seed": sampling.seed = try integer(name, value)
        case "top_k": sampling.topK = try integer(name, value)
        case "repeat_last_n": sampling.repeatLastN = try integer(name, value)
        case "temperature": sampling.temperature = try float(name, value)
        case "top_p": sampling.topP = try float(name, value)
        case "min_p": sampling.minP = try float(name, value)
        case "typical_p": sampling.typicalP = try float(name, value)
        case "repeat_penalty": sampling.repeatPenalty = try float(name, value)
        case "presence_penalty": sampling.presencePenalty = try float(name, value)
        case "frequency_penalty": sampling.frequencyPenalty = try float(name, value)
        case "mirostat": sampling.mirostat = SamplingOptions.MirostatVersion(rawValue: try integer(name, value))
        case "mirostat_tau": sampling.mirostatTau = try float(name, value)
        case "mirostat_eta": sampling.mirostatEta = try float(name, value)
        case "stop": stop = try strings(name, value)
        case "draft_num_predict": draftPredict = min(max(0, try integer(name, value)), Self.largestDraftLength)
        // Known to Ollama, without meaning on a processor.
        case "num_gpu", "main_gpu", "use_mmap": break
        default: return false
        }
        return true
    }

    private func integer(_ name: String, _ value: JSONValue) throws(RunnerError) -> Int {
        if let whole = value.int { return whole }
        guard let number = value.double, let whole = Int(exactly: number.rounded(.towardZero)) else {
            throw .optionType(name: name, wanted: "integer")
        }
        return whole
    }

    private func float(_ name: String, _ value: JSONValue) throws(RunnerError) -> Float {
        guard let number = value.double else { throw .optionType(name: name, wanted: "float32") }
        return Float(number)
    }

    private func strings(_ name: String, _ value: JSONValue) throws(RunnerError) -> [String] {
        guard let elements = value.array else { throw .optionType(name: name, wanted: "array") }
        var strings: [String] = []
        for element in elements {
            guard let string = element.string else { throw .optionType(name: name, wanted: "array") }
            strings.append(string)
        }
        return strings
    }
}
