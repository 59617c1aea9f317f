/// What a caller may decide about a conversion.
public struct ConversionOptions: Sendable {
    public var outputType: OutputType
    /// The value of `general.name`; where nil, the one that the checkpoint's config.json says, or none.
    public var name: String?
    /// The value of `tokenizer.ggml.pre`, instead of recognising it from tokenizer.json's rules.
    public var preTokenizer: String?

    public init(outputType: OutputType = .auto, name: String? = nil, preTokenizer: String? = nil) {
        self.outputType = outputType
        self.name = name
        self.preTokenizer = preTokenizer
    }

    /// The type that matrices get before any quantization. Vectors are F32 in every case: norms and biases are small, and
    /// runners want them so.
    public enum OutputType: Sendable, CaseIterable {
        /// F16 and BF16 as they are, F32 as F16.
        case auto
        case f16, bf16, f32
    }
}
