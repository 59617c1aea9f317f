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
        var down: Matrix?
        var up: Matrix?
    }

    /// - Returns: the adapter's file, in memory.
    /// - Throws: `ConversionError` and `GGUFError`, which name the first tensor that does not fit the base.
    public func convert(_ folder: AdapterFolder) throws -> GGUFAdapter {
        let scaling = try AdapterScaling(folder.config)
        let pairs = try pairs(of: folder)
        guard let architecture = base.metadata.architecture else { throw GGUFError.missingKey(GGUFKey.architecture) }
        var tensors: [(name: String, matrix: Matrix)] = []
        var alpha: Double?
        for pair in pairs {
            guard let target = AdapterNames.target(of: pair.module) else {
                throw ConversionError.adapter(path: folder.path, problem: "module '\(pair.module)' cannot be converted")
            }
            guard let down = pair.down, var up = pair.up else {
                throw ConversionError.adapter(
                    path: folder.path, problem: "module '\(pair.module)' has no \(pair.down == nil ? "lora_A" : "lora_B")")
            }
            let rank = up.columns
            guard rank == down.rows, Self.ranks.contains(rank) else {
                throw ConversionError.adapter(
                    path: folder.path, problem: "module '\(pair.module)': lora_A has rank \(down.rows), lora_B \(rank)")
            }
            let wanted = try scaling.scale(of: pair.module, rank: rank, folder.config)
            let fileAlpha = alpha ?? scaling.fileAlpha(rankOfFirst: rank)
            alpha = fileAlpha
            let factor = wanted * Double(rank) / fileAlpha
            if abs(factor - 1) > 1e-7 { up.multiply(by: Float(factor)) }
            if let heads = try rotaryHeads(of: target, architecture) { up = try up.regrouped(heads: heads, target, folder.path) }
            tensors.append((target + GGUFAdapter.downSuffix, target == GGUFAdapter.embeddingName ? down.transposed : down))
            tensors.append((target + GGUFAdapter.upSuffix, up))
        }
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
            let stored = try Matrix(tensor)
            let matrix = factor.isTransposed ? stored.transposed : stored
            if factor.isDown { pairs[place].down = matrix } else { pairs[place].up = matrix }
        }
        guard !pairs.isEmpty else { throw .adapter(path: folder.path, problem: "no tensors") }
        return pairs.sorted { Self.order($0.module).lexicographicallyPrecedes(Self.order($1.module)) }
    }

    /// Modules without a layer first, then layer by layer: an order that does not depend on who wrote the file.
    private static func order(_ module: String) -> [String] {
        let target = AdapterNames.target(of: module) ?? module
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
        _ architecture: String, alpha: Double, _ tensors: [(name: String, matrix: Matrix)], named name: String
    ) throws(GGUFError) -> GGUFFile {
        var metadata = GGUFMetadata()
        metadata[GGUFKey.architecture] = .string(architecture)
        metadata[GGUFKey.type] = .string("adapter")
        metadata[GGUFKey.adapterType] = .string("lora")
        metadata[GGUFKey.adapterAlpha] = .float32(Float(alpha))
        metadata[GGUFKey.quantizationVersion] = .uint32(2)
        var described: [(String, TensorType, TensorShape)] = []
        for (name, matrix) in tensors {
            guard let shape = TensorShape([matrix.columns, matrix.rows]) else {
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

/// A factor in memory, row by row.
private struct Matrix {
    var values: [Float]
    let rows: Int
    let columns: Int

    init(_ tensor: SafetensorsTensor) throws(ConversionError) {
        guard tensor.shape.count == 2 else { throw .tensorShape(name: tensor.name, found: tensor.shape, wanted: [0, 0]) }
        guard tensor.type.weightType != nil else { throw .tensorType(name: tensor.name, type: tensor.type.rawValue) }
        (rows, columns) = (tensor.shape[0], tensor.shape[1])
        let size = tensor.type.byteCount
        let bytes = tensor.bytes.bytes()
        values = (0..<tensor.elementCount).map { index in
            var bits: UInt32 = 0
            for byte in 0..<size { bits |= UInt32(bytes[index * size + byte]) << UInt32(8 * byte) }
            return tensor.type.float(bits: bits)
        }
    }

    private init(_ values: [Float], rows: Int, columns: Int) { (self.values, self.rows, self.columns) = (values, rows, columns) }

    var transposed: Matrix {
        Matrix((0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }, rows: columns, columns: rows)
    }

    mutating func multiply(by factor: Float) { for index in values.indices { values[index] *= factor } }

    /// The rows in the order that the base's converter gives its own.
    func regrouped(heads: Int, _ target: String, _ path: String) throws(ConversionError) -> Matrix {
        guard heads > 0, rows % heads == 0, rows / heads % 2 == 0, let shape = TensorShape([columns, rows]) else {
            throw .adapter(path: path, problem: "tensor '\(target)': lora_B has \(rows) rows, which \(heads) heads cannot share")
        }
        let order = TensorSource(
            name: target, storedType: .f32, shape: shape, parts: [], rowOrder: .interleavedHalves(heads: heads))
        return Matrix(
            (0..<rows).flatMap { row in
                let start = order.storedRow(row) * columns
                return values[start..<start + columns]
            }, rows: rows, columns: columns)
    }
}
