public import GGUF

extension GGUFMetadata {
    /// The metadata of this model quantized to `fileType`, as llama-quantize writes it: the version of the quantized types, the
    /// file type, what importance matrix was used, and no traces of shards. Keys that are set move to the end.
    public func quantized(to fileType: FileType, importance: ImportanceMatrix? = nil) -> GGUFMetadata {
        var result = self
        func set(_ key: String, _ value: GGUFValue) {
            result[key] = nil
            result[key] = value
        }
        set(GGUFKey.quantizationVersion, .uint32(2))
        set(GGUFKey.fileType, .uint32(fileType.rawValue))
        for key in [GGUFKey.splitNumber, GGUFKey.splitCount, GGUFKey.splitTensorCount] { result[key] = nil }
        guard let importance else { return result }
        set("quantize.imatrix.file", .shortString(importance.file))
        if let dataset = importance.datasets.first { set("quantize.imatrix.dataset", .shortString(dataset)) }
        set("quantize.imatrix.entries_count", .uint32(UInt32(clamping: importance.count)))
        if importance.chunkCount > 0 { set("quantize.imatrix.chunks_count", .uint32(UInt32(clamping: importance.chunkCount))) }
        return result
    }
}

extension GGUFValue {
    /// llama-quantize keeps these strings in 128 bytes, a closing zero included.
    fileprivate static func shortString(_ text: String) -> GGUFValue { .string(GGUFString(Array(text.utf8.prefix(127)))) }
}
