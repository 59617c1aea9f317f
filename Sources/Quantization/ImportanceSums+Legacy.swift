// llama.cpp's old format of importance matrices, `.dat`.
import Bytes

extension ImportanceSums {
    /// Reads the `.dat` format, little endian: a count of entries; per entry the length of its name, the name, the number of
    /// calls, the number of values, and the values as floats, to be divided by the calls. Then, not in all files, the number of
    /// chunks, the length of the dataset's name, and the name.
    mutating func readLegacy(_ region: ByteRegion, file: String) throws(QuantizationError) {
        do throws(BytesError) {
            try read(ByteReader(region))
        } catch {
            throw .invalidImportanceMatrix(file: file, problem: "it is neither a GGUF file nor a complete .dat file: \(error)")
        }
        guard !entries.isEmpty else { throw .invalidImportanceMatrix(file: file, problem: "no entries in it") }
    }

    private mutating func read(_ start: ByteReader) throws(BytesError) {
        var reader = start
        let entryCount: Int32 = try reader.read()
        // A hostile count ends with the bytes: every entry takes at least twelve.
        for _ in 0..<max(0, entryCount) {
            let name = try reader.readText()
            let calls: Int32 = try reader.read()
            entries[name] = Entry(sums: try reader.readFloats(), counts: [Int(max(0, calls))])
        }
        guard reader.remaining >= 4 else { return }
        let chunks: Int32 = try reader.read()
        chunkCount = Int(chunks)
        if reader.remaining >= 4, let dataset = try? reader.readText(), !dataset.isEmpty { datasets = [dataset] }
    }

    /// The bytes of a `.dat` file. Tensors that saw nothing are left out; experts that saw nothing weigh all columns alike.
    public func legacyBytes() -> [UInt8] {
        let kept = sortedNames.compactMap { name in entries[name].flatMap { $0.seenCount > 0 ? (name, $0) : nil } }
        var writer = ByteWriter()
        writer.write(Int32(clamping: kept.count))
        for (name, entry) in kept {
            let name = Array(name.utf8)
            writer.write(Int32(clamping: name.count))
            writer.write(contentsOf: name)
            let most = entry.counts.max() ?? 0
            // Rounded up, so that a tensor that saw part of a chunk has a call.
            let calls = Int32(clamping: (most + chunkSize - 1) / max(chunkSize, 1))
            writer.write(calls)
            writer.write(Int32(clamping: entry.sums.count))
            for (index, sum) in entry.sums.enumerated() {
                let count = entry.counts[index / max(entry.columns, 1)]
                writer.write((count > 0 ? sum / Float(count) : 1) * Float(calls))
            }
        }
        writer.write(Int32(clamping: chunkCount))
        let dataset = Array((datasets.last ?? "").utf8)
        writer.write(Int32(clamping: dataset.count))
        writer.write(contentsOf: dataset)
        return writer.bytes
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
