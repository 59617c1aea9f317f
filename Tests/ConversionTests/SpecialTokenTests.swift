import Conversion
import GGUF
import JSONText
import Testing

@Suite struct SpecialTokenTests {
    private func metadata(_ files: [String: String], _ config: JSONObject = [:], post: JSONValue? = nil) throws -> ConvertedModel {
        var checkpoint = TestCheckpoint()
        for (name, text) in files { checkpoint.files[name] = text }
        for (key, value) in config { checkpoint.config[key] = value }
        if let post { checkpoint.tokenizer["post_processor"] = post }
        return try checkpoint.convert()
    }

    @Test func theTokenizersNamesCountFirst() throws {
        let model = try metadata(
            [
                "tokenizer_config.json": #"{"bos_token": {"content": "<s>"}, "eos_token": "a", "pad_token": null}"#,
                "generation_config.json": #"{"eos_token_id": [1, 2], "pad_token_id": 4}"#,
            ], ["bos_token_id": 3, "eos_token_id": 0, "pad_token_id": 5])
        let ids = [GGUFKey.bosTokenID, GGUFKey.eosTokenID, GGUFKey.paddingTokenID].map(model.metadata.int)
        #expect(ids == [3, 0, 5])
        #expect(
            model.warnings == [
                "eos token: 'tokenizer_config.json' says 0, 'generation_config.json' says 1, 2; 0 is used",
                "pad token: 'config.json' says 5, 'generation_config.json' says 4; 5 is used",
            ])
        #expect(model.metadata.ints("tokenizer.ggml.eos_token_ids") == [0, 1, 2])
    }

    @Test func aListThatHoldsTheTokenAgrees() throws {
        let model = try metadata(["generation_config.json": #"{"eos_token_id": [2, 1]}"#], ["eos_token_id": 1])
        #expect(model.warnings == [] && model.metadata.int(GGUFKey.eosTokenID) == 1)
        #expect(model.metadata.ints("tokenizer.ggml.eos_token_ids") == [2, 1])
    }

    @Test func theMapOfSpecialTokensIsRead() throws {
        let model = try metadata(["special_tokens_map.json": #"{"unk_token": {"content": "<x>"}, "sep_token": "nowhere"}"#])
        #expect(model.metadata.int(GGUFKey.unknownTokenID) == 4 && model.metadata[GGUFKey.separatorTokenID] == nil)
    }

    @Test(arguments: [-1, 6, "a", 1e30, [99], true, 1.5] as [JSONValue])
    func idsThatMakeNoSenseAreLeftOut(value: JSONValue) throws {
        let model = try metadata([:], ["bos_token_id": value])
        #expect(model.metadata[GGUFKey.bosTokenID] == nil)
        #expect(
            model.warnings == [
                "'config.json': 'bos_token_id' is \(value.text()), wanted an id from 0 to 5; left out"
            ])
    }

    // What is put round a text.

    private static let template: JSONValue = [
        "type": "TemplateProcessing",
        "single": [["SpecialToken": ["id": "<s>"]], ["Sequence": ["id": "A"]], ["SpecialToken": ["id": "<x>"]]],
    ]
    private static let names = #""bos_token": "<s>", "eos_token": "<x>""#

    private func added(_ config: String?, post: JSONValue?) throws -> [Bool?] {
        let model = try metadata(config.map { ["tokenizer_config.json": $0] } ?? [:], post: post)
        return [GGUFKey.addBOS, GGUFKey.addEOS].map(model.metadata.bool)
    }

    @Test func theTemplateSaysWhatIsAdded() throws {
        #expect(try added("{\(Self.names)}", post: Self.template) == [true, true])
        #expect(
            try added("{\(Self.names)}", post: ["type": "Sequence", "processors": [["type": "ByteLevel"], Self.template]]) == [
                true, true,
            ])
        #expect(try added("{\(Self.names)}", post: ["type": "ByteLevel"]) == [false, false])
        #expect(try added("{\(Self.names)}", post: nil) == [false, false])
        #expect(
            try added("{\(Self.names)}", post: ["type": "RobertaProcessing", "cls": ["<s>", 3], "sep": ["<x>", 4]]) == [true, true])
        let alone: JSONValue = ["type": "TemplateProcessing", "single": [["Sequence": ["id": "A"]]]]
        #expect(try added("{\(Self.names)}", post: alone) == [false, false])
    }

    @Test func theTemplateNamesTokensThatNoFileNames() throws {
        let model = try metadata([:], post: Self.template)
        #expect(model.metadata.int(GGUFKey.bosTokenID) == 3 && model.metadata.int(GGUFKey.eosTokenID) == 4)
        #expect(model.metadata.bool(GGUFKey.addBOS) == true)
    }

    @Test func tokenizerConfigCountsBeforeTheTemplate() throws {
        let config = "{\(Self.names), \"add_bos_token\": false, \"add_eos_token\": true}"
        let model = try metadata(["tokenizer_config.json": config], post: Self.template)
        #expect([GGUFKey.addBOS, GGUFKey.addEOS].map(model.metadata.bool) == [false, true])
        #expect(
            model.warnings == [
                "add_bos_token: 'tokenizer_config.json' says false, tokenizer.json's post-processor says true; false is used"
            ])
    }

    @Test func aTemplateThatBeginsWithSomethingElse() throws {
        let model = try metadata(["tokenizer_config.json": #"{"bos_token": "a", "eos_token": "<x>"}"#], post: Self.template)
        #expect(model.metadata.bool(GGUFKey.addBOS) == false && model.metadata.bool(GGUFKey.addEOS) == true)
        #expect(
            model.warnings == [
                "tokenizer.json puts '<s>' round every text, which is not the bos token; it is left out"
            ])
    }

    @Test func nothingIsAddedThatHasNoID() throws {
        #expect(try added(#"{"add_bos_token": true}"#, post: nil) == [false, false])
    }
}

@Suite struct ChatTemplateTests {
    private func metadata(_ files: [String: String]) throws -> GGUFMetadata {
        var checkpoint = TestCheckpoint()
        for (name, text) in files { checkpoint.files[name] = text }
        return try checkpoint.convert().metadata
    }

    @Test func fromTokenizerConfig() throws {
        let metadata = try metadata([
            "tokenizer_config.json": #"{"chat_template": "T"}"#, "chat_template.json": #"{"chat_template": "J"}"#,
        ])
        #expect(metadata.string(GGUFKey.chatTemplate) == "T")
    }

    @Test func theFileOfItsOwnCountsFirst() throws {
        let metadata = try metadata([
            "tokenizer_config.json": #"{"chat_template": "T"}"#, "chat_template.jinja": "J\n",
            "additional_chat_templates/rag-2.jinja": "R",
        ])
        #expect(metadata.string(GGUFKey.chatTemplate) == "J\n" && metadata.string("tokenizer.chat_template.rag_2") == "R")
        #expect(metadata.strings("tokenizer.chat_templates")?.texts == ["rag_2"])
    }

    @Test func namedOnes() throws {
        let list = #"[{"name": "default", "template": "D"}, {"name": "tool_use", "template": "U"}, {"name": 3}, 4]"#
        let metadata = try metadata(["tokenizer_config.json": #"{"chat_template": \#(list)}"#])
        #expect(metadata.string(GGUFKey.chatTemplate) == "D" && metadata.string("tokenizer.chat_template.tool_use") == "U")
        #expect(metadata.strings("tokenizer.chat_templates")?.texts == ["tool_use"])
    }

    @Test func fromChatTemplateJSON() throws {
        #expect(try metadata(["chat_template.json": #"{"chat_template": "J"}"#]).string(GGUFKey.chatTemplate) == "J")
    }

    @Test func none() throws {
        for config in ["{}", #"{"chat_template": null}"#, #"{"chat_template": 3}"#] {
            #expect(try metadata(["tokenizer_config.json": config])[GGUFKey.chatTemplate] == nil)
        }
    }
}
