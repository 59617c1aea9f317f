import Bytes
import GGUF
import JSONText
import ModelManifest
import ModelStore
import Packaging
import Testing

@Suite struct AssemblingTests {
    /// Everything that a Modelfile can set.
    static let everything = PackageContents(
        template: "{{ .Prompt }}<|im_end|>\n", system: "Be <brief> & kind.\n", licenses: ["MIT", "", "Apache-2.0"],
        parameters: [
            "temperature": .number(JSONNumber(Float(0.7))), "num_ctx": 1_048_576, "stop": ["<|im_end|>", "\u{2028}\"a\\b\""],
            "seed": -1, "use_mmap": true, "top_p": .number(JSONNumber(Float(1))), "min_p": .number(JSONNumber(Float(1e-7))),
        ],
        messages: [.init(role: "user", content: "1 < 2?\n"), .init(role: "assistant", content: "ja & \u{7F}é\u{1}")])

    /// Written by hand from the rules of Go's encoding/json, not with the code under test.
    static let goldenParameters =
        #"{"min_p":1e-7,"num_ctx":1048576,"seed":-1,"stop":["\u003c|im_end|\u003e","\u2028\"a\\b\""],"temperature":0.7,"top_p":1,"use_mmap":true}"#
        + "\n"
    static let goldenMessages =
        #"[{"role":"user","content":"1 \u003c 2?\n"},{"role":"assistant","content":"ja \u0026 "#
        + "\u{7F}é" + #"\u0001"}]"# + "\n"

    @Test func `every layer has Ollama's bytes and place`() throws {
        let fixture = try WeightFixture()
        let model = try fixture.make("all", Self.everything)
        let layers = try fixture.layers(model)
        #expect(layers.map(\.kind) == ["model", "template", "system", "license", "license", "license", "params", "messages"])
        #expect(
            layers.dropFirst().map(\.text) == [
                "{{ .Prompt }}<|im_end|>\n", "Be <brief> & kind.\n", "MIT", "", "Apache-2.0", Self.goldenParameters,
                Self.goldenMessages,
            ])
        #expect(model.manifest.layers.allSatisfy { $0.from == nil && $0.name == nil })
    }

    @Test func `the config says what the weights are`() throws {
        let fixture = try WeightFixture()
        let weights = try WeightFixture.gguf(tensors: [("token_embd.weight", 4096), ("output.weight", 1000)])
        let model = try fixture.make("x", weights: weights, PackageContents(requires: "0.14.0"))
        let config = try #require(model.manifest.config)
        #expect(
            try fixture.store.text(of: config)
                == #"{"model_format":"gguf","model_family":"llama","model_families":["llama"],"model_type":"5K","file_type":"Q4_K_M","requires":"0.14.0","architecture":"amd64","os":"linux"}"#
                + "\n")
    }

    @Test func `the whole manifest is as Ollama writes it`() throws {
        let fixture = try WeightFixture()
        let weights = try WeightFixture.gguf()
        let model = try fixture.make("x", weights: weights, PackageContents(system: "Hi"))
        let config =
            #"{"model_format":"gguf","model_family":"llama","model_families":["llama"],"model_type":"64","file_type":"Q4_K_M","architecture":"amd64","os":"linux"}"#
            + "\n"
        let (weightsDigest, configDigest) = (Digest(of: weights), Digest(of: Array(config.utf8)))
        // `printf Hi | sha256sum`
        let system = "3639efcd08abb273b1619e82e78c29a7df02c1051b1820e99fc395dcaa3326b8"
        #expect(
            String(decoding: try fixture.store.manifestBytes(of: model.name), as: UTF8.self)
                == #"{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"\#(configDigest)","size":\#(config.utf8.count)},"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"\#(weightsDigest)","size":\#(weights.count)},{"mediaType":"application/vnd.ollama.image.system","digest":"sha256:\#(system)","size":2}]}"#
                + "\n")
    }

    @Test func `projector, adapter and draft have their own layers and say which file they were`() throws {
        let fixture = try WeightFixture()
        let store = try fixture.store
        let session = try StoreSession(store)
        let projector = try WeightFixture.gguf(
            architecture: "clip", extra: [("clip.has_vision_encoder", .bool(true))], tensors: [("v.x", 8)])
        let adapter = try WeightFixture.gguf(extra: [(GGUFKey.type, .string("adapter"))], tensors: [("a.lora_a", 8)])
        let model = try fixture.make(
            "x",
            base: [
                fixture.layer(projector, fileName: "mmproj.gguf", in: session),
                fixture.layer(adapter, fileName: "lora.gguf", in: session),
                fixture.layer(try WeightFixture.gguf(architecture: "tiny"), as: .draft, fileName: "draft.gguf", in: session),
            ])
        #expect(model.manifest.layers.map(\.mediaType) == [.model, .projector, .adapter, .draft])
        #expect(model.manifest.layers.map(\.from) == [nil, "mmproj.gguf", "lora.gguf", "draft.gguf"])
        let config = try store.config(of: model)
        #expect(config.families == ["llama"])
        #expect(config.draft == ModelConfig.Draft(format: "gguf", architecture: "tiny"))
        let view = try fixture.view("x")
        #expect((view.projectors.count, view.adapters.count) == (1, 1))
        #expect(view.draft?.file.metadata.architecture == "tiny")
    }

    @Test func `a GGUF is told apart by its metadata`() throws {
        func kind(_ architecture: String, _ extra: [(String, GGUFValue)]) throws -> WeightFacts.Kind {
            WeightFacts(try GGUFFile(ByteRegion(try WeightFixture.gguf(architecture: architecture, extra: extra)), name: "x")).kind
        }
        #expect(try kind("llama", [("llama.block_count", .uint32(2))]) == .model)
        #expect(try kind("llama", []) == .model)
        #expect(try kind("llama", [(GGUFKey.type, .string("mmproj"))]) == .projector)
        #expect(try kind("clip", [("clip.has_audio_encoder", .bool(true))]) == .projector)
        #expect(try kind("clip", [("clip.has_vision_encoder", .bool(false))]) == .model)
        #expect(try kind("qwen2vl", [("qwen2vl.vision.block_count", .uint32(2))]) == .projector)
        #expect(
            try kind("gemma3", [("gemma3.vision.block_count", .uint32(2)), ("gemma3.block_count", .uint32(2))]) == .model)
        #expect(try kind("llama", [(GGUFKey.type, .string("adapter"))]) == .adapter)
    }

    @Test func `weights with parts that Ollama does not write anew keep their file's name`() throws {
        let fixture = try WeightFixture()
        let model = try fixture.make("x", weights: try WeightFixture.gguf(tensors: [("token_embd.weight", 8), ("v.patch", 8)]))
        #expect(model.manifest.layers[0].from == "model.gguf")
    }

    @Test func `a recognised template gives way to TEMPLATE and its parameters mix with PARAMETER`() throws {
        let fixture = try WeightFixture()
        let recognised: [BaseLayer] = [.template("recognised"), .parameters(["stop": ["a"], "top_k": 5])]
        #expect(try fixture.layers(fixture.make("x", base: recognised)).map(\.kind) == ["model", "template", "params"])
        let model = try fixture.make("y", base: recognised, PackageContents(template: "mine", parameters: ["stop": ["b"]]))
        #expect(try fixture.layers(model).map(\.text) == ["", "mine", #"{"stop":["b"],"top_k":5}"# + "\n"])
    }

    @Test func `architectures that Ollama renders itself get its renderer, parser and stop`() throws {
        let fixture = try WeightFixture()
        let gemma = try fixture.make("g", weights: try WeightFixture.gguf(architecture: "gemma4"))
        #expect(try fixture.store.config(of: gemma).renderer == "gemma4")
        #expect(try fixture.layers(gemma).last?.text == #"{"stop":["\u003cturn|\u003e"]}"# + "\n")
        let nemotron = try fixture.make(
            "n", weights: try WeightFixture.gguf(architecture: "nemotron_h_moe"), PackageContents(renderer: "own"))
        let config = try fixture.store.config(of: nemotron)
        #expect((config.renderer, config.parser) == ("own", "nemotron-3-nano"))
    }

    @Test func `numbers of a params layer are written as Go writes them`() throws {
        let fixture = try WeightFixture()
        let base = #"{"a":1.0,"b":1e3,"c":0.1000,"d":1e21,"e":9007199254740993,"f":0.0000001,"g":123456789.125,"h":-0.5E-2}"#
        let parameters = try #require(try JSONValue(parsing: base).object)
        let model = try fixture.make("x", PackageContents(parameters: parameters))
        #expect(
            try fixture.layers(model).last?.text
                == #"{"a":1,"b":1000,"c":0.1,"d":1e+21,"e":9007199254740993,"f":1e-7,"g":123456789.125,"h":-0.005}"# + "\n")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1K"), (1500, "2K"), (2500, "2K"), (999_999, "1000K"), (1_000_000, "1M"),
        (5_242_880, "5.24M"), (137_000_000, "137M"), (1_005_000, "1.00M"), (1_015_000, "1.01M"), (999_999_999, "1000.00M"),
        (1_000_000_000, "1B"), (8_030_261_248, "8.0B"), (1_250_000_000, "1.2B"), (1_350_000_000, "1.4B"), (7_000_000_000, "7B"),
        (1_150_000_000, "1.1B"), (671_026_419_200, "671.0B"),
    ])
    func `the size is in Ollama's words`(_ count: Int, _ text: String) {
        #expect(ParameterCountText.of(count) == text)
    }

    @Test(arguments: [
        (15, "Q4_K_M"), (7, "Q8_0"), (1, "F16"), (32, "BF16"), (0, "F32"), (99, "unknown"), (4, "unknown"), (-1, "unknown"),
    ])
    func `file types have names`(_ number: Int, _ name: String) { #expect(FileTypeName.of(number) == name) }
}
