// The splitting rules of every pre-tokenizer that llama.cpp names (src/llama-vocab.cpp of version 0.3.36 of its Python bindings'
// sources), in the notation of `SplitPattern`. The rules come from the models' own tokenizer.json files.

extension PreTokenizer {
    /// The names in `tokenizer.ggml.pre` that are known.
    package static var names: [String] { Rules.byName.keys.sorted() }

    /// One pre-tokenizer as data: its passes in writing, and its traits.
    struct Rules: Sendable {
        var texts: [String]
        var traits = Traits()

        static let numberTriples = "<numbers by threes, cut after>"
        static let digitTriples = "<digits by threes, cut before>"
        static let trailingWhiteSpace = #"\s+$"#
    }
}

extension PreTokenizer.Rules {
    static let byName: [String: PreTokenizer.Rules] = Dictionary(
        uniqueKeysWithValues: table.flatMap { names, rules in names.split(separator: " ").map { (String($0), rules) } })

    private init(_ texts: String..., change: (inout PreTokenizer.Traits) -> Void = { _ in }) {
        self.texts = texts
        change(&traits)
    }

    private static let table: [(names: String, rules: PreTokenizer.Rules)] = [
        ("default", .init(#"[\p{P}\$\+<=>\^~\|]+"#, gpt2, #"\p{N}+"#, "[0-9][0-9][0-9]")),
        (
            "gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert jina-v1-en jina-v2-code"
                + " roberta-bpe mpt olmo jais trillion granite-docling exaone4", .init(gpt2)
        ),
        ("starcoder refact command-r smollm codeshell exaone minerva-7b mellum2", .init(#"\p{N}"#, gpt2)),
        ("falcon", .init(#"[\p{P}\$\+<=>\^~\|`]+"#, gpt2, "[0-9][0-9][0-9]")),
        ("dbrx smaug-bpe", .init(words(digits: "{1,3}"))),
        ("chatglm-bpe", .init(words(digits: "{1,3}")) { $0.hasNoDefaultBeginning = true }),
        ("poro-chat bloom gpt3-finnish", .init(poro)),
        ("viking", .init(poro, #"\p{N}"#)),
        (
            "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano",
            .init(words(digits: "{1,3}")) { ($0.ignoresMerges, $0.addsBeginning) = (true, true) }
        ),
        ("glm4 glm5", .init(words(digits: "{1,3}")) { ($0.ignoresMerges, $0.hasNoDefaultBeginning) = (true, true) }),
        ("minicpm5", .init(#"\p{N}{1,3}"#, words(digits: "+")) { $0.ignoresMerges = true }),
        (
            "stablelm2 qwen2 deepseek-r1-qwen kormo f2llmv2 megrez hunyuan solar-open grok-2",
            .init(words(digits: ""))
        ),
        ("ufakzeka", .init(words(contractions: "", digits: ""))),
        ("laguna", .init(#"[^\n]+|[\n]+"#, words(digits: ""))),
        ("qwen35", .init(words(letter: #"[\p{L}\p{M}]"#, digits: "", other: #"[^\s\p{L}\p{M}\p{N}]+[\r\n]*"#))),
        ("bailingmoe bailingmoe2 llada-moe", .init(words(digits: "", newlines: #"\s*[\r\n]"#))),
        ("seed-coder", .init(words(digits: "", other: #"[^\s\p{L}\p{N}\r\n]+"#))),
        (
            "exaone-moe",
            .init(
                contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}(?:[\p{L}\p{M}]| \p{L})*|\p{N}"#
                    + #"| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+"#)
        ),
        (
            "jais-2",
            .init(
                contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"#
                    + #"|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)"#
                    + #"|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}"#)
        ),
        ("gpt-4o llama4 kanana2 talkie minimax-m2", .init(casedWords(digits: "{1,3}"))),
        ("tekken", .init(casedWords(suffix: "", digits: "")) { ($0.ignoresMerges, $0.addsBeginning) = (true, true) }),
        (
            "granite-embed-multi-97m",
            .init(casedWords(letter: #"\p{L}\p{M}"#, digits: "{1,3}")) { $0.ignoresMerges = true }
        ),
        ("tiny_aya cohere2moe", .init(numberTriples, markedWords(digits: "{1,3}"))),
        (
            "youtu",
            .init(
                "[\u{AC00}-\u{D7A3}\u{3131}-\u{318E}]+"
                    + "|[\u{FF01}\u{2026}\u{201C}\u{201D}\u{2018}\u{2019}\u{2014}\u{FF1A}\u{FF1B}\u{FF0C}"
                    + "\u{3001}-\u{303F}\u{FE30}-\u{FE4F}]+"
                    + "|[\u{3105}-\u{312F}]+|" + hanAndKana,
                markedWords(digits: "")
            ) { $0.ignoresMerges = true }
        ),
        (
            "kimi-k2",
            .init(
                #"\p{Han}+|[^\r\n\p{L}\p{N}]?[\p{L}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}"#
                    + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#)
        ),
        (
            "deepseek-v3 hunyuan-dense joyai-llm hy_v4",
            .init(#"\p{N}{1,3}"#, hanAndKana, codeWords + #"[\r\n]*|\s*[\r\n]+"# + spaces)
        ),
        ("spark2_5", .init(#"\p{N}{1,3}"#, hanAndKana, codeWords + #"|[\r\n]"# + spaces, #"\p{N}"#)),
        (
            "afmoe",
            .init(
                numberTriples,
                "[\u{4E00}-\u{9FFF}\u{3400}-\u{4DBF}\u{8C48}-\u{FAFF}\u{3040}-\u{309F}\u{30A0}-\u{30FF}\u{FF65}-\u{FF9F}"
                    + "\u{2F00}-\u{2FDF}\u{0E40}-\u{0E7F}\u{0E80}-\u{0EFF}\u{1780}-\u{17FF}\u{1000}-\u{109F}\u{AA60}-\u{AA7F}"
                    + "\u{A9E0}-\u{A9FF}\u{AC00}-\u{D7AF}\u{1100}-\u{11FF}]+",
                codeWords + #"[\r\n]*|\s*[\r\n]+"# + spaces)
        ),
        ("superbpe", .init(#"\p{N}+"#, digitTriples)),
        (
            "deepseek-llm",
            .init(
                #"[\r\n]"#, #"\s?\p{CasedLetter}+"#,
                "\\s?[!-/:-~\u{FF01}-\u{FF0F}\u{FF1A}-\u{FF5E}\u{2018}-\u{201F}\u{3000}-\u{3002}]+", trailingWhiteSpace,
                hanAndHangul,
                #"\p{N}+"#)
        ),
        ("deepseek-coder", .init(#"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#, hanAndHangul, #"\p{N}"#)),
        (
            "chameleon",
            .init(
                "<sentinel:[0-9]+>", "IMGIMG[A-I]{1,4}Z", #"[\t\n]|    |  "#, #"\p{N}"#, #"[\p{P}!-/:-@\[-`{-~]"#, gpt2
            ) { $0.addsBeginning = true }
        ),
        (
            "gemma4 granite-embed-multi-311m",
            .init(#"[^\n]+|[\n]+"#) { ($0.writesPlainUTF8, $0.escapesSpaces, $0.isGemma4) = (true, true, true) }
        ),
        ("sarvam-moe", .init(#"[^\n]+|[\n]+"#) { ($0.writesPlainUTF8, $0.escapesSpaces) = (true, true) }),
        ("whitespace", .init(#"\S+"#) { $0.writesPlainUTF8 = true }),
    ]
}

// MARK: Parts that rules share

extension PreTokenizer.Rules {
    private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    private static let spaces = #"|\s+(?!\S)|\s+"#
    private static let gpt2 = #"(?:'s|'t|'re|'ve|'m|'ll|'d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+"# + spaces
    private static let poro = " ?[^(\\s|.,!?\u{2026}\u{3002}\u{FF0C}\u{3001}\u{0964}\u{06D4}\u{060C})]+"
    private static let hanAndKana = "[\u{4E00}-\u{9FA5}\u{3040}-\u{309F}\u{30A0}-\u{30FF}]+"
    private static let hanAndHangul = "[\u{0800}-\u{9FA5}\u{AC00}-\u{D7FF}]+"
    private static let codeWords =
        ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+"##

    /// The family of Llama 3 and Qwen 2: contractions, words with one character before them, digits, punctuation, spaces.
    private static func words(
        contractions: String = contractions + "|", letter: String = #"\p{L}"#, digits: String,
        other: String = #"[^\s\p{L}\p{N}]+[\r\n]*"#, newlines: String = #"\s*[\r\n]+"#
    ) -> String {
        #"\#(contractions)[^\r\n\p{L}\p{N}]?\#(letter)+|\p{N}\#(digits)| ?\#(other)|\#(newlines)"# + spaces
    }

    /// The family of GPT-4o: a word ends where lower case turns to upper case, and takes its contraction along.
    private static func casedWords(
        letter: String = #"\p{L}"#, suffix: String = contractions + "?", digits: String
    ) -> String {
        let (upper, lower) = (#"[\#(letter)&&[^a-z]]"#, #"[\#(letter)&&[^A-Z]]"#)
        return #"[^\r\n\p{L}\p{N}]?\#(upper)*\#(lower)+\#(suffix)|[^\r\n\p{L}\p{N}]?\#(upper)+\#(lower)*\#(suffix)"#
            + #"|\p{N}\#(digits)| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+"# + spaces
    }

    /// Rules of the GPT-4o family whose case classes include marks. llama.cpp knows no case there, so neither do we.
    private static func markedWords(digits: String) -> String {
        #"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}\#(digits)"#
            + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+"# + spaces
    }
}
