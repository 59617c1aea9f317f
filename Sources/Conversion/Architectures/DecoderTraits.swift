/// What differs between the tensors of decoders that are alike otherwise.
struct DecoderTraits {
    /// Whether q and k rows are regrouped, as the `llama` architecture wants them.
    var regroupsRotaryRows = false
    /// Whether q, k and v must have biases; others may.
    var requiresBiases = false
    /// Whether queries and keys are normalised head by head.
    var normalizesQueriesAndKeys = false
    /// Whether q, k and v are one matrix, and gate and up another.
    var fusesProjections = false
    /// Whether what attention and feed-forward network leave is normalised too.
    var normalizesOutputs = false
    /// What norms are stored less than they are.
    var normOffset: Float = 0
    /// Networks among which a router chooses.
    var experts: ExpertDimensions?
}
