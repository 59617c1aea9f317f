/// What the tensors of a file are to become, as one word says it.
public enum QuantizationTarget: Sendable, Equatable {
    /// The types of a mix.
    case mix(FileType)
    /// Every tensor keeps its type: llama-quantize's `COPY`.
    case copy

    /// Reads a name, or the number of `general.file_type`.
    ///
    /// - Throws: `unknownFileType`.
    public init(named word: String) throws(QuantizationError) {
        if word.uppercased() == "COPY" {
            self = .copy
        } else if let number = UInt32(word), let known = FileType(rawValue: number) {
            self = .mix(known)
        } else {
            self = .mix(try FileType(named: word))
        }
    }

    public var name: String { if case .mix(let type) = self { type.name } else { "COPY" } }

    /// The mix to plan with; a copy takes nothing from it.
    public var fileType: FileType { if case .mix(let type) = self { type } else { .f32 } }
}
