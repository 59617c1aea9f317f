import Bytes
public import JSONText

/// A folder in Hugging Face's layout: config.json, tokenizer files, safetensors. The small files are read on demand.
public struct CheckpointFolder: Sendable {
    public let path: String
    private let folder: Folder

    static let configName = "config.json"
    static let generationConfigName = "generation_config.json"
    static let tokenizerName = "tokenizer.json"
    static let tokenizerConfigName = "tokenizer_config.json"
    static let sentencePieceName = "tokenizer.model"

    /// Far above the largest tokenizer.json there is (34 MB).
    private static let fileByteLimit = 1 << 28

    /// - Throws: `ConversionError.missingFile` where there is no config.json.
    public init(path: String) throws(ConversionError) {
        self.path = path
        folder = Folder(path)
        guard folder.hasFile(Self.configName) else { throw .missingFile(folder: path, name: Self.configName) }
    }

    func hasFile(_ name: String) -> Bool { folder.hasFile(name) }
    func path(of name: String) -> String { folder.path(of: name) }

    /// The bytes of a file, or nil where there is none.
    func bytes(of name: String) throws(ConversionError) -> [UInt8]? {
        guard folder.hasFile(name) else { return nil }
        do {
            let region = try ByteRegion.mapping(folder.path(of: name))
            guard region.count <= Self.fileByteLimit else {
                throw ConversionError.fileTooLarge(
                    file: folder.path(of: name), byteCount: region.count, limit: Self.fileByteLimit)
            }
            return region.bytes()
        } catch let error as BytesError {
            throw .unreadable(error)
        } catch let error as ConversionError {
            throw error
        } catch { throw .missingFile(folder: path, name: name) }
    }

    /// The JSON in a file, or nil where there is none. Written by Python, so the last of two equal keys counts and infinities
    /// are numbers.
    func value(in name: String) throws(ConversionError) -> JSONValue? {
        guard let bytes = try bytes(of: name) else { return Optional.none }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: .python)
        } catch { throw .malformedFile(file: folder.path(of: name), error) }
    }

    /// The JSON object in a file, or nil where there is none.
    public func object(in name: String) throws(ConversionError) -> JSONObject? {
        guard let value = try value(in: name) else { return nil }
        guard let object = value.object else { throw .notAnObject(file: folder.path(of: name)) }
        return object
    }

    /// The names of everything in a folder inside this one; none where there is no such folder.
    func names(in subfolder: String) -> [String] { (try? Folder(folder.path(of: subfolder)).names()) ?? [] }
}
