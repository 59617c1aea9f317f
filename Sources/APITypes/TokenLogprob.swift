public import JSONText

/// The probability of one token, as all dialects tell it.
public struct TokenLogprob: Sendable, Equatable {
    public var token: String
    public var bytes: [UInt8]
    /// The natural logarithm of its probability.
    public var logprob: Double
    /// The likeliest tokens in its place.
    public var top: [TokenLogprob]

    public init(token: String, bytes: [UInt8], logprob: Double, top: [TokenLogprob] = []) {
        (self.token, self.bytes, self.logprob, self.top) = (token, bytes, logprob, top)
    }

    public var json: JSONValue {
        var object = WireObject()
        object.put("token", token)
        object.put("logprob", .number(JSONNumber(logprob)))
        object.putUnlessEmpty("bytes", bytes.map { .number(JSONNumber(Int($0))) })
        object.putUnlessEmpty("top_logprobs", top.map(\.json))
        return object.json
    }
}
