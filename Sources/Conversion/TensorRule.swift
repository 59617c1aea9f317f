import Bytes
import Safetensors
import Tensors

/// How one tensor of the GGUF is made of a checkpoint's.
public struct TensorRule: Sendable {
    /// Where it may come from; the first that the checkpoint has counts.
    let origins: [Origin]
    /// The GGUF's name.
    let target: String
    /// Extents, outermost first.
    let shape: [Int]
    var isRequired: Bool
    /// Heads whose rows are regrouped for rotary embedding on neighbouring pairs, as ggml's `llama` has them; nil for rows
    /// that stay as they are.
    var rotaryHeads: Int?
    /// The type that the tensor gets whatever is asked for; nil for the one asked for.
    var writtenType: TensorType?
    /// Added to every element of a vector: Gemma stores its norms less one.
    var offset: Float = 0

    enum Origin: Sendable {
        /// A tensor of the same shape.
        case whole(String)
        /// Tensors that lie one after the other: experts, each of the shape but for its outermost extent.
        case stack([String])
        /// The rows `range` of every expert in a tensor whose experts have `height`: gate or up where both are fused.
        case rows(Range<Int>, height: Int, of: String)

        var names: [String] {
            switch self {
            case .whole(let name), .rows(_, _, let name): [name]
            case .stack(let names): names
            }
        }
    }

    init(_ origins: [Origin], target: String, shape: [Int], isRequired: Bool = true) {
        (self.origins, self.target, self.shape, self.isRequired) = (origins, target, shape, isRequired)
    }

    init(
        source: String, target: String, shape: [Int], isRequired: Bool = true, rotaryHeads: Int? = nil,
        writtenType: TensorType? = nil
    ) {
        self.init([.whole(source)], target: target, shape: shape, isRequired: isRequired)
        (self.rotaryHeads, self.writtenType) = (rotaryHeads, writtenType)
    }

    /// The origin that a checkpoint with these tensors has, or nil where it has none.
    func origin(in stored: [String: SafetensorsTensor]) -> Origin? {
        origins.first { origin in origin.names.contains { stored[$0] != nil } }
    }

    /// The tensor to be written, made of an origin whose tensors are all there.
    func source(from origin: Origin, in stored: [String: SafetensorsTensor]) throws(ConversionError) -> TensorSource {
        switch origin {
        case .whole(let name):
            guard let tensor = stored[name] else { throw .missingTensors(names: [name]) }
            return try whole(tensor)
        case .stack(let names):
            var parts: [ByteRegion] = []
            var type: TensorType?
            for name in names {
                guard let tensor = stored[name] else { throw .missingTensors(names: [name]) }
                let partType = try Self.weightType(of: tensor, shape: Array(shape.dropFirst()))
                guard partType == type ?? partType else {
                    throw .tensorType(name: tensor.name, type: tensor.type.rawValue)
                }
                type = partType
                parts.append(tensor.bytes)
            }
            return try source(type ?? .f32, parts)
        case .rows(let range, let height, let name):
            guard let tensor = stored[name] else { throw .missingTensors(names: [name]) }
            let storedShape = [shape[0], height, shape[2]]
            let type = try Self.weightType(of: tensor, shape: storedShape)
            let rowBytes = shape[2] * tensor.type.byteCount
            var parts: [ByteRegion] = []
            for expert in 0..<shape[0] {
                let start = (expert * height + range.lowerBound) * rowBytes
                guard let part = tensor.bytes.part(start..<start + range.count * rowBytes) else {
                    throw .tensorShape(name: tensor.name, found: tensor.shape, wanted: storedShape)
                }
                parts.append(part)
            }
            return try source(type, parts)
        }
    }

    private func whole(_ tensor: SafetensorsTensor) throws(ConversionError) -> TensorSource {
        let type = try Self.weightType(of: tensor, shape: shape)
        if offset != 0 { return try source(.f32, [shifted(tensor)]) }
        var source = try source(type, [tensor.bytes])
        if let rotaryHeads {
            if shape.count > 1 {
                source.rowOrder = .interleavedHalves(heads: rotaryHeads)
            } else {
                // A bias is one row, so its elements are regrouped here; it is as long as the matrix is high.
                source.parts = [Self.regrouped(tensor, heads: rotaryHeads)]
            }
        }
        return source
    }

    private func source(_ type: TensorType, _ parts: [ByteRegion]) throws(ConversionError) -> TensorSource {
        guard let ggufShape = TensorShape(shape.reversed()) else { throw .tensorShape(name: target, found: shape, wanted: shape) }
        return TensorSource(name: target, storedType: type, shape: ggufShape, parts: parts)
    }

    private static func weightType(of tensor: SafetensorsTensor, shape: [Int]) throws(ConversionError) -> TensorType {
        guard tensor.shape == shape else { throw .tensorShape(name: tensor.name, found: tensor.shape, wanted: shape) }
        guard let type = tensor.type.weightType else { throw .tensorType(name: tensor.name, type: tensor.type.rawValue) }
        return type
    }

    /// The elements of a vector in the order in which a matrix's rows are taken.
    private static func regrouped(_ vector: SafetensorsTensor, heads: Int) -> ByteRegion {
        let rows = TensorSource(
            name: vector.name, storedType: .f32, shape: TensorShape([1, vector.elementCount]) ?? TensorShape(vector: 1), parts: [],
            rowOrder: .interleavedHalves(heads: heads))
        let size = vector.type.byteCount
        let bytes = vector.bytes.bytes()
        return ByteRegion(
            (0..<vector.elementCount).flatMap { row in
                let start = rows.storedRow(row) * size
                return bytes[start..<start + size]
            })
    }

    /// The elements of a vector plus `offset`, as F32.
    private func shifted(_ vector: SafetensorsTensor) -> ByteRegion {
        let bytes = vector.bytes.bytes()
        let size = vector.type.byteCount
        var writer = ByteWriter()
        for start in stride(from: 0, to: bytes.count - size + 1, by: size) {
            let bits = bytes[start..<start + size].reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            writer.write(vector.type.float(bits: bits) + offset)
        }
        return ByteRegion(writer.bytes)
    }
}

extension SafetensorsType {
    /// The GGUF type of the same bytes, for the types that weights come in.
    var weightType: TensorType? {
        switch self {
        case .float32: .f32
        case .float16: .f16
        case .bfloat16: .bf16
        default: nil
        }
    }

    /// The number that an element's bits mean, for the types that weights come in.
    func float(bits: UInt32) -> Float {
        switch self {
        case .float16: Float(Float16(bitPattern: UInt16(truncatingIfNeeded: bits)))
        case .bfloat16: Float(bitPattern: bits << 16)
        default: Float(bitPattern: bits)
        }
    }
}
