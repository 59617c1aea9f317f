public import GGUF

extension GGUFMetadata {
    /// The metadata of this model quantized to `fileType`, as llama-quantize writes it: the version of the quantized types, the
    /// file type, what was overridden, what importance matrix was used, and no traces of shards. Keys that are set move to the end.
    public func quantized(to fileType: FileType, importance: ImportanceMatrix? = nil) -> GGUFMetadata {
        quantized(fileTypeNumber: fileType.rawValue, overrides: [], importance: importance)
    }

    func quantized(fileTypeNumber: UInt32, overrides: [MetadataOverride], importance: ImportanceMatrix?) -> GGUFMetadata {
        var result = self
        result.append(GGUFKey.quantizationVersion, .uint32(2))
        result.append(GGUFKey.fileType, .uint32(fileTypeNumber))
        for key in GGUFKey.splitKeys { result[key] = nil }
        for override in overrides { result.append(override.key, override.value) }
        guard let importance, importance.count > 0 else { return result }
        result.append("quantize.imatrix.file", .shortString(importance.file))
        if let dataset = importance.datasets.first { result.append("quantize.imatrix.dataset", .shortString(dataset)) }
        result.append("quantize.imatrix.entries_count", .uint32(UInt32(clamping: importance.count)))
        if importance.chunkCount > 0 {
            result.append("quantize.imatrix.chunks_count", .uint32(UInt32(clamping: importance.chunkCount)))
        }
        return result
    }

    /// The metadata of shard `number` of a file split in `count`: the first one has all of it, the others only their place.
    func ofShard(_ number: Int, of count: Int, tensorCount: Int) -> GGUFMetadata {
        var result = number == 0 ? self : GGUFMetadata()
        result.append(GGUFKey.splitNumber, .uint16(UInt16(clamping: number)))
        result.append(GGUFKey.splitCount, .uint16(UInt16(clamping: count)))
        result.append(GGUFKey.splitTensorCount, .int32(Int32(clamping: tensorCount)))
        return result
    }
}

extension GGUFValue {
    /// llama-quantize keeps these strings in 128 bytes, a closing zero included.
    fileprivate static func shortString(_ text: String) -> GGUFValue { .string(GGUFString(Array(text.utf8.prefix(127)))) }
}
