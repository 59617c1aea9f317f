import JSONText
import Runner
import Sampling
import Testing

@Suite struct StopStrings {
    /// What comes out when `text` is fed in pieces of every size.
    func outcomes(_ text: String, _ stops: [String]) -> Set<String> {
        var outcomes: Set<String> = []
        for size in 1...max(1, text.count) {
            var matcher = StopMatcher(stops: stops)
            var result = ""
            var rest = text[...]
            while !rest.isEmpty {
                result += matcher.feed(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            outcomes.insert(result + matcher.finish() + (matcher.hasStopped ? "|" : ""))
        }
        return outcomes
    }

    @Test func areFoundAcrossPieces() {
        #expect(outcomes("hello<|im_end|>more", ["<|im_end|>"]) == ["hello|"])
        #expect(outcomes("a<|im_", ["<|im_end|>"]) == ["a<|im_"])
        #expect(outcomes("aaab", ["aab"]) == ["a|"])
        #expect(outcomes("one\n\ntwo", ["\n\n", "two"]) == ["one|"])
        #expect(outcomes("日本語。終わり", ["。"]) == ["日本語|"])
    }

    @Test func withoutStopsNothingIsHeldBack() {
        var matcher = StopMatcher(stops: ["", ""])
        #expect(matcher.feed("abc") == "abc")
    }
}

@Suite struct Options {
    @Test func applyByName() throws {
        var options = RunOptions()
        let unknown = try options.apply([
            "num_ctx": 2048.9, "temperature": 0, "stop": ["a", "b"], "top_k": nil, "mirostat": 2, "mirostat_tau": 3, "tfs_z": 1,
            "seed": 42, "num_gpu": 3,
        ])
        #expect(options.contextLength == 2048 && options.sampling.temperature == 0 && options.stop == ["a", "b"])
        #expect(options.sampling.topK == 40 && options.sampling.seed == 42 && unknown == ["tfs_z"])
        #expect(options.sampling.mirostat == .second && options.sampling.mirostatTau == 3 && options.sampling.mirostatEta == 0.1)
    }

    @Test(
        arguments: [
            ("num_ctx", JSONValue.string("x"), "integer"), ("temperature", .string("hot"), "float32"),
            ("stop", .string("bare"), "array"), ("stop", .array([1]), "array"),
        ] as [(String, JSONValue, String)])
    func refuseOtherTypes(name: String, value: JSONValue, wanted: String) {
        var options = RunOptions()
        let error = #expect(throws: RunnerError.self) { try options.apply(JSONObject([(name, value)])) }
        #expect(error.map { "\($0)" } == "option \"\(name)\" must be of type \(wanted)")
    }

    @Test func thePredictionLimitIsTenContexts() {
        var options = RunOptions()
        #expect(options.predictionLimit(contextLength: 100) == 1000)
        options.predict = 20
        #expect(options.predictionLimit(contextLength: 100) == 20)
        options.predict = 5000
        #expect(options.predictionLimit(contextLength: 100) == 1000)
    }
}
