// A mean and how sure it is.
import Glibc

/// Values added up, for their mean and its standard error.
public struct MeanEstimate: Sendable, Equatable {
    public private(set) var sum = 0.0
    public private(set) var squares = 0.0
    public private(set) var count = 0

    public init() {}

    init(sum: Double, squares: Double, count: Int) { (self.sum, self.squares, self.count) = (sum, squares, count) }

    public init(_ values: some Sequence<Double>) { for value in values { add(value) } }

    public mutating func add(_ value: Double) {
        sum += value
        squares += value * value
        count += 1
    }

    /// Zero for no values.
    public var mean: Double { count > 0 ? sum / Double(count) : 0 }

    /// The standard error of the mean: what one standard deviation of it is, if the values are independent.
    public var uncertainty: Double {
        guard count > 1 else { return 0 }
        return (max(0, squares / Double(count) - mean * mean) / Double(count - 1)).squareRoot()
    }
}

/// Perplexity: the exponential of the mean surprise, with the uncertainty that follows from that mean's.
public struct Perplexity: Sendable, Equatable {
    /// Of the natural logarithms of the probabilities, negated.
    public let surprise: MeanEstimate

    public init(_ surprise: MeanEstimate) { self.surprise = surprise }

    public var value: Double { exp(surprise.mean) }
    public var uncertainty: Double { value * surprise.uncertainty }
}
