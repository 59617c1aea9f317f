public import Bytes
import JSONText

/// A safetensors file, checked and mapped.
///
/// 1. 8 bytes: the length of the header, little-endian.
/// 2. The header, a JSON object: for each tensor `dtype`, `shape` and `data_offsets` (begin and end within the data); under
///    `__metadata__` an object of strings, or MLX's null. Blanks may follow it.
/// 3. The data. The tensors, by their offsets, cover it from its first byte to its last without hole or overlap.
///
/// Rules and limits: https://github.com/huggingface/safetensors, `safetensors/src/tensor.rs`. The data need not be aligned.
public struct SafetensorsFile: Sendable {
    /// What the file is called in errors.
    public let name: String
    /// In the order of their data.
    public let tensors: [SafetensorsTensor]
    public let metadata: [String: String]

    static let headerByteLimit: UInt64 = 100_000_000
    static let metadataKey = "__metadata__"

    public init(path: String) throws(SafetensorsError) {
        let region: ByteRegion
        do throws(BytesError) { region = try .mapping(path) } catch { throw .unreadable(error) }
        try self.init(region, name: path)
    }

    public init(_ region: ByteRegion, name: String) throws(SafetensorsError) {
        let (header, data) = try Self.split(region, name: name)
        var entries: [Entry] = []
        var metadata: [String: String] = [:]
        for (key, value) in header {
            if key == Self.metadataKey {
                metadata = try Self.metadata(value, file: name)
            } else {
                entries.append(try Entry(name: key, value: value, file: name))
            }
        }
        entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
        self.name = name
        self.metadata = metadata
        tensors = try Self.place(entries, in: data, file: name)
    }

    /// Cuts the region into the parsed header and the data behind it.
    private static func split(
        _ region: ByteRegion, name: String
    ) throws(SafetensorsError) -> (header: JSONObject, data: ByteRegion) {
        var reader = ByteReader(region)
        guard let length = try? reader.read(UInt64.self) else { throw .tooShort(file: name, byteCount: region.count) }
        guard length <= headerByteLimit else { throw .headerTooLong(file: name, byteCount: length) }
        guard let header = try? reader.readRegion(length), let data = region.part(reader.offset..<region.count) else {
            throw .headerPastEnd(file: name, byteCount: length, available: reader.remaining)
        }
        guard !header.isEmpty, header[0] == UInt8(ascii: "{") else { throw .headerIsNoObject(file: name) }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: header.bytes(), limits: JSONLimits(depth: 4))
        } catch { throw .malformedHeader(file: name, error) }
        guard let object = value.object else { throw .headerIsNoObject(file: name) }
        return (object, data)
    }

    private static func metadata(_ value: JSONValue, file: String) throws(SafetensorsError) -> [String: String] {
        // MLX's command lines write it so where there is nothing to say.
        if case .null = value { return [:] }
        guard let object = value.object else { throw .malformedMetadata(file: file) }
        var metadata: [String: String] = [:]
        for (key, value) in object {
            guard let text = value.string else { throw .malformedMetadata(file: file) }
            metadata[key] = text
        }
        return metadata
    }

    /// Gives each entry its bytes, and sees that nothing is left between, before or behind them.
    private static func place(
        _ entries: [Entry], in data: ByteRegion, file: String
    ) throws(SafetensorsError) -> [SafetensorsTensor] {
        var tensors: [SafetensorsTensor] = []
        tensors.reserveCapacity(entries.count)
        var end = 0
        for entry in entries {
            guard entry.begin == end else {
                throw .offsetsNotContiguous(file: file, tensor: entry.name, begin: entry.begin, wanted: end)
            }
            guard let wanted = SafetensorsTensor.byteCount(type: entry.type, shape: entry.shape) else {
                throw .sizeOverflow(file: file, tensor: entry.name, shape: entry.shape)
            }
            guard wanted == entry.end - entry.begin else {
                throw .sizeMismatch(file: file, tensor: entry.name, byteCount: entry.end - entry.begin, wanted: wanted)
            }
            guard let bytes = data.part(entry.begin..<entry.end),
                let tensor = SafetensorsTensor(name: entry.name, type: entry.type, shape: entry.shape, bytes: bytes)
            else { throw .dataNotCovered(file: file, end: entry.end, available: data.count) }
            tensors.append(tensor)
            end = entry.end
        }
        guard end == data.count else { throw .dataNotCovered(file: file, end: end, available: data.count) }
        return tensors
    }
}

/// A tensor as the header describes it, with offsets in order but not yet compared with anything.
private struct Entry {
    let name: String
    let type: SafetensorsType
    let shape: [Int]
    let begin: Int
    let end: Int

    init(name: String, value: JSONValue, file: String) throws(SafetensorsError) {
        guard let typeName = value["dtype"]?.string else { throw .malformedEntry(file: file, tensor: name, member: "dtype") }
        guard let type = SafetensorsType(rawValue: typeName) else {
            throw .unknownType(file: file, tensor: name, type: typeName)
        }
        guard let shape = Self.naturals(value["shape"]) else {
            throw .malformedEntry(file: file, tensor: name, member: "shape")
        }
        guard let offsets = Self.naturals(value["data_offsets"]), offsets.count == 2 else {
            throw .malformedEntry(file: file, tensor: name, member: "data_offsets")
        }
        guard offsets[0] <= offsets[1] else {
            throw .offsetsReversed(file: file, tensor: name, begin: offsets[0], end: offsets[1])
        }
        (self.name, self.type, self.shape, begin, end) = (name, type, shape, offsets[0], offsets[1])
    }

    /// An array of whole numbers, none of them negative or past `Int.max`.
    private static func naturals(_ value: JSONValue?) -> [Int]? {
        guard let array = value?.array else { return nil }
        var numbers: [Int] = []
        for element in array {
            guard let number = element.int, number >= 0 else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
