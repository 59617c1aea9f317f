public import GGUF
public import Tensors

/// A checkpoint as it will be in a GGUF: the metadata, and for each tensor what it is made of. No weight was read for it.
public struct ConvertedModel: Sendable {
    public let metadata: GGUFMetadata
    /// In the order of the checkpoint's files.
    public let tensors: [ConvertedTensor]
    /// What was odd about the checkpoint and how it was taken, one sentence each.
    public let warnings: [String]
    /// The type that most of the checkpoint's matrix elements are stored in.
    public let sourceType: TensorType
}

/// A tensor to be written, and the type it has in a file that is not quantized.
public struct ConvertedTensor: Sendable {
    public let source: TensorSource
    public let type: TensorType
}
