// What was measured of one or several models: plain values that a table, JSON or a page is made of, and that travel with a package.
public import Quantization
import Tensors

/// The figures of models side by side, on one text and against one reference.
///
/// It holds nothing of the day or the machine: the same models and files give the same report.
public struct QualityReport: Sendable, Equatable {
    /// The text that was read.
    public struct Text: Sendable, Equatable {
        public var name: String
        public var contextLength: Int
        public var chunkCount: Int
        /// Positions that were scored.
        public var scoredCount: Int

        public init(name: String, contextLength: Int, chunkCount: Int, scoredCount: Int) {
            (self.name, self.contextLength) = (name, contextLength)
            (self.chunkCount, self.scoredCount) = (chunkCount, scoredCount)
        }
    }

    /// One model.
    public struct Model: Sendable, Equatable {
        public var name: String
        public var architecture: String
        /// Its file type: `Q4_K_M`.
        public var type: String
        /// Bytes of its tensors.
        public var byteCount: Int
        public var parameterCount: Int
        public var perplexity: Comparison.Figure?
        public var comparison: Comparison?
        public var choices: ChoiceScore?
        public var tensors: [TensorError] = []

        public init(name: String, architecture: String, type: String, byteCount: Int, parameterCount: Int) {
            (self.name, self.architecture, self.type) = (name, architecture, type)
            (self.byteCount, self.parameterCount) = (byteCount, parameterCount)
        }

        public var bitsPerWeight: Double { parameterCount > 0 ? 8 * Double(byteCount) / Double(parameterCount) : 0 }
    }

    public var text: Text?
    /// The name of the model that the others are compared with.
    public var reference: String?
    /// The name of the file of questions.
    public var questions: String?
    public var models: [Model] = []

    public init() {}
}

/// The errors of the tensors of one type together.
public struct TypeError: Sendable, Equatable {
    public var type: String
    public var tensorCount: Int
    public var byteCount: Int
    public var elementCount: Int
    public var rootMeanSquare: Double
    public var maximum: Double
    /// Root of the mean squared difference over the source's, all tensors of the type taken as one.
    public var relative: Double
}

extension QualityReport.Model {
    /// The errors by type, the largest share of the file first.
    public var typeErrors: [TypeError] {
        let groups = Dictionary(grouping: tensors, by: \.type.name)
        return groups.map { type, tensors in
            let elements = tensors.reduce(0) { $0 + $1.elementCount }
            let squares = tensors.reduce(0.0) { $0 + $1.rootMeanSquare * $1.rootMeanSquare * Double($1.elementCount) }
            let source = tensors.reduce(0.0) { $0 + $1.sourceRootMeanSquare * $1.sourceRootMeanSquare * Double($1.elementCount) }
            return TypeError(
                type: type, tensorCount: tensors.count, byteCount: tensors.reduce(0) { $0 + $1.byteCount }, elementCount: elements,
                rootMeanSquare: elements > 0 ? (squares / Double(elements)).squareRoot() : 0,
                maximum: tensors.map(\.maximum).max() ?? 0, relative: source > 0 ? (squares / source).squareRoot() : 0)
        }
        .sorted { $0.byteCount != $1.byteCount ? $0.byteCount > $1.byteCount : $0.type < $1.type }
    }
}
