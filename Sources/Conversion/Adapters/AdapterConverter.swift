import Bytes
public import GGUF
import Safetensors
import Tensors

/// Converts a LoRA adapter of PEFT or MLX to GGUF, as llama.cpp's `convert_lora_to_gguf.py` does: factors in F32, and those of
/// queries and keys regrouped where the base's rows are.
///
///     let file = try AdapterConverter(base: AdapterBase(model)).convert(AdapterFolder(path: "lora"))
///
/// GGUF knows one alpha for the whole file. Where a module's scale is another than this alpha makes it, its B is multiplied.
public struct AdapterConverter: Sendable {
    public let base: AdapterBase

    static let ranks = 1...(1 << 16)

    public init(base: AdapterBase) { self.base = base }

    /// Both factors of one module.
    private struct Pair {
        let module: String
        var down: AdapterMatrix?
        var up: AdapterMatrix?

        /// Both of them, of one rank.
        func factors(_ path: String, ranks: ClosedRange<Int>) throws(ConversionError) -> (down: AdapterMatrix, up: AdapterMatrix) {
            guard let down, let up else {
                throw .adapter(path: path, problem: "module '\(module)' has no \(down == nil ? "lora_A" : "lora_B")")
            }
            guard up.columns == down.rows, ranks.contains(up.columns) else {
                throw .adapter(
                    path: path, problem: "module '\(module)': lora_A has rank \(down.rows), lora_B \(up.columns)")
            }
            return (down, up)
        }
    }

    /// - Returns: the adapter's file, in memory.
    /// - Throws: `ConversionError` and `GGUFError`, which name the first tensor that does not fit the base.
    public func convert(_ folder: AdapterFolder) throws -> GGUFAdapter {
        let scaling = try AdapterScaling(folder.config)
        let pairs = try pairs(of: folder)
        guard let architecture = base.metadata.architecture else { throw GGUFError.missingKey(GGUFKey.architecture) }
        var tensors: [(name: String, matrix: AdapterMatrix)] = []
        var stacks = ExpertStacks()
        var alpha: Double?
        for pair in pairs {
            let expert = AdapterNames.expert(of: pair.module)
            guard let target = expert?.target ?? AdapterNames.target(of: pair.module) else {
                throw ConversionError.adapter(path: folder.path, problem: "module '\(pair.module)' cannot be converted")
            }
            let (down, stored) = try pair.factors(folder.path, ranks: Self.ranks)
            var up = stored
            let rank = up.columns
            let wanted = try scaling.scale(of: pair.module, rank: rank, folder.config)
            let fileAlpha = alpha ?? scaling.fileAlpha(rankOfFirst: rank)
            alpha = fileAlpha
            let factor = wanted * Double(rank) / fileAlpha
            if abs(factor - 1) > 1e-7 { up.multiply(by: Float(factor)) }
            if let expert {
                try stacks.add(down, up, at: expert.index, of: target, base.shape(of: target), folder.path)
                continue
            }
            if let heads = try rotaryHeads(of: target, architecture) { up = try up.regrouped(heads: heads, target, folder.path) }
            tensors.append((target + GGUFAdapter.downSuffix, target == GGUFAdapter.embeddingName ? down.transposed : down))
            tensors.append((target + GGUFAdapter.upSuffix, up))
        }
        tensors += stacks.tensors
        let file = try file(architecture, alpha: alpha ?? 1, tensors, named: folder.path)
        let adapter = try GGUFAdapter(file, name: folder.path)
        try base.check(adapter)
        return adapter
    }

    private func pairs(of folder: AdapterFolder) throws(ConversionError) -> [Pair] {
        var pairs: [Pair] = []
        var places: [String: Int] = [:]
        for tensor in try folder.tensors() {
            guard let factor = AdapterNames.factor(tensor.name) else {
                let reason =
                    tensor.name.contains("lora_magnitude_vector") || tensor.name.hasSuffix(".m")
                    ? "a magnitude of DoRA, which rescales whole columns" : "neither a lora_A nor a lora_B"
                throw .adapter(path: folder.path, problem: "tensor '\(tensor.name)' is \(reason)")
            }
            let place = places[factor.module] ?? pairs.count
            if place == pairs.count {
                pairs.append(Pair(module: factor.module))
                places[factor.module] = place
            }
            let stored = try AdapterMatrix(tensor)
            let matrix = factor.isTransposed ? stored.transposed : stored
            if factor.isDown { pairs[place].down = matrix } else { pairs[place].up = matrix }
        }
        guard !pairs.isEmpty else { throw .adapter(path: folder.path, problem: "no tensors") }
        return pairs.sorted { Self.order($0.module).lexicographicallyPrecedes(Self.order($1.module)) }
    }

    /// Modules without a layer first, then layer by layer: an order that does not depend on who wrote the file.
    private static func order(_ module: String) -> [String] {
        let target = AdapterNames.expert(of: module)?.target ?? AdapterNames.target(of: module) ?? module
        let parts = target.split(separator: ".").map(String.init)
        guard parts.first == "blk", parts.count > 1 else { return ["", target] }
        return ["blk", String(repeating: "0", count: max(0, 8 - parts[1].count)) + parts[1], target]
    }

    /// Heads whose rows the base's converter regroups: those of queries and keys of the architecture `llama`.
    private func rotaryHeads(of target: String, _ architecture: String) throws(GGUFError) -> Int? {
        guard architecture == Llama.ggufName else { return nil }
        let heads = try base.metadata.requiredInt(GGUFKey.headCount(architecture))
        if target.hasSuffix(".attn_q.weight") { return heads }
        return target.hasSuffix(".attn_k.weight")
            ? try base.metadata.optionalInt(GGUFKey.headCountKV(architecture)) ?? heads : nil
    }

    private func file(
        _ architecture: String, alpha: Double, _ tensors: [(name: String, matrix: AdapterMatrix)], named name: String
    ) throws(GGUFError) -> GGUFFile {
        var metadata = GGUFMetadata()
        metadata[GGUFKey.architecture] = .string(architecture)
        metadata[GGUFKey.type] = .string("adapter")
        metadata[GGUFKey.adapterType] = .string("lora")
        metadata[GGUFKey.adapterAlpha] = .float32(Float(alpha))
        metadata[GGUFKey.quantizationVersion] = .uint32(2)
        var described: [(String, TensorType, TensorShape)] = []
        for (name, matrix) in tensors {
            guard let shape = TensorShape(matrix.extents) else {
                throw .unwritable(problem: "tensor '\(name)' has too many elements")
            }
            described.append((name, .f32, shape))
        }
        let layout = try GGUFLayout(metadata: metadata, tensors: described)
        var writer = ByteWriter()
        writer.write(contentsOf: layout.header)
        for (_, matrix) in tensors {
            for value in matrix.values { writer.write(value) }
            writer.pad(to: layout.alignment)
        }
        return try GGUFFile(ByteRegion(writer.bytes), name: name)
    }
}
