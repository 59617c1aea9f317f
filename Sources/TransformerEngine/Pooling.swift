// How the hidden states of a sequence become one vector.
public import GGUF

/// What a sequence's vector is made of (`pooling_type`, llama.cpp's `llama_pooling_type`).
public enum Pooling: Int, Sendable, CaseIterable {
    /// The mean of all tokens' hidden states: Sentence Transformers' habit (Reimers and Gurevych 2019).
    case mean = 1
    /// The first token's: BERT's `[CLS]`.
    case cls = 2
    /// The last token's.
    case last = 3

    /// Reads the key; the mean, where a file has none.
    init(_ reader: HyperparameterReader, architecture: String) throws(EngineError) {
        let key = GGUFKey.poolingType(architecture)
        let number = try reader.int(key, in: 0...Int(Int32.max), default: Self.mean.rawValue)
        guard let pooling = Pooling(rawValue: number) else {
            throw .hyperparameter(key: key, found: "\(number)", wanted: "1 (mean), 2 (first token) or 3 (last token)")
        }
        self = pooling
    }

    /// What a decoder's file says of pooling.
    ///
    /// - Throws: `EngineError.hyperparameter` for a pooling that Quern does not know.
    public init(of file: GGUFFile, _ model: TransformerModel) throws(EngineError) {
        try self.init(HyperparameterReader(metadata: file.metadata), architecture: model.hyperparameters.architecture)
    }

    /// The vector of hidden states.
    ///
    /// - Parameters:
    ///   - states: (count, width).
    ///   - count: above zero.
    func vector(of states: UnsafePointer<Float>, count: Int, width: Int) -> [Float] {
        switch self {
        case .cls: return Array(UnsafeBufferPointer(start: states, count: width))
        case .last: return Array(UnsafeBufferPointer(start: states + (count - 1) * width, count: width))
        case .mean:
            var sums = [Double](repeating: 0, count: width)
            for row in 0..<count {
                for column in 0..<width { sums[column] += Double(states[row * width + column]) }
            }
            return sums.map { Float($0 / Double(count)) }
        }
    }
}

/// What is done to a vector before it is handed out.
public enum EmbeddingVector {
    /// The vector at length one; a vector of zeros stays as it is.
    public static func normalized(_ vector: [Float]) -> [Float] {
        let square = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
        guard square > 0 else { return vector }
        let scale = 1 / square.squareRoot()
        return vector.map { Float(Double($0) * scale) }
    }

    /// The first components of a vector, at length one again (Kusupati et al. 2022, "Matryoshka").
    ///
    /// - Parameter dimensions: nil, zero, or as many as there are or more: all.
    public static func shortened(_ vector: [Float], to dimensions: Int?) -> [Float] {
        let whole = normalized(vector)
        guard let dimensions, dimensions > 0, dimensions < vector.count else { return whole }
        return normalized(Array(whole.prefix(dimensions)))
    }
}
