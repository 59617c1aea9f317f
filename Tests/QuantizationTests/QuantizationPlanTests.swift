import Bytes
import Compute
import GGUF
import Quantization
import Tensors
import Testing

/// What llama-quantize's options do to a plan. Whole files were compared with its own, byte by byte, once: Benchmarks/quantize-options.
@Suite struct QuantizationPlanTests {
    private func plan(
        _ model: FixtureModel = FixtureModel.all[0], to type: FileType = .q4_0,
        _ edit: (inout QuantizationOptions) throws -> Void = { _ in }
    ) throws -> QuantizationPlan {
        var options = QuantizationOptions()
        try edit(&options)
        return try QuantizationPlan(try model.file(), to: type, options: options)
    }

    @Test("pruned layers are gone, those behind them move up, and the metadata counts what is left")
    func pruning() throws {
        let plan = try plan { $0.prunedLayers = [0, 3, 4] }
        #expect(plan.metadata.int("llama.block_count") == 14)
        #expect(plan.types.count == 3 + 14 * 9)
        let layers = Set(plan.types.compactMap { Int($0.name.split(separator: ".").dropFirst().first ?? "") })
        #expect(layers == Set(0..<14))
        let whole = try QuantizationPlan(try FixtureModel.all[0].file(), to: .q4_0, options: QuantizationOptions())
        #expect(whole.metadata.int("llama.block_count") == 17)
    }

    @Test("a renamed tensor keeps the importance of the layer it was")
    func pruningKeepsImportance() throws {
        let model = FixtureModel.all[1]
        let matrix = try ImportanceMatrix(try model.importanceMatrix(), file: "m")
        func bytes(_ pruned: Set<Int>, of name: String) throws -> [UInt8] {
            let file = try plan(model) { ($0.prunedLayers, $0.importance) = (pruned, matrix) }.file()
            var written: [UInt8] = []
            try file.write(on: ThreadPool(threads: 1), to: { written.append(contentsOf: $0) })
            let read = try GGUFFile(ByteRegion(written), name: "w")
            return read.bytes(of: try #require(read.tensor(named: name))).bytes()
        }
        #expect(try bytes([0], of: "blk.3.attn_q.weight") == bytes([], of: "blk.4.attn_q.weight"))
    }

    @Test("an override takes the key's place, and what it says of the model counts for the mix")
    func overrides() throws {
        let plan = try plan(to: .q4_K_M) {
            $0.overrides = try ["general.name=str:other", "llama.expert_count=int:8", "x=float:0.5", "y=bool:true", "z=int:-3"].map
            {
                try MetadataOverride(parsing: $0)
            }
        }
        #expect(plan.metadata.string("general.name") == "other")
        #expect(plan.metadata["x"] == .float32(0.5) && plan.metadata["y"] == .bool(true) && plan.metadata["z"] == .uint32(3))
        #expect(plan.metadata.count(where: { $0 == "general.name" }) == 1)
        #expect(plan.types.first { $0.name == "blk.5.attn_k.weight" }?.to == .q8_0)
    }

    @Test("an override of another kind than the model's own value is written and not believed, and reads as it was written")
    func unbelievedOverrides() throws {
        let overrides = try ["llama.block_count=str:2", "general.architecture=int:3"].map { try MetadataOverride(parsing: $0) }
        let changed = try plan(to: .q4_K_M) { $0.overrides = overrides }
        #expect(try changed.types.map(\.to) == plan(to: .q4_K_M).types.map(\.to))
        #expect(changed.metadata["llama.block_count"] == .string("2"))
        #expect(overrides.map(\.text) == ["llama.block_count=str:2", "general.architecture=int:3"])
        #expect(throws: QuantizationError.self) {
            try plan { $0.overrides = [try MetadataOverride(parsing: "general.architecture=str:qwen2")] }
        }
    }

    @Test(
        "an override that makes no sense is refused",
        arguments: [
            "a", "a=1", "=int:1", "a=int:x", "a=float:", "a=bool:yes", "a=text:x", "a=str:" + String(repeating: "x", count: 128),
            "general.alignment=int:64",
        ])
    func badOverrides(text: String) { #expect(throws: QuantizationError.self) { try MetadataOverride(parsing: text) } }

    @Test("COPY leaves every tensor and the file type alone")
    func copying() throws {
        let plan = try plan { $0.copiesTensors = true }
        #expect(plan.types.allSatisfy { $0.from == $0.to })
        #expect(plan.metadata.int(GGUFKey.fileType) == 1 && plan.metadata.int(GGUFKey.quantizationVersion) == 2)
    }

    @Test("COPY of a file without a file type marks the type as guessed")
    func guessedType() throws {
        let shape = try #require(TensorShape([32, 1]))
        let tensor = QuantizationPlan.Tensor(
            TensorSource(name: "a.weight", storedType: .q8_0, shape: shape, parts: [ByteRegion([UInt8](repeating: 0, count: 34))]),
            unquantizedType: .q8_0)
        var options = QuantizationOptions()
        options.copiesTensors = true
        let plan = try QuantizationPlan(metadata: GGUFMetadata(), tensors: [tensor], to: .f32, options: options)
        #expect(plan.metadata.int(GGUFKey.fileType) == 1024 + 7)
    }

    @Test("tensors that are left out of the matrix are quantized without it, and it counts as smaller")
    func limitedImportance() throws {
        let model = FixtureModel.all[1]
        let matrix = try ImportanceMatrix(try model.importanceMatrix(), file: "m")
        let limited = matrix.limited(to: ["attn_q"], without: [])
        #expect(limited.count == 8 && matrix.limited(to: [], without: ["attn_q"]).count == matrix.count - 8)
        let plan = try plan(model) { $0.importance = limited }
        #expect(plan.metadata.int("quantize.imatrix.entries_count") == 8)
        #expect(plan.unweighted.contains("blk.0.ffn_up.weight") && !plan.unweighted.contains("blk.0.attn_q.weight"))
        let none = try self.plan(model) { $0.importance = matrix.limited(to: ["nothing"], without: []) }
        #expect(none.metadata["quantize.imatrix.file"] == nil)
    }

    @Test("a matrix that knows none of the tensors is of another model")
    func foreignImportance() throws {
        let matrix = try ImportanceMatrix(try FixtureModel.all[4].importanceMatrix(), file: "other.gguf")
        let file = try FixtureModel.file(
            try FixtureModel.all[0].file().metadata,
            [("blk.0.other.weight", .f32, try #require(TensorShape([256, 2])), [UInt8](repeating: 0, count: 2048))])
        var options = QuantizationOptions()
        options.importance = matrix
        // Not named in the macro, which would print the whole plan should it fail.
        var refusal: QuantizationError?
        do { _ = try QuantizationPlan(file, to: .q4_0, options: options) } catch let error as QuantizationError { refusal = error }
        #expect(refusal == .foreignImportance(file: "other.gguf", tensor: "blk.0.other.weight"))
    }

    @Test("what is no number is taken as zero on demand, named and counted, and named and refused otherwise")
    func notFinite() throws {
        var values = FixtureValues.pattern("normal", count: 512)
        (values[7], values[300]) = (.nan, -.infinity)
        let data = values.flatMap { bytes($0.bitPattern) }
        let shape = try #require(TensorShape([256, 2]))
        let file = try FixtureModel.file(try FixtureModel.all[0].file().metadata, [("blk.0.attn_q.weight", .f32, shape, data)])
        func write(_ allows: Bool) throws -> ([UInt8], [String]) {
            var options = QuantizationOptions()
            options.allowsNonFinite = allows
            var (written, warnings) = ([UInt8](), [String]())
            try QuantizationPlan(file, to: .q4_K_M, options: options).file()
                .write(on: ThreadPool(threads: 1), to: { written.append(contentsOf: $0) }, warning: { warnings.append($0) })
            return (written, warnings)
        }
        #expect { try write(false) } throws: { "\($0)" == "tensor 'blk.0.attn_q.weight': element 7 is nan" }
        let (written, warnings) = try write(true)
        #expect(warnings == ["tensor 'blk.0.attn_q.weight': 2 weights are not finite and were taken as 0"])
        (values[7], values[300]) = (0, 0)
        let read = try GGUFFile(ByteRegion(written), name: "w")
        let tensor = try #require(read.tensor(named: "blk.0.attn_q.weight"))
        #expect(read.bytes(of: tensor).bytes() == RowCodec.reference.quantize(values, columns: 256, to: tensor.type))
    }
}

extension GGUFMetadata {
    fileprivate func count(where isWanted: (String) -> Bool) -> Int { keys.count(where: isWanted) }
}
