import GGUF
import JSONText
import Safetensors
import Tensors

/// Describes a checkpoint folder as a GGUF: which metadata, which tensors made of what. Nothing is copied.
///
///     let model = try CheckpointConverter().convert(CheckpointFolder(path: "Qwen2.5-0.5B-Instruct"))
///
/// Configuration and tensors are checked before the vocabulary, which is padded to the size that the embeddings prove.
public struct CheckpointConverter: Sendable {
    public var options: ConversionOptions

    /// The version of block layouts, `GGML_QNT_VERSION`.
    private static let quantizationVersion: UInt32 = 2

    public init(options: ConversionOptions = ConversionOptions()) { self.options = options }

    /// The model classes that can be converted.
    public static var supportedArchitectures: [String] { CheckpointArchitectures.all.map { $0.className } }

    public func convert(_ folder: CheckpointFolder) throws(ConversionError) -> ConvertedModel {
        let config = try config(of: folder)
        let architecture = try CheckpointArchitectures.architecture(of: config)
        let tensors = try tensors(of: folder, architecture)
        let ownName = try Self.name(in: config)
        var metadata = GGUFMetadata()
        GeneralMetadata(
            architecture: type(of: architecture).ggufName, name: options.name ?? ownName,
            parameterCount: tensors.reduce(0) { $0 + $1.source.shape.elementCount },
            generationConfig: try folder.object(in: CheckpointFolder.generationConfigName) ?? JSONObject()
        ).write(to: &metadata)
        architecture.write(to: &metadata)
        var warnings = architecture.warnings
        if architecture.makesEmbeddings || SentencePooling.isNamed(in: folder) {
            let pooling = try SentencePooling(folder)
            pooling.write(to: &metadata, architecture: type(of: architecture).ggufName)
            warnings += pooling.warnings
        }
        metadata[GGUFKey.fileType] = .uint32(FloatFileType.number(of: Self.commonType(tensors.map { ($0.source.shape, $0.type) })))
        metadata[GGUFKey.quantizationVersion] = .uint32(Self.quantizationVersion)
        let tokenizer = try TokenizerConverter(
            folder: folder, config: config, vocabularySize: architecture.vocabularySize, forcedPreTokenizer: options.preTokenizer
        ).convert()
        metadata.merge(tokenizer.metadata)
        return ConvertedModel(
            metadata: metadata, tensors: tensors, warnings: warnings + tokenizer.warnings,
            sourceType: Self.commonType(tensors.map { ($0.source.shape, $0.source.storedType) }))
    }

    /// What the checkpoint calls itself: the last part of the name it was saved under. Its folder's name is none of its contents, and a
    /// file that held it would have another digest on every machine.
    private static func name(in config: CheckpointConfig) throws(ConversionError) -> String? {
        try config.optionalString("_name_or_path")?.split(separator: "/").last.map(String.init)
    }

    private func config(of folder: CheckpointFolder) throws(ConversionError) -> CheckpointConfig {
        let path = folder.path(of: CheckpointFolder.configName)
        guard let members = try folder.object(in: CheckpointFolder.configName) else {
            throw .missingFile(folder: folder.path, name: CheckpointFolder.configName)
        }
        let config = CheckpointConfig(members, file: path)
        if let quantization = try config.optionalObject("quantization_config") {
            throw .quantizedCheckpoint(method: try quantization.optionalString("quant_method") ?? "of an unnamed method")
        }
        return config
    }

    private func tensors(
        of folder: CheckpointFolder, _ architecture: any CheckpointArchitecture
    ) throws(ConversionError) -> [ConvertedTensor] {
        let stored: [SafetensorsTensor]
        do throws(SafetensorsError) { stored = try SafetensorsFolder(path: folder.path).tensors } catch { throw .weights(error) }
        return try TensorPlan(
            rules: architecture.tensorRules, synthesized: architecture.synthesizedTensors, ignored: architecture.ignoredTensors,
            ignoredPrefixes: architecture.ignoredPrefixes, architecture: type(of: architecture).className
        ).tensors(from: stored, output: options.outputType, canonicalName: architecture.canonicalName)
    }

    /// The type that most elements of matrices have.
    private static func commonType(_ tensors: [(shape: TensorShape, type: TensorType)]) -> TensorType {
        var counts: [TensorType: Int] = [:]
        for (shape, type) in tensors where shape.dimensions.count > 1 { counts[type, default: 0] += shape.elementCount }
        return counts.max { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key ?? .f32
    }
}
