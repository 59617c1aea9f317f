import Conversion
import GGUF
import JSONText
import Testing

@Suite struct PreTokenizerTests {
    private static let llama3 =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let byteLevel: JSONValue = ["type": "ByteLevel", "use_regex": false]

    private static func split(_ pattern: String, behavior: String = "Isolated", invert: Bool = false) -> JSONValue {
        ["type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": .string(behavior), "invert": .bool(invert)]
    }

    private static func sequence(_ steps: JSONValue...) -> JSONValue { ["type": "Sequence", "pretokenizers": .array(steps)] }

    private func checkpoint(_ preTokenizer: JSONValue) -> TestCheckpoint {
        var checkpoint = TestCheckpoint()
        checkpoint.tokenizer["pre_tokenizer"] = preTokenizer
        return checkpoint
    }

    /// Steps as the models' own tokenizer.json has them.
    @Test(
        arguments: [
            ("llama-bpe", sequence(split(llama3), byteLevel)),
            ("llama-bpe", sequence(split(llama3, behavior: "Removed", invert: true), byteLevel)),
            ("llama-bpe", sequence(sequence(split(llama3)), byteLevel)),
            ("qwen2", sequence(split(llama3.replacing(#"\p{N}{1,3}"#, with: #"\p{N}"#)), byteLevel)),
            ("gpt-2", ["type": "ByteLevel", "add_prefix_space": false]),
            ("smollm", sequence(["type": "Digits", "individual_digits": true], ["type": "ByteLevel"])),
            (
                "deepseek-coder",
                sequence(
                    split("[\r\n]"), split(#"\s?\p{L}+"#), split(#"\s?\p{P}+"#),
                    split("[\u{4E00}-\u{9FA5}\u{800}-\u{4E00}\u{AC00}-\u{D7FF}]+"), ["type": "Digits", "individual_digits": true],
                    byteLevel)
            ),
            (
                "falcon",
                sequence(
                    ["type": "Punctuation", "behavior": "Contiguous"], ["type": "ByteLevel"],
                    ["type": "Digits", "individual_digits": false], split("[0-9][0-9][0-9]"))
            ),
        ] as [(String, JSONValue)])
    func recognisedByItsRules(name: String, preTokenizer: JSONValue) throws {
        #expect(try checkpoint(preTokenizer).convert().metadata.string(GGUFKey.tokenizerPre) == name)
    }

    @Test(
        arguments: [
            (sequence(split(llama3 + "|x"), byteLevel), "'\(llama3)|x'"),
            (sequence(split("a", behavior: "MergedWithNext"), byteLevel), "'Split MergedWithNext a'"),
            (["type": "Whitespace"], "'Whitespace'"), (split(llama3), "'\(llama3)'"), (.null, "'no rules'"), ([:], "'no rules'"),
        ] as [(JSONValue, String)])
    func rulesThatNobodyHasAreAnError(preTokenizer: JSONValue, patterns: String) {
        #expect(
            checkpoint(preTokenizer).failure()
                == "tokenizer.json splits text by rules that no known pre-tokenizer has: \(patterns); "
                + "name the one to use where you are sure of it")
    }

    @Test func aForcedNameIsTaken() throws {
        let options = ConversionOptions(preTokenizer: "qwen2")
        #expect(try checkpoint(.null).convert(options).metadata.string(GGUFKey.tokenizerPre) == "qwen2")
    }

    @Test func stepsInsideEachOtherWithoutEnd() throws {
        var nested = Self.byteLevel
        for _ in 0..<100 { nested = Self.sequence(nested) }
        #expect(try #require(checkpoint(nested).failure()).contains("no rules"))
    }
}
