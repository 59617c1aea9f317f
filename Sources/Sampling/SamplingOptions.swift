/// What a Modelfile's parameters and a request may say about drawing tokens. Names and defaults are Ollama's.
public struct SamplingOptions: Sendable, Equatable {
    /// Divides the logits before the draw. Zero or less takes the most likely token always.
    public var temperature: Float = 0.8
    /// Keeps the `topK` most likely tokens; zero or less keeps all.
    public var topK: Int = 40
    /// Keeps the most likely tokens until their probabilities sum up to this (Holtzman et al. 2020); 1 keeps all.
    public var topP: Float = 0.9
    /// Keeps tokens whose probability is at least this share of the most likely one's (Nguyen et al. 2024); 0 keeps all.
    public var minP: Float = 0
    /// Keeps tokens whose information is closest to the distribution's entropy, up to this mass (Meister et al. 2023); 1 keeps all.
    public var typicalP: Float = 1
    /// How many of the last tokens, the prompt's included, the penalties look at; -1 is the whole context.
    public var repeatLastN: Int = 64
    /// Divides positive and multiplies negative logits of tokens seen (Keskar et al. 2019); 1 changes nothing.
    public var repeatPenalty: Float = 1
    /// Taken off the logit of each token seen at all.
    public var presencePenalty: Float = 0
    /// Taken off the logit of a token once for each time it was seen.
    public var frequencyPenalty: Float = 0
    /// Draws by Mirostat in place of top-k, typical-p, top-p and min-p; nil does not. Of models made for older versions of Ollama.
    public var mirostat: MirostatVersion?
    /// The surprise that Mirostat aims at, in bits.
    public var mirostatTau: Float = 5
    /// How fast it learns.
    public var mirostatEta: Float = 0.1
    /// Where the random numbers start; -1 picks a start by chance.
    public var seed: Int = -1
    /// Added to single tokens' logits before anything else; -infinity forbids one.
    public var logitBias: [Int32: Float] = [:]

    /// Version 1 counts candidates by Zipf's law, version 2 by their surprise.
    public enum MirostatVersion: Int, Sendable, Equatable {
        case first = 1
        case second
    }

    public init() {}

    /// Whether any penalty changes any logit.
    var penalizes: Bool {
        repeatLastN != 0 && (repeatPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0)
    }
}
