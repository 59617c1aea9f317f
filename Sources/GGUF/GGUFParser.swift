import Bytes
import Tensors

/// Reads one file's header.
///
/// 1. Magic `GGUF`, version (2 or 3), tensor count, metadata count: 4 + 4 + 8 + 8 bytes, little endian.
/// 2. Metadata: key (length, bytes), value type, value; an array is element type, count, elements.
/// 3. Tensor infos: name, number of dimensions, extents innermost first, type, offset from the data section.
/// 4. Zeros up to the alignment (`general.alignment`, 32 without it), then the data section.
///
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Every count and length is compared with the bytes that
/// are left before anything is reserved for it.
struct GGUFParser {
    private let file: String
    private var reader: ByteReader

    struct Header {
        var version: UInt32
        var alignment: Int
        var metadata: GGUFMetadata
        var tensors: [GGUFTensor]
        var regions: [ByteRegion]
        /// The shard that each tensor lies in, from 0.
        var shards: [Int]
        var shardCount = 1
    }

    private struct TensorInfo {
        var tensor: GGUFTensor
        var offset: UInt64
    }

    init(_ region: ByteRegion, file: String) {
        self.file = file
        reader = ByteReader(region)
    }

    mutating func parse() throws(GGUFError) -> Header {
        let version = try parseVersion()
        let tensorCount: UInt64 = try read("the tensor count")
        let pairCount: UInt64 = try read("the metadata count")
        // The shortest pair (a key of one byte, a byte) has 14 bytes, the shortest tensor info 33.
        try checkCount(tensorCount, of: "tensors", shortest: 33)
        try checkCount(pairCount, of: "metadata pairs", shortest: 14)
        let metadata = try parseMetadata(count: pairCount)
        let alignment = try alignment(of: metadata)
        let infos = try parseTensorInfos(count: Int(tensorCount))
        let regions = try dataRegions(of: infos, alignment: alignment)
        return Header(
            version: version, alignment: alignment, metadata: metadata, tensors: infos.map(\.tensor), regions: regions,
            shards: Array(repeating: 0, count: infos.count))
    }

    private mutating func parseVersion() throws(GGUFError) -> UInt32 {
        let magic = try (0..<4).map { _ throws(GGUFError) -> UInt8 in try read("the magic") }
        guard magic == Array("GGUF".utf8) else {
            let printable = magic.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
            let found = printable ? "'\(String(decoding: magic, as: UTF8.self))'" : "bytes \(magic)"
            throw .notGGUF(file: file, found: found)
        }
        let version: UInt32 = try read("the version")
        if version & 0xFFFF == 0, version != 0 { throw .bigEndian(file: file) }
        guard version == 2 || version == 3 else { throw .unsupportedVersion(file: file, version: version) }
        return version
    }

    // MARK: Metadata

    private mutating func parseMetadata(count: UInt64) throws(GGUFError) -> GGUFMetadata {
        var metadata = GGUFMetadata()
        for index in 0..<count {
            let key = try parseKey(number: index)
            guard metadata[key] == nil else { throw .duplicateKey(file: file, key: key) }
            metadata[key] = try parseValue(of: key)
        }
        return metadata
    }

    private mutating func parseKey(number: UInt64) throws(GGUFError) -> String {
        let bytes = try readString("metadata key number \(number)", limit: 65_535)
        guard !bytes.isEmpty else { throw .invalidKey(file: file, problem: "number \(number) is empty") }
        guard let key = String(validating: bytes.bytes(), as: UTF8.self) else {
            throw .invalidKey(file: file, problem: "number \(number) is not UTF-8")
        }
        return key
    }

    private mutating func parseValueType(of key: String) throws(GGUFError) -> GGUFValueType {
        let number: UInt32 = try read("the type of '\(key)'")
        guard let type = GGUFValueType(rawValue: number) else { throw .unknownValueType(file: file, key: key, type: number) }
        return type
    }

    private mutating func parseValue(of key: String) throws(GGUFError) -> GGUFValue {
        switch try parseValueType(of: key) {
        case .uint8: .uint8(try read(key))
        case .int8: .int8(try read(key))
        case .uint16: .uint16(try read(key))
        case .int16: .int16(try read(key))
        case .uint32: .uint32(try read(key))
        case .int32: .int32(try read(key))
        case .float32: .float32(Float(bitPattern: try read(key)))
        case .bool: .bool(try readBool(key))
        case .string: .string(GGUFString(try readString("the value of '\(key)'", limit: .max)))
        case .array: .array(try parseArray(of: key))
        case .uint64: .uint64(try read(key))
        case .int64: .int64(try read(key))
        case .float64: .float64(Double(bitPattern: try read(key)))
        }
    }

    private mutating func parseArray(of key: String) throws(GGUFError) -> GGUFArray {
        let type = try parseValueType(of: key)
        let count: UInt64 = try read("the length of '\(key)'")
        let what = "elements in '\(key)'"
        switch type {
        case .uint8: return .uint8(try elements(count, what))
        case .int8: return .int8(try elements(count, what))
        case .uint16: return .uint16(try elements(count, what))
        case .int16: return .int16(try elements(count, what))
        case .uint32: return .uint32(try elements(count, what))
        case .int32: return .int32(try elements(count, what))
        case .float32: return .float32(try elements(count, what).map { Float(bitPattern: $0) })
        case .uint64: return .uint64(try elements(count, what))
        case .int64: return .int64(try elements(count, what))
        case .float64: return .float64(try elements(count, what).map { Double(bitPattern: $0) })
        case .bool:
            try checkCount(count, of: what, shortest: 1)
            var flags: [Bool] = []
            for _ in 0..<count { flags.append(try readBool(key)) }
            return .bool(flags)
        case .string: return .string(try parseStrings(count, of: key))
        case .array: throw .invalidValue(file: file, key: key, problem: "an array of arrays, which nothing reads")
        }
    }

    private mutating func elements<Element: FixedWidthInteger>(_ count: UInt64, _ what: String) throws(GGUFError) -> [Element] {
        try checkCount(count, of: what, shortest: MemoryLayout<Element>.size)
        var elements: [Element] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count { elements.append(try read(what)) }
        return elements
    }

    private mutating func parseStrings(_ count: UInt64, of key: String) throws(GGUFError) -> GGUFStrings {
        try checkCount(count, of: "strings in '\(key)'", shortest: 8)
        var starts: [Int] = []
        var lengths: [Int32] = []
        starts.reserveCapacity(Int(count))
        lengths.reserveCapacity(Int(count))
        for index in 0..<count {
            let string = try readString("string \(index) of '\(key)'", limit: UInt64(Int32.max))
            starts.append(reader.offset - string.count)
            lengths.append(Int32(string.count))
        }
        return GGUFStrings(region: reader.region, starts: starts, lengths: lengths)
    }

    private func alignment(of metadata: GGUFMetadata) throws(GGUFError) -> Int {
        guard let value = metadata[GGUFKey.alignment] else { return 32 }
        guard case .uint32(let alignment) = value else {
            throw .invalidValue(file: file, key: GGUFKey.alignment, problem: "\(value.kind), not a uint32")
        }
        guard alignment > 0, alignment & (alignment - 1) == 0, alignment <= 1 << 20 else {
            throw .invalidValue(file: file, key: GGUFKey.alignment, problem: "\(alignment), not a power of two up to 1048576")
        }
        return Int(alignment)
    }

    // MARK: Tensors

    private mutating func parseTensorInfos(count: Int) throws(GGUFError) -> [TensorInfo] {
        var infos: [TensorInfo] = []
        var names: Set<String> = []
        infos.reserveCapacity(count)
        for number in 0..<count {
            let bytes = try readString("the name of tensor number \(number)", limit: 1024)
            guard let name = String(validating: bytes.bytes(), as: UTF8.self), !name.isEmpty else {
                throw .invalidTensor(
                    file: file, tensor: "number \(number)", problem: bytes.isEmpty ? "an empty name" : "a name that is not UTF-8")
            }
            guard names.insert(name).inserted else { throw .duplicateTensor(file: file, tensor: name) }
            infos.append(try parseTensorInfo(name))
        }
        return infos
    }

    private mutating func parseTensorInfo(_ name: String) throws(GGUFError) -> TensorInfo {
        let dimensionCount: UInt32 = try read("the dimensions of tensor '\(name)'")
        guard (1...4).contains(dimensionCount) else {
            throw .invalidTensor(file: file, tensor: name, problem: "\(dimensionCount) dimensions, not 1 to 4")
        }
        var extents: [UInt64] = []
        for _ in 0..<dimensionCount { extents.append(try read("the dimensions of tensor '\(name)'")) }
        let typeNumber: UInt32 = try read("the type of tensor '\(name)'")
        let offset: UInt64 = try read("the offset of tensor '\(name)'")
        guard extents.allSatisfy({ $0 <= UInt64(Int.max) }), let shape = TensorShape(extents.map { Int($0) }) else {
            throw .invalidTensor(file: file, tensor: name, problem: "the shape \(extents) has more elements than can be counted")
        }
        guard let type = TensorType(rawValue: typeNumber) else {
            throw .invalidTensor(file: file, tensor: name, problem: "the unknown type \(typeNumber)")
        }
        guard let byteCount = type.byteCount(of: shape) else {
            let problem =
                shape.columns % type.blockSize != 0
                ? "\(shape.columns) columns, not a multiple of the \(type.name) block size \(type.blockSize)"
                : "the shape \(shape) in \(type.name) has more bytes than can be counted"
            throw .invalidTensor(file: file, tensor: name, problem: problem)
        }
        return TensorInfo(tensor: GGUFTensor(name: name, type: type, shape: shape, byteCount: byteCount), offset: offset)
    }

    /// Cuts the data section into tensors; each must be aligned, inside the file, and nobody else's.
    private func dataRegions(of infos: [TensorInfo], alignment: Int) throws(GGUFError) -> [ByteRegion] {
        guard !infos.isEmpty else { return [] }
        let dataStart = (reader.offset + alignment - 1) / alignment * alignment
        let available = max(0, reader.region.count - dataStart)
        var regions: [ByteRegion] = []
        regions.reserveCapacity(infos.count)
        for info in infos {
            let (tensor, offset) = (info.tensor, info.offset)
            guard offset % UInt64(alignment) == 0 else {
                throw .invalidTensor(
                    file: file, tensor: tensor.name, problem: "the offset \(offset) is not a multiple of the alignment \(alignment)"
                )
            }
            guard let data = reader.region.part(min(dataStart, reader.region.count)..<reader.region.count),
                let region = data.part(offset: offset, length: UInt64(tensor.byteCount))
            else {
                throw .invalidTensor(
                    file: file, tensor: tensor.name,
                    problem: "\(tensor.byteCount) bytes at offset \(offset), but the data section has \(available) bytes")
            }
            regions.append(region)
        }
        try checkOverlaps(infos)
        return regions
    }

    private func checkOverlaps(_ infos: [TensorInfo]) throws(GGUFError) {
        let byOffset = infos.filter { $0.tensor.byteCount > 0 }.sorted { $0.offset < $1.offset }
        for (first, second) in zip(byOffset, byOffset.dropFirst())
        where first.offset + UInt64(first.tensor.byteCount) > second.offset {
            throw .invalidTensor(
                file: file, tensor: second.tensor.name,
                problem: "its bytes from offset \(second.offset) overlap those of '\(first.tensor.name)'")
        }
    }

    // MARK: Pieces

    /// - Parameter what: the thing to be named in an error; not spelled out before there is one.
    private mutating func read<Value: FixedWidthInteger>(_ what: @autoclosure () -> String) throws(GGUFError) -> Value {
        do { return try reader.read() } catch { throw truncated(what()) }
    }

    private mutating func readBool(_ key: String) throws(GGUFError) -> Bool {
        let byte: UInt8 = try read(key)
        guard byte < 2 else { throw .invalidValue(file: file, key: key, problem: "a boolean of value \(byte)") }
        return byte == 1
    }

    private mutating func readString(_ what: @autoclosure () -> String, limit: UInt64) throws(GGUFError) -> ByteRegion {
        let length: UInt64 = try read("the length of \(what())")
        guard length <= limit else { throw .tooMany(file: file, what: "bytes in \(what())", count: length, limit: limit) }
        guard length <= UInt64(reader.remaining) else {
            throw .tooMany(file: file, what: "bytes in \(what())", count: length, limit: UInt64(reader.remaining))
        }
        do { return try reader.readRegion(length) } catch { throw truncated(what()) }
    }

    private func checkCount(_ count: UInt64, of what: String, shortest: Int) throws(GGUFError) {
        let limit = UInt64(reader.remaining / shortest)
        guard count <= limit else { throw .tooMany(file: file, what: what, count: count, limit: limit) }
    }

    private func truncated(_ what: String) -> GGUFError {
        .truncatedHeader(file: file, reading: what, offset: reader.region.count)
    }
}
