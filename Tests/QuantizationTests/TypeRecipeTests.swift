import Foundation
import GGUF
import Quantization
import Tensors
import TestSupport
import Testing

@Suite struct FileTypeTests {
    @Test("names are read whatever their case, short ones too")
    func names() throws {
        for type in FileType.allCases {
            #expect(try FileType(named: type.name.lowercased()) == type)
            #expect(FileType.name(ofNumber: Int(type.rawValue)) == type.name)
        }
        #expect(try FileType(named: "q4_k") == .q4_K_M)
        #expect(try FileType(named: "Q3_K") == .q3_K_M)
        #expect(try FileType(named: "Q5_k") == .q5_K_M)
    }

    @Test(
        "an unknown name is refused, with the nearest one where one is near",
        arguments: [
            ("Q4KM", "Q4_K_M"), ("q8", "Q8_0"), ("q4-k-m", "Q4_K_M"), ("Q6K", "Q6_K"), ("float", nil), ("", nil),
            ("BF-16", "BF16"), ("MXFP4", "MXFP4_MOE"), (String(repeating: "q", count: 4096), nil),
        ])
    func unknownNames(name: String, suggestion: String?) {
        #expect(throws: QuantizationError.unknownFileType(name: name, suggestion: suggestion)) { try FileType(named: name) }
    }

    @Test("mixes that are only read have names as well")
    func readOnlyNames() {
        #expect(FileType.name(ofNumber: 30) == "IQ4_XS")
        #expect(FileType.name(ofNumber: 39) == "NVFP4")
        #expect(FileType.name(ofNumber: 4) == nil)
        #expect(FileType.name(ofNumber: -1) == nil)
    }
}

@Suite struct TypeRecipeTests {
    private func types(
        _ fileType: FileType, _ names: [String], columns: Int = 256, model: TypeRecipe.Model? = nil, hasImportance: Bool = false
    ) throws -> [TensorType] {
        let shape = try #require(TensorShape([columns, 4]))
        let model = model ?? TypeRecipe.Model(architecture: "llama", blockCount: 8, headCount: 8, headCountKV: 8)
        return try TypeRecipe(fileType, for: model, hasImportance: hasImportance).types(for: names.map { ($0, .f16, shape) })
    }

    @Test("falcon's output is Q8_0, and its way down gets bits of its own")
    func falcon() throws {
        let model = TypeRecipe.Model(architecture: "falcon", blockCount: 32, headCount: 71, headCountKV: 1)
        let downs = (0..<32).map { "blk.\($0).ffn_down.weight" }
        let found = try types(.q4_K_M, ["output.weight"] + downs, model: model)
        #expect(found[0] == .q8_0)
        #expect(found[1...2].allSatisfy { $0 == .q6_K })
        #expect(found[3...4].allSatisfy { $0 == .q5_K })
        #expect(found[5] == .q4_K && found[32] == .q5_K)
        #expect(try types(.q3_K_L, ["blk.0.attn_output.weight", "blk.0.ffn_down.weight"], model: model) == [.q4_K, .q4_K])
    }

    @Test("the 70B models' values get five bits")
    func seventyBillion() throws {
        let model = TypeRecipe.Model(architecture: "llama", blockCount: 80, headCount: 64, headCountKV: 8)
        let values = (0..<80).map { "blk.\($0).attn_v.weight" }
        #expect(Set(try types(.q3_K_S, values, model: model)) == [.q5_K])
        let full = TypeRecipe.Model(architecture: "llama", blockCount: 80, headCount: 64, headCountKV: 64)
        #expect(Set(try types(.q3_K_S, values, model: full)) == [.q3_K])
    }

    @Test("importance guards the first layers of Q4_0 and Q5_0")
    func guardedLayers() throws {
        let downs = (0..<8).map { "blk.\($0).ffn_down.weight" }
        #expect(try types(.q4_0, downs, hasImportance: true).prefix(2) == [.q4_1, .q4_0])
        #expect(try types(.q5_0, downs, hasImportance: true).prefix(2) == [.q5_1, .q5_0])
        #expect(try Set(types(.q4_0, downs)) == [.q4_0])
    }

    @Test("the user's choices come before the mix")
    func choices() throws {
        let names = ["output.weight", "token_embd.weight", "blk.0.attn_v.weight", "blk.0.ffn_down.weight", "blk.1.ffn_down.weight"]
        let shape = try #require(TensorShape([256, 4]))
        let model = TypeRecipe.Model(architecture: "llama", blockCount: 8, headCount: 8, headCountKV: 8)
        func chosen(_ edit: (inout TypeChoices) throws -> Void) throws -> [TensorType] {
            var choices = TypeChoices()
            try edit(&choices)
            return try TypeRecipe(.q4_K_M, for: model, choices: choices).types(for: names.map { ($0, .f16, shape) })
        }
        #expect(try chosen { _ in } == [.q6_K, .q4_K, .q6_K, .q6_K, .q4_K])
        #expect(try chosen { $0.isPure = true } == [.q4_K, .q4_K, .q4_K, .q4_K, .q4_K])
        #expect(try chosen { $0.leavesOutput = true }[0] == .f16)
        let patterned = try chosen {
            $0.outputType = .q8_0
            $0.tokenEmbeddingType = .iq4_nl
            $0.patterns = [try .init(parsing: "BLK\\.[1-9].ffn=iq4_xs"), .init("ffn_down", .q5_0), .init("output", .f32)]
        }
        #expect(patterned == [.q8_0, .iq4_nl, .q6_K, .q5_0, .iq4_xs])
        #expect(throws: QuantizationError.invalidPattern("(")) { try chosen { $0.patterns = [.init("(", .f16)] } }
        #expect(throws: QuantizationError.invalidChoice("=f16")) { try TypeChoices.Pattern(parsing: "=f16") }
        #expect(throws: QuantizationError.invalidChoice("attn_q")) { try TypeChoices.Pattern(parsing: "attn_q") }
        #expect(throws: QuantizationError.unknownTensorType(name: "q9", suggestion: nil)) {
            try TypeChoices.Pattern(parsing: "a=q9")
        }
    }

    @Test("a type without a smaller one for odd rows is an error, as in llama-quantize")
    func oddRows() throws {
        #expect(try types(.iq2_XXS, ["blk.0.attn_q.weight"], columns: 288) == [.iq4_nl])
        #expect(try types(.tq1_0, ["blk.0.attn_q.weight"], columns: 288) == [.q4_0])
        #expect(try types(.mxfp4_MoE, ["blk.0.attn_q.weight"], columns: 40) == [.f16])
        #expect(throws: QuantizationError.partialBlock(tensor: "blk.0.attn_q.weight", columns: 288, type: .q1_0)) {
            try types(.q1_0, ["blk.0.attn_q.weight"], columns: 288)
        }
    }

    @Test("layers count in their own order, whatever the order of the file")
    func fileOrder() throws {
        let names = (0..<12).map { "blk.\($0).attn_v.weight" } + ["output.weight"]
        let model = TypeRecipe.Model(architecture: "llama", blockCount: 12, headCount: 8, headCountKV: 8)
        let straight = try types(.q4_K_M, names, model: model)
        let shuffled = names.indices.sorted { ($0 * 7) % 13 < ($1 * 7) % 13 }
        let found = try types(.q4_K_M, shuffled.map { names[$0] }, model: model)
        #expect(found == shuffled.map { straight[$0] })
        #expect(TypeRecipe.fileOrder(of: ["blk.10.b", "blk.2.z", "output", "blk.2.a", "a"]) == [4, 2, 3, 1, 0])
    }

    @Test("norms, routers, biases and vectors keep their type")
    func keptTensors() throws {
        let names = [
            "blk.0.attn_norm.weight", "blk.0.ffn_gate_inp.weight", "blk.0.attn_q.bias", "blk.0.ssm_conv1d.weight",
            "position_embd.weight", "token_types.weight", "v.patch_embd.weight",
        ]
        #expect(try types(.q4_K_M, names).allSatisfy { $0 == .f16 })
        let shape = TensorShape(vector: 256)
        let model = TypeRecipe.Model(architecture: "llama", blockCount: 1, headCount: 1, headCountKV: 1)
        #expect(try TypeRecipe(.q8_0, for: model).types(for: [("blk.0.attn_q.weight", .f32, shape)]) == [.f32])
    }

    @Test("experts without a layer in their name are an error")
    func expertsWithoutLayer() {
        let model = TypeRecipe.Model(architecture: "llama", blockCount: 8, headCount: 8, headCountKV: 2, expertCount: 4)
        for name in ["ffn_down_exps.weight", "blk.8.ffn_down_exps.weight", "blk.99999999999999999999.ffn_up_exps.weight"] {
            #expect(throws: QuantizationError.unknownLayer(tensor: name, layerCount: 8)) {
                try types(.q4_K_M, [name], model: model)
            }
        }
    }

    @Test("hostile counts in the metadata are an error")
    func hostileMetadata() {
        var metadata = GGUFMetadata()
        #expect(throws: QuantizationError.self) { try TypeRecipe.Model(metadata: metadata) }
        metadata[GGUFKey.architecture] = .string("llama")
        metadata[GGUFKey.blockCount("llama")] = .uint64(.max)
        #expect(throws: Never.self) { try TypeRecipe.Model(metadata: metadata) }
        metadata[GGUFKey.blockCount("llama")] = .uint64(1 << 40)
        #expect(throws: QuantizationError.self) { try TypeRecipe.Model(metadata: metadata) }
        metadata[GGUFKey.blockCount("llama")] = .int32(-1)
        #expect(throws: QuantizationError.self) { try TypeRecipe.Model(metadata: metadata) }
    }
}

/// llama.cpp's own record of its choices for real models.
@Suite(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)")) struct SharedRecipeTests {
    /// A file of the record: the model, and per file type the tensors that do not get the default type.
    private struct Record {
        var header: [String: Int] = [:]
        var sections: [(fileType: String, exceptions: [String: String])] = []

        init(_ text: String) throws {
            for line in text.split(separator: "\n") {
                if line.hasPrefix("# n_") {
                    for pair in line.dropFirst(2).split(separator: ",") {
                        let sides = pair.split(separator: "=")
                        header[sides[0].trimmingCharacters(in: .whitespaces)] = Int(sides[1])
                    }
                } else if line.hasPrefix("[") {
                    sections.append((String(line.dropFirst().prefix { $0 != "]" }), [:]))
                } else if !line.hasPrefix("#") {
                    let words = line.split(separator: " ")
                    sections[sections.count - 1].exceptions[String(words[0])] = String(words[1])
                }
            }
        }
    }

    private static let architectures = [
        "meta-llama-3.1-70b-instruct": "llama", "gpt-oss-120b": "gpt-oss", "gemma-3-4b-it": "gemma3",
    ]

    @Test("types equal llama.cpp's for real models")
    func realModels() throws {
        var compared = 0
        for url in try SharedData.files(in: "quant-golden/llama.cpp-type-selection") {
            let record = try Record(String(contentsOf: url, encoding: .utf8))
            let stem = url.deletingPathExtension().lastPathComponent
            let model = TypeRecipe.Model(
                architecture: Self.architectures[stem] ?? stem, blockCount: try #require(record.header["n_layer"]),
                headCount: try #require(record.header["n_head"]), headCountKV: try #require(record.header["n_head_kv"]),
                expertCount: record.header["n_expert"] ?? 0)
            // Tensors that get the default in every file type are not named, and no choice depends on them.
            let names = Set(record.sections.flatMap(\.exceptions.keys)).sorted()
            let sixBits = try #require(record.sections.first { $0.fileType == "Q6_K" })
            let tensors = try names.map { name in
                // Rows that do not fit show in Q6_K: eight bits for a multiple of 32, halves for other lengths.
                let columns = sixBits.exceptions[name].map { $0 == "q8_0" ? 288 : 40 } ?? 256
                let isStack = ["_exps.", "attn_k_b.", "attn_v_b."].contains(where: name.contains)
                return (name, TensorType.f32, try #require(TensorShape(isStack ? [columns, 4, 2] : [columns, 4])))
            }
            for section in record.sections {
                guard let fileType = FileType.allCases.first(where: { $0.name == section.fileType }) else { continue }
                let found = try TypeRecipe(fileType, for: model).types(for: tensors)
                for (tensor, type) in zip(tensors, found) {
                    let wanted = section.exceptions[tensor.0] ?? fileType.tensorType.name.lowercased()
                    #expect(type.name.lowercased() == wanted.lowercased(), "\(stem), \(section.fileType), \(tensor.0)")
                    compared += 1
                }
            }
        }
        #expect(compared > 50_000)
    }
}
