import Bytes
public import Tensors

/// Where everything of a GGUF file to be written goes: the header's bytes, and the offset of each tensor.
///
/// A file is the header, then each tensor's bytes in order, each followed by zeros up to the alignment. Version 3.
public struct GGUFLayout: Sendable {
    /// Magic to tensor infos, padded to the alignment.
    public let header: [UInt8]
    public let tensors: [Placement]
    public let alignment: Int
    /// Bytes of the whole file, the last tensor's padding included, as llama.cpp writes it.
    public let totalByteCount: Int

    public struct Placement: Sendable, Hashable {
        public let tensor: GGUFTensor
        /// Offset from the start of the file.
        public let fileOffset: Int
        /// Zeros that follow the tensor's bytes.
        public let padding: Int
    }

    /// - Throws: `GGUFError.unwritable` where a row is not a whole number of blocks, a name is empty, too long or there twice.
    public init(
        metadata: GGUFMetadata, tensors: [(name: String, type: TensorType, shape: TensorShape)]
    ) throws(GGUFError) {
        let alignment = metadata.int(GGUFKey.alignment) ?? 32
        guard alignment > 0, alignment & (alignment - 1) == 0 else {
            throw .unwritable(problem: "the alignment \(alignment) is not a power of two")
        }
        self.alignment = alignment
        var writer = ByteWriter()
        writer.write(contentsOf: "GGUF".utf8)
        writer.write(UInt32(3))
        writer.write(UInt64(tensors.count))
        writer.write(UInt64(metadata.count))
        for entry in metadata.entries {
            writer.write(string: GGUFString(entry.key))
            writer.write(entry.value)
        }
        var offset = 0
        var placed: [(tensor: GGUFTensor, offset: Int, padding: Int)] = []
        var names: Set<String> = []
        for (name, type, shape) in tensors {
            // llama.cpp keeps names in 64 bytes, the closing zero included.
            guard (1...63).contains(name.utf8.count) else {
                throw .unwritable(problem: "tensor '\(name)': a name of \(name.utf8.count) bytes, not 1 to 63")
            }
            guard names.insert(name).inserted else { throw .unwritable(problem: "tensor '\(name)' comes twice") }
            guard let byteCount = type.byteCount(of: shape) else {
                throw .unwritable(
                    problem:
                        "tensor '\(name)': \(shape.columns) columns, not a multiple of the \(type.name) block size \(type.blockSize)"
                )
            }
            writer.write(string: GGUFString(name))
            writer.write(UInt32(shape.dimensions.count))
            for extent in shape.dimensions { writer.write(UInt64(extent)) }
            writer.write(type.rawValue)
            writer.write(UInt64(offset))
            let padding = (alignment - byteCount % alignment) % alignment
            placed.append((GGUFTensor(name: name, type: type, shape: shape, byteCount: byteCount), offset, padding))
            let (end, overflow) = offset.addingReportingOverflow(byteCount + padding)
            guard !overflow else { throw .unwritable(problem: "tensor '\(name)': the file gets larger than can be counted") }
            offset = end
        }
        writer.pad(to: alignment)
        header = writer.bytes
        let dataStart = header.count
        self.tensors = placed.map { Placement(tensor: $0.tensor, fileOffset: dataStart + $0.offset, padding: $0.padding) }
        totalByteCount = dataStart + offset
    }
}

extension ByteWriter {
    mutating func write(string: GGUFString) {
        write(UInt64(string.region.count))
        write(string.region)
    }

    /// Writes a metadata value: its type's number, then its bytes.
    mutating func write(_ value: GGUFValue) {
        write(value.type.rawValue)
        switch value {
        case .uint8(let value): write(value)
        case .int8(let value): write(value)
        case .uint16(let value): write(value)
        case .int16(let value): write(value)
        case .uint32(let value): write(value)
        case .int32(let value): write(value)
        case .float32(let value): write(value)
        case .bool(let value): write(UInt8(value ? 1 : 0))
        case .string(let value): write(string: value)
        case .array(let value): write(value)
        case .uint64(let value): write(value)
        case .int64(let value): write(value)
        case .float64(let value): write(value)
        }
    }

    private mutating func write(_ array: GGUFArray) {
        write(array.type.rawValue)
        write(UInt64(array.count))
        switch array {
        case .uint8(let elements): write(contentsOf: elements)
        case .int8(let elements): for element in elements { write(element) }
        case .uint16(let elements): for element in elements { write(element) }
        case .int16(let elements): for element in elements { write(element) }
        case .uint32(let elements): for element in elements { write(element) }
        case .int32(let elements): for element in elements { write(element) }
        case .float32(let elements): for element in elements { write(element) }
        case .bool(let elements): for element in elements { write(UInt8(element ? 1 : 0)) }
        case .string(let elements): for element in elements { write(string: element) }
        case .uint64(let elements): for element in elements { write(element) }
        case .int64(let elements): for element in elements { write(element) }
        case .float64(let elements): for element in elements { write(element) }
        }
    }
}
