import Conversion
import Foundation
import GGUF
import JSONText
import Safetensors
import Tensors
import TestSupport
import Testing
import Tokenization

/// What is different about checkpoints whose vectors are wanted: pooling, tables, WordPiece.
@Suite struct EncoderTests {
    /// A BERT of one layer whose files and weights can be changed before it is converted.
    private func bert(_ architecture: String = "BertModel", prefix: String = "") -> TestCheckpoint {
        var checkpoint = TestCheckpoint()
        checkpoint.config = [
            "architectures": [.string(architecture)], "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1,
            "num_attention_heads": 2, "vocab_size": 9, "max_position_embeddings": 16, "type_vocab_size": 2, "hidden_act": "gelu",
        ]
        checkpoint.tensors = [:]
        func linear(_ name: String, _ shape: [Int]) {
            checkpoint.add("\(prefix)\(name).weight", shape)
            checkpoint.add("\(prefix)\(name).bias", [shape[0]])
        }
        for (name, rows) in [("word", 9), ("position", 16), ("token_type", 2)] {
            checkpoint.add("\(prefix)embeddings.\(name)_embeddings.weight", [rows, 8])
        }
        linear("embeddings.LayerNorm", [8])
        let layer = "encoder.layer.0."
        for name in ["self.query", "self.key", "self.value", "output.dense"] { linear("\(layer)attention.\(name)", [8, 8]) }
        linear("\(layer)intermediate.dense", [12, 8])
        linear("\(layer)output.dense", [8, 12])
        for name in ["attention.output", "output"] { linear("\(layer)\(name).LayerNorm", [8]) }
        checkpoint.files["tokenizer.json"] = .some(nil)
        checkpoint.files["vocab.txt"] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n[unused0]\nun\n##able\r\n##\n"
        return checkpoint
    }

    @Test func vocabularyOfLines() throws {
        let metadata = try bert().convert().metadata
        let tokens = metadata.strings(GGUFKey.tokens)?.map(\.text)
        #expect(tokens == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]", "\u{2581}un", "able", "\u{2581}##"])
        #expect(metadata.ints(GGUFKey.tokenTypes) == [3, 3, 3, 3, 3, 1, 1, 1, 1])
        #expect(metadata.int(GGUFKey.separatorTokenID) == 3 && metadata.int(GGUFKey.bosTokenID) == 2)
        #expect(metadata.bool(GGUFKey.lowercases) == true)
        #expect(try Tokenizer(metadata: metadata).encode("Unable") == [2, 6, 7, 3])
        var cased = bert()
        cased.files["tokenizer_config.json"] = #"{"do_lower_case": false}"#
        #expect(try Tokenizer(metadata: cased.convert().metadata).encode("Unable") == [2, 1, 3])
    }

    @Test func aLineTooMany() throws {
        var checkpoint = bert()
        checkpoint.files["vocab.txt"] = (0..<10).map { "t\($0)" }.joined(separator: "\n")
        #expect(checkpoint.failure() == "token 't9' has the id 9, but 'vocab_size' is 9")
    }

    @Test func otherContinuationMarks() throws {
        var checkpoint = bert()
        checkpoint.files["tokenizer.json"] = JSONValue.object([
            "model": ["type": "WordPiece", "vocab": ["[UNK]": 0], "continuing_subword_prefix": "@@"]
        ]).text()
        #expect(try #require(checkpoint.failure()).hasSuffix("'continuing_subword_prefix' is '@@', wanted '##'"))
    }

    @Test func typesAreAlwaysF32AndPositionsAreNot() throws {
        let model = try bert().convert(ConversionOptions(outputType: .f16))
        #expect(model.tensor("position_embd.weight")?.type == .f16 && model.tensor("token_types.weight")?.type == .f32)
        #expect(model.tensor("token_embd.weight")?.type == .f16 && model.tensor("blk.0.attn_q.bias")?.type == .f32)
    }

    /// A model with a head, by a name of old, and with buffers, is the same model.
    @Test func headsAndBuffersAreLeftOut() throws {
        let plain = try bert().convert()
        var headed = bert("BertForPreTraining", prefix: "bert.")
        headed.add("bert.embeddings.position_ids", [1, 16], type: .int64)
        headed.add("bert.pooler.dense.weight", [8, 8])
        headed.add("cls.predictions.transform.LayerNorm.gamma", [8])
        headed.add("cls.seq_relationship.bias", [2])
        let converted = try headed.convert()
        #expect(Set(converted.tensors.map(\.source.name)) == Set(plain.tensors.map(\.source.name)))
        headed.add("classifier.weight", [2, 8])
        #expect(headed.failure() == "'classifier.weight' not known to BertModel")
    }

    @Test(arguments: [
        (#"{"pooling_mode_mean_tokens": true}"#, 1), (#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#, 2),
        (#"{"pooling_mode_lasttoken": true}"#, 3), (#"{"pooling_mode": "lasttoken"}"#, 3), (#"{"pooling_mode": "cls"}"#, 2),
    ])
    func poolings(config: String, number: Int) throws {
        let metadata = try converted(pooling: config).metadata
        #expect(metadata.int("bert.pooling_type") == number)
        #expect(metadata.bool("bert.normalize_embeddings") == true && metadata.bool("bert.attention.causal") == false)
    }

    private static let modules = """
        [{"path": "", "type": "sentence_transformers.models.Transformer"},
         {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
         {"path": "2", "type": "sentence_transformers.models.Normalize"}]
        """

    private func converted(pooling: String?, modules: String = modules) throws -> ConvertedModel {
        try checkpoint(pooling: pooling, modules: modules).convert()
    }

    private func checkpoint(pooling: String?, modules: String = modules) -> TestCheckpoint {
        var checkpoint = bert()
        checkpoint.files["modules.json"] = modules
        if let pooling { checkpoint.files["1_Pooling/config.json"] = pooling }
        return checkpoint
    }

    @Test func poolingsThatCannotBe() throws {
        for (config, found) in [
            (#"{"pooling_mode_max_tokens": true}"#, "max_tokens"), ("{}", "missing or unknown"),
            (#"{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true}"#, "mean_tokens and cls_token"),
        ] {
            let failure = try #require(checkpoint(pooling: config).failure())
            #expect(failure.hasSuffix("'pooling_mode' is \(found), wanted one of mean_tokens, cls_token and lasttoken"))
        }
        #expect(try #require(checkpoint(pooling: nil).failure()).hasSuffix("no file '1_Pooling/config.json'"))
        #expect(try #require(checkpoint(pooling: nil, modules: "{}").failure()).hasSuffix("modules.json': not a JSON array"))
        for path in ["../other", "/etc", "a/../../b", ""] {
            let modules = #"[{"path": "\#(path)", "type": "x.Pooling"}]"#
            #expect(try #require(checkpoint(pooling: nil, modules: modules).failure()).contains("'path' is \"\(path)\""))
        }
    }

    @Test func modulesThatAreMissingAreAWarning() throws {
        let model = try bert().convert()
        #expect(model.metadata.int("bert.pooling_type") == 1 && model.metadata["bert.normalize_embeddings"] == nil)
        #expect(model.warnings == ["no modules.json says how hidden states become a vector; their mean is used"])
        let dense = try converted(
            pooling: nil,
            modules: #"[{"type": "a.Transformer"}, {"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]"#)
        #expect(dense.warnings.contains("modules.json names a module 'Dense', which a GGUF has no place for; it is left out"))
    }

    @Test(
        arguments: [
            ("hidden_act", "relu", "'hidden_act' is \"relu\", wanted \"gelu\""),
            ("position_embedding_type", "relative_key", "'position_embedding_type' is \"relative_key\", wanted \"absolute\""),
            ("num_attention_heads", 3, "'hidden_size' is 8, wanted a multiple of the 3 attention heads"),
            ("max_position_embeddings", nil, "'max_position_embeddings' is missing, wanted a whole number from 1 to 1073741824"),
        ] as [(String, JSONValue, String)])
    func configurationsThatDoNotFit(key: String, value: JSONValue, problem: String) throws {
        var checkpoint = bert()
        checkpoint.config[key] = value
        #expect(try #require(checkpoint.failure()).hasSuffix(problem))
    }

    @Test func anApproximationIsAWarning() throws {
        var checkpoint = bert()
        checkpoint.config["hidden_act"] = "gelu_new"
        #expect(try checkpoint.convert().warnings.contains { $0.hasPrefix("'hidden_act' is an approximation of GELU") })
    }

    // MARK: Nomic's own dialect

    private static let nomic = ReferenceTests.folder.appendingPathComponent("nomic_bert")

    /// The fixture with its original configuration alone, changed.
    private func nomic(_ change: (inout JSONObject) -> Void) throws -> ConvertedModel {
        let folder = try TemporaryFolder()
        for name in ["model.safetensors", "tokenizer.json"] {
            try folder.write([UInt8](Data(contentsOf: Self.nomic.appendingPathComponent(name))), to: name)
        }
        let text = try JSONValue(parsing: [UInt8](Data(contentsOf: Self.nomic.appendingPathComponent("config.json"))))
        var config = try #require(text.object)
        for key in [
            "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "max_position_embeddings", "head_dim",
        ] { config.removeValue(forKey: key) }
        change(&config)
        try folder.write(Array(JSONValue.object(config).text().utf8), to: "config.json")
        return try withExtendedLifetime(folder) { try CheckpointConverter().convert(CheckpointFolder(path: folder.path)) }
    }

    @Test func nomicsOwnConfigurationIsEnough() throws {
        let (own, both) = (try nomic { _ in }, try ReferenceTests.convert("nomic_bert"))
        for key in both.metadata.keys where ![GGUFKey.poolingType("nomic-bert"), GGUFKey.name].contains(key) {
            if !key.hasSuffix("_length") { #expect(own.metadata[key] == both.metadata[key], "\(key)") }
        }
        #expect(own.metadata.int("nomic-bert.context_length") == 2048)
        #expect(own.tensors.map(\.source.name) == both.tensors.map(\.source.name))
        #expect(try nomic { $0["max_trained_positions"] = 512 }.metadata.int("nomic-bert.context_length") == 512)
    }

    @Test(
        arguments: [
            ("activation_function", "relu"), ("prenorm", true), ("rotary_emb_interleaved", true), ("rotary_emb_fraction", 0.5),
            ("qkv_proj_bias", true), ("moe_every_n_layers", 2),
        ] as [(String, JSONValue)])
    func nomicsVariantsAreRefused(key: String, value: JSONValue) throws {
        let error = #expect(throws: ConversionError.self) { try nomic { $0[key] = value } }
        #expect(error.map { "\($0)".contains("'\(key)' is") } == true)
    }

    // MARK: Vocabularies

    @Test(arguments: ["bert", "distilbert", "nomic_bert"])
    func idsAreTransformers(name: String) throws {
        let tokenizer = try Tokenizer(metadata: ReferenceTests.convert(name).metadata)
        let url = ReferenceTests.folder.appendingPathComponent("embeddings.json")
        let cases = try #require(try JSONValue(parsing: [UInt8](Data(contentsOf: url)))[name]?.array)
        #expect(cases.count == 13)
        for expected in cases {
            let text = try #require(expected["text"]?.string)
            let ids = tokenizer.encode(text, parseSpecial: true).map(Int.init)
            let wanted = expected["ids"]?.array?.compactMap(\.int) ?? []
            // Where transformers cut a text to the context, the beginning is the same.
            #expect(ids.prefix(wanted.count - 1) == wanted.dropLast(), "\(text.prefix(20))")
            #expect(wanted.count >= 2 && ids.count >= wanted.count)
        }
    }
}
