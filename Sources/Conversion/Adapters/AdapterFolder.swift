import Bytes
import JSONText
import Safetensors

/// A LoRA adapter as its trainer saved it: `adapter_config.json` beside one safetensors file.
///
/// PEFT calls the weights `adapter_model.safetensors`, MLX `adapters.safetensors`; any other name will do where there is one file.
public struct AdapterFolder: Sendable {
    /// What the adapter is called in errors.
    public let path: String
    /// The file of weights.
    let weightsPath: String
    let config: CheckpointConfig

    public static let configName = "adapter_config.json"
    private static let weightNames = ["adapter_model.safetensors", "adapters.safetensors"]
    private static let suffix = ".safetensors"
    private static let configByteLimit = 1 << 24

    /// - Parameter path: the folder, or the safetensors file in it.
    /// - Throws: `ConversionError.missingFile` where the configuration or the weights are not there.
    public init(path: String) throws(ConversionError) {
        self.path = path
        let isFile = path.hasSuffix(Self.suffix)
        let folder = Folder(isFile ? path.lastIndex(of: "/").map { String(path[...$0]) } ?? "." : path)
        guard folder.hasFile(Self.configName) else { throw .missingFile(folder: folder.path, name: Self.configName) }
        weightsPath = isFile ? path : folder.path(of: try Self.weightsName(in: folder))
        config = try Self.config(folder.path(of: Self.configName))
    }

    private static func weightsName(in folder: Folder) throws(ConversionError) -> String {
        if let name = weightNames.first(where: folder.hasFile) { return name }
        let names: [String]
        do { names = try folder.names().filter { $0.hasSuffix(suffix) } } catch { throw .unreadable(error) }
        guard names.count == 1, let name = names.first else { throw .missingFile(folder: folder.path, name: weightNames[0]) }
        return name
    }

    private static func config(_ path: String) throws(ConversionError) -> CheckpointConfig {
        let region: ByteRegion
        do { region = try ByteRegion.mapping(path) } catch { throw .unreadable(error) }
        guard region.count <= configByteLimit else {
            throw .fileTooLarge(file: path, byteCount: region.count, limit: configByteLimit)
        }
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: region.bytes(), limits: .python) } catch {
            throw .malformedFile(file: path, error)
        }
        guard let members = value.object else { throw .notAnObject(file: path) }
        return CheckpointConfig(members, file: path)
    }

    func tensors() throws(ConversionError) -> [SafetensorsTensor] {
        do throws(SafetensorsError) { return try SafetensorsFile(path: weightsPath).tensors } catch { throw .weights(error) }
    }

    /// Whether a folder holds an adapter and no model.
    public static func isAdapter(_ path: String) -> Bool { Folder(path).hasFile(configName) }
}
