// How far a model is from a reference on a text: the figures that llama-perplexity gives with --kl-divergence, and curves for charts.
import Glibc
public import TransformerEngine

/// A model beside its reference. Probabilities and their differences are shares, not percent; divergences are in nats.
public struct Comparison: Sendable, Equatable {
    /// A figure and the standard error that it has as an estimate.
    public struct Figure: Sendable, Equatable {
        public var value: Double
        public var uncertainty: Double

        public init(_ value: Double, _ uncertainty: Double) { (self.value, self.uncertainty) = (value, uncertainty) }

        init(_ estimate: MeanEstimate) { self.init(estimate.mean, estimate.uncertainty) }
    }

    /// A percentile: the share of positions at or below the value.
    public struct Percentile: Sendable, Equatable {
        public var fraction: Double
        public var value: Double
    }

    /// Positions compared.
    public var count: Int
    public var referencePerplexity: Figure
    /// ln(perplexity / reference's perplexity); the two are of one text, so it is surer than either.
    public var logRatio: Figure
    /// Mean divergence of the model's distributions from the reference's.
    public var divergence: Figure
    public var divergencePercentiles: [Percentile]
    /// The divergence at every hundredth of the positions, from the smallest to the largest.
    public var divergenceCurve: [Double]
    /// p(model) - p(reference) of the token that followed.
    public var meanDelta: Figure
    public var rootMeanSquareDelta: Figure
    public var deltaPercentiles: [Percentile]
    /// Share of positions whose most likely token is the reference's.
    public var sameTop: Figure

    static let divergenceFractions = [1, 0.999, 0.99, 0.95, 0.9, 0.5, 0.1, 0.05, 0.01, 0.001, 0]
    static let deltaFractions = [1, 0.999, 0.99, 0.95, 0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.01, 0.001, 0]
}

extension Comparison {
    /// - Precondition: at least one position.
    public init(_ positions: [TokenDivergence]) {
        count = positions.count
        let wanted = MeanEstimate(positions.map { -$0.reference.logProbability })
        referencePerplexity = Figure(Perplexity(wanted).value, Perplexity(wanted).uncertainty)
        logRatio = Figure(MeanEstimate(positions.map { $0.reference.logProbability - $0.score.logProbability }))
        divergence = Figure(MeanEstimate(positions.map(\.divergence)))
        let divergences = Distribution(positions.map(\.divergence))
        divergencePercentiles = Self.divergenceFractions.map { Percentile(fraction: $0, value: divergences.percentile($0)) }
        divergenceCurve = (0...100).map { divergences.percentile(Double($0) / 100) }
        let changes = positions.map { exp($0.score.logProbability) - exp($0.reference.logProbability) }
        meanDelta = Figure(MeanEstimate(changes))
        let squares = MeanEstimate(changes.map { $0 * $0 })
        let root = squares.mean.squareRoot()
        rootMeanSquareDelta = Figure(root, root > 0 ? squares.uncertainty / (2 * root) : 0)
        let deltas = Distribution(changes)
        deltaPercentiles = Self.deltaFractions.map { Percentile(fraction: $0, value: deltas.percentile($0)) }
        let same = Double(positions.count { $0.score.best == $0.reference.best }) / Double(max(count, 1))
        sameTop = Figure(same, count > 1 ? (same * (1 - same) / Double(count - 1)).squareRoot() : 0)
    }

    /// The divergence of a share of the positions, where it is one of those that are kept.
    public func divergence(at fraction: Double) -> Double? { divergencePercentiles.first { $0.fraction == fraction }?.value }
}
