import Conversion
import Foundation
import GGUF
import JSONText
import Tensors
import TestSupport
import Testing

/// Adapters of PEFT and MLX as llama.cpp's converter writes them, and what cannot be carried over.
@Suite struct AdapterConversion {
    private static let fixtures = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Adapters")

    private func base(_ name: String = "llama") throws -> AdapterBase {
        AdapterBase(try CheckpointConverter().convert(CheckpointFolder(path: Self.fixtures.appendingPathComponent(name).path)))
    }

    private func convert(_ name: String, base: String = "llama") throws -> GGUFAdapter {
        try AdapterConverter(base: try self.base(base)).convert(
            AdapterFolder(path: Self.fixtures.appendingPathComponent(name).path))
    }

    /// Converts a copy of an adapter with a changed configuration.
    private func convert(_ name: String, _ change: (inout JSONObject) -> Void) throws -> GGUFAdapter {
        let folder = try TemporaryFolder()
        let source = Self.fixtures.appendingPathComponent(name)
        var config = try #require(
            try JSONValue(parsing: [UInt8](Data(contentsOf: source.appendingPathComponent("adapter_config.json")))).object)
        change(&config)
        try folder.write(JSONValue.object(config).bytes(), to: "adapter_config.json")
        for file in ["adapter_model.safetensors", "adapters.safetensors"] {
            guard let data = try? Data(contentsOf: source.appendingPathComponent(file)) else { continue }
            try folder.write([UInt8](data), to: file)
        }
        return try withExtendedLifetime(folder) {
            try AdapterConverter(base: try base()).convert(AdapterFolder(path: folder.path))
        }
    }

    @Test func aFileSaysWhatItIs() throws {
        let adapter = try convert("plain")
        #expect(
            adapter.file.metadata.keys == [
                "general.architecture", "general.type", "adapter.type", "adapter.lora.alpha",
                "general.quantization_version",
            ])
        #expect(adapter.architecture == "llama")
        #expect(adapter.file.metadata.double(GGUFKey.adapterAlpha) == 8)
        #expect(adapter.terms.count == 14)
        #expect(adapter.terms.allSatisfy { $0.rank == 4 && $0.scale == 2 })
        #expect(adapter.file.tensor(named: "blk.1.ffn_down.weight.lora_a")?.shape == TensorShape([24, 4]))
        #expect(adapter.file.tensor(named: "blk.1.attn_k.weight.lora_b")?.shape == TensorShape([4, 8]))
    }

    @Test func theTableThatIsLookedUpLiesTransposed() throws {
        for (name, base) in [("words", "llama"), ("words-tied", "tied")] {
            let adapter = try convert(name, base: base)
            #expect(adapter.file.tensor(named: "token_embd.weight.lora_a")?.shape == TensorShape([3, 64]))
            #expect(adapter.file.tensor(named: "token_embd.weight.lora_b")?.shape == TensorShape([3, 16]))
            #expect(adapter.file.tensor(named: "output.weight.lora_b")?.shape == TensorShape([3, 64]))
        }
    }

    /// Only B can carry what one alpha for the whole file cannot say.
    @Test func theScalesOfModulesAreTheirOwn() throws {
        let adapter = try convert("patterns")
        let alpha = try #require(adapter.file.metadata.double(GGUFKey.adapterAlpha))
        #expect(abs(alpha - 12) < 1e-5)  // 6 / sqrt(4) * 4
        #expect(adapter.terms.first { $0.target == "blk.1.attn_k.weight" }?.rank == 6)
        #expect(adapter.terms.first { $0.target == "blk.0.attn_k.weight" }?.rank == 4)
        #expect(adapter.terms.first { $0.target == "blk.0.ffn_up.weight" }?.rank == 3)
    }

    private static let refusals: [(String, JSONValue, String)] = [
        ("use_dora", true, "DoRA"), ("modules_to_save", ["lm_head"], "modules_to_save"),
        ("peft_type", "IA3", "peft_type"), ("bias", "all", "bias"), ("r", 5, "rank"), ("lora_alpha", 0, "lora_alpha"),
        ("r", "four", "'r'"), ("rank_pattern", ["(a+)+": 4], "rank_pattern"), ("alpha_pattern", [1], "alpha_pattern"),
        ("lora_bias", true, "lora_bias"), ("target_parameters", ["x"], "target_parameters"),
    ]

    @Test(arguments: refusals)
    func whatCannotBeCarriedOverIsRefusedByName(key: String, value: JSONValue, wanted: String) throws {
        let error = #expect(throws: ConversionError.self) { try convert("plain") { $0[key] = value } }
        #expect("\(try #require(error))".contains(wanted))
    }

    @Test func anotherKindOfTrainingIsRefused() throws {
        let error = #expect(throws: ConversionError.self) { try convert("mlx") { $0["fine_tune_type"] = "dora" } }
        #expect("\(try #require(error))".contains("fine_tune_type"))
    }

    @Test func anotherBaseIsRefusedWithTheFirstTensorThatDoesNotFit() throws {
        let phi3 = AdapterBase(
            try CheckpointConverter().convert(
                CheckpointFolder(path: Self.fixtures.appendingPathComponent("../Decoders/phi3").path)))
        let error = #expect(throws: GGUFError.self) {
            try AdapterConverter(base: phi3).convert(AdapterFolder(path: Self.fixtures.appendingPathComponent("plain").path))
        }
        #expect("\(try #require(error))".contains("the model has no tensor 'blk.0.attn_k.weight'"))
    }

    @Test func aFolderWithoutConfigurationIsNamed() throws {
        #expect(throws: ConversionError.self) { try AdapterFolder(path: Self.fixtures.appendingPathComponent("llama").path) }
        #expect(AdapterFolder.isAdapter(Self.fixtures.appendingPathComponent("plain").path))
    }
}

@Suite struct AdapterPatterns {
    /// What Python's `re.match(rf"(.*\.)?({key})$", path)` says.
    @Test(arguments: [
        ("q_proj", "model.layers.0.self_attn.q_proj", true), ("q_proj", "model.layers.0.self_attn.xq_proj", false),
        ("self_attn.q_proj", "model.layers.0.self_attn.q_proj", true), ("layers.1.self_attn", "layers.1.self_attn.q_proj", false),
        ("model.layers.1.mlp.up_proj", "model.layers.1.mlp.up_proj", true), ("^model.layers", "x.model.layers", false),
        (#"layers\.\d+\.mlp\.(up|down)_proj"#, "model.layers.12.mlp.down_proj", true),
        (#"layers\.\d\.mlp\.(up|down)_proj"#, "model.layers.12.mlp.down_proj", false),
        (".*q_proj", "model.layers.0.self_attn.q_proj", true), ("layers.[0-9]+.*_proj$", "model.layers.3.self_attn.k_proj", true),
    ])
    func namesAndSimpleExpressionsMatch(pattern: String, path: String, matches: Bool) throws {
        #expect(try #require(AdapterPattern(pattern)).matches(path) == matches)
    }

    @Test(arguments: ["", "a+", "(a", "a{2}", "[a-z]", "(a|b", "a?", "(?=a)", String(repeating: "(a|b)", count: 40)])
    func otherExpressionsAreRefused(pattern: String) { #expect(AdapterPattern(pattern) == nil) }
}
