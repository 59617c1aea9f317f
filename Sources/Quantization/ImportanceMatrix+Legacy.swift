import Bytes

extension ImportanceMatrix.Contents {
    /// Reads the `.dat` format, little endian: a count of entries; per entry the length of its name, the name, the number of
    /// calls, the number of values, and the values as floats, to be divided by the calls. Then, not in all files, the number of
    /// chunks, the length of the dataset's name, and the name.
    init(legacy region: ByteRegion, file: String) throws(QuantizationError) {
        do throws(BytesError) {
            try read(ByteReader(region))
        } catch {
            throw .invalidImportanceMatrix(file: file, problem: "it is neither a GGUF file nor a complete .dat file: \(error)")
        }
        guard !weights.isEmpty else { throw .invalidImportanceMatrix(file: file, problem: "no entries in it") }
    }

    private mutating func read(_ start: ByteReader) throws(BytesError) {
        var reader = start
        let entryCount: Int32 = try reader.read()
        // A hostile count ends with the bytes: every entry takes at least twelve.
        for _ in 0..<max(0, entryCount) {
            let name = try reader.readText()
            let calls: Int32 = try reader.read()
            let values = try reader.readFloats()
            weights[name] = calls > 0 ? values.map { $0 / Float(calls) } : values
        }
        guard reader.remaining >= 4 else { return }
        let chunks: Int32 = try reader.read()
        chunkCount = Int(chunks)
        if reader.remaining >= 4, let dataset = try? reader.readText(), !dataset.isEmpty { datasets = [dataset] }
    }
}

extension ByteReader {
    /// A length as a signed 32-bit number; a negative one is a length past any end.
    private mutating func readLength() throws(BytesError) -> UInt64 {
        let length: Int32 = try read()
        return length < 0 ? .max : UInt64(length)
    }

    /// A name with its length before it; what follows a zero is not part of it.
    fileprivate mutating func readText() throws(BytesError) -> String {
        let length = try readLength()
        return String(decoding: try readRegion(length).bytes().prefix { $0 != 0 }, as: UTF8.self)
    }

    fileprivate mutating func readFloats() throws(BytesError) -> [Float] {
        let count = try readLength()
        var values = ByteReader(try readRegion(count > UInt64(Int32.max) ? .max : 4 * count))
        var floats: [Float] = []
        floats.reserveCapacity(Int(count))
        for _ in 0..<count { floats.append(try values.readFloat()) }
        return floats
    }
}
