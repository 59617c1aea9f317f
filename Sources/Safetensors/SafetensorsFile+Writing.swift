import Bytes
import JSONText

extension SafetensorsFile {
    /// The bytes of a safetensors file that holds `tensors`, in the order given.
    ///
    /// The header is padded with blanks, so that the data begins at a multiple of eight bytes, as the format's own writer does.
    /// Everything is built in memory: this is for samples, adapters and tests, not for models.
    public static func encoding(_ tensors: [SafetensorsTensor], metadata: [(key: String, value: String)] = []) -> [UInt8] {
        var header = JSONObject()
        if !metadata.isEmpty {
            header[metadataKey] = .object(JSONObject(metadata.map { ($0.key, JSONValue.string($0.value)) }))
        }
        var data: [UInt8] = []
        for tensor in tensors {
            let begin = data.count
            data.append(contentsOf: tensor.bytes.bytes())
            header[tensor.name] = [
                "dtype": .string(tensor.type.rawValue),
                "shape": .array(tensor.shape.map { .number(JSONNumber($0)) }),
                "data_offsets": [.number(JSONNumber(begin)), .number(JSONNumber(data.count))],
            ]
        }
        var text = JSONValue.object(header).bytes()
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
        var writer = ByteWriter()
        writer.write(UInt64(text.count))
        writer.write(contentsOf: text)
        writer.write(contentsOf: data)
        return writer.bytes
    }
}
