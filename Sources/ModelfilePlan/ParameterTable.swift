/// The options of the runner: the one list that PARAMETER, the prompt's `/set parameter` and a request's options are read by.

import Diagnostics

/// The type of a parameter's value.
public enum ParameterType: String, Sendable, Hashable, Codable {
    case int, float, bool, strings

    /// What a value of the type is, in messages.
    public var wanted: String {
        switch self {
        case .int: "a whole number"
        case .float: "a number"
        case .bool: "true or false"
        case .strings: "a text"
        }
    }
}

/// One parameter.
public struct ParameterDescription: Sendable, Hashable {
    public let name: String
    public let type: ParameterType
    /// What holds when the parameter is not given, as text; "auto" where the runner decides.
    public let defaultText: String
    /// One line: lower case, no full stop.
    public let summary: String

    init(_ name: String, _ type: ParameterType, _ defaultText: String, _ summary: String) {
        self.name = name
        self.type = type
        self.defaultText = defaultText
        self.summary = summary
    }
}

public enum ParameterTable {
    /// Every parameter that has an effect, those used most first.
    public static let all: [ParameterDescription] = [
        .init("num_ctx", .int, "auto", "size of the context window, in tokens"),
        .init("temperature", .float, "0.8", "how freely tokens are chosen; 0 always takes the likeliest"),
        .init("top_k", .int, "40", "choose among this many of the likeliest tokens; 0 means all"),
        .init("top_p", .float, "0.9", "choose among the likeliest tokens that together have this probability"),
        .init("min_p", .float, "0", "leave out tokens less likely than this share of the likeliest one's probability"),
        .init("typical_p", .float, "1", "locally typical sampling; 1 turns it off"),
        .init("seed", .int, "-1", "number that makes sampling repeatable; -1 takes a new one each time"),
        .init("num_predict", .int, "-1", "most tokens to generate; -1 sets no limit"),
        .init("stop", .strings, "", "text at which generation ends; may be given several times"),
        .init("repeat_penalty", .float, "1", "how much repeated tokens are held back; 1 not at all"),
        .init("repeat_last_n", .int, "64", "how many tokens back a repetition counts; 0 none, -1 the whole context"),
        .init("presence_penalty", .float, "0", "taken off a token's score once it has occurred"),
        .init("frequency_penalty", .float, "0", "taken off a token's score for each time it has occurred"),
        .init("num_keep", .int, "4", "tokens at the start that stay when the context window overflows"),
        .init("num_batch", .int, "auto", "tokens of a prompt that are computed together"),
        .init("num_thread", .int, "0", "processor threads to use; 0 takes the machine's cores"),
        .init("num_gpu", .int, "-1", "layers to place on a GPU; -1 decides by memory, 0 uses the processor alone"),
        .init("main_gpu", .int, "0", "the GPU that holds small tensors"),
        .init("use_mmap", .bool, "auto", "map the model file instead of reading it into memory"),
        .init("draft_num_predict", .int, "auto", "tokens that the draft model guesses ahead; 4 where there is one"),
    ]

    /// Parameters of older runners: accepted with a warning, and ignored.
    public static let deprecated: [String] = [
        "penalize_newline", "low_vram", "f16_kv", "logits_all", "vocab_only", "use_mlock", "mirostat", "mirostat_tau",
        "mirostat_eta",
    ]

    /// Parameters that once existed and now are errors.
    public static let removed: Set<String> = [
        "tfs_z", "numa", "rope_frequency_base", "rope_frequency_scale", "num_gqa", "embedding_only",
    ]

    /// Names that other programs use, with ours.
    private static let foreignNames: [String: String] = [
        "max_tokens": "num_predict", "max_new_tokens": "num_predict", "n_predict": "num_predict", "context_length": "num_ctx",
        "ctx_size": "num_ctx", "n_ctx": "num_ctx", "max_seq_len": "num_ctx", "repetition_penalty": "repeat_penalty",
        "stop_sequence": "stop", "stop_sequences": "stop", "batch_size": "num_batch", "n_batch": "num_batch",
        "threads": "num_thread", "n_threads": "num_thread", "n_gpu_layers": "num_gpu", "gpu_layers": "num_gpu",
        "temp": "temperature",
        "typical": "typical_p", "mmap": "use_mmap",
    ]

    private static let names = all.map(\.name)
    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The parameter of exactly this name.
    public static func named(_ name: String) -> ParameterDescription? { byName[name] }

    /// The name that was probably meant by an unknown one.
    public static func suggestion(for name: String) -> String? {
        var word = name.lowercased()
        word.removeAll { $0 == "\"" || $0 == "'" || $0 == "," }
        let spelled = String(word.map { $0 == "-" || $0 == "." ? "_" : $0 })
        if byName[spelled] != nil { return spelled }
        if let known = foreignNames[spelled] { return known }
        return removed.contains(spelled) ? nil : SpellingSuggestion.nearest(to: spelled, in: names)
    }
}
