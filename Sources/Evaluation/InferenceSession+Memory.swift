public import GGUF
public import TransformerEngine

extension InferenceSession {
    /// Gives back the pages of a large model's weights layer by layer, so that no more of them is resident than a layer or the head. A
    /// chunk of a text takes seconds, the pages some milliseconds to come back.
    public func keepMemorySmall(weightsOf file: GGUFFile) {
        guard file.tensorByteCount > 1 << 29 else { return }
        afterLayer = { file.releaseTensors() }
    }
}
