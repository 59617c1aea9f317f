// From values to places on a chart, and where to put marks on its axes.
import Glibc

/// Maps a range of values to a range of coordinates, evenly or by logarithm.
struct PlotScale {
    let values: ClosedRange<Double>
    let places: ClosedRange<Double>
    let isLogarithmic: Bool
    /// Whether larger values have smaller coordinates, as on a vertical axis.
    let isFlipped: Bool

    init(_ values: ClosedRange<Double>, to places: ClosedRange<Double>, logarithmic: Bool = false, flipped: Bool = false) {
        (self.values, self.places, isLogarithmic, isFlipped) = (values, places, logarithmic, flipped)
    }

    func place(_ value: Double) -> Double {
        let value = min(max(value, values.lowerBound), values.upperBound)
        func at(_ value: Double) -> Double { isLogarithmic ? log10(value) : value }
        let span = at(values.upperBound) - at(values.lowerBound)
        let share = span > 0 ? (at(value) - at(values.lowerBound)) / span : 0.5
        let length = places.upperBound - places.lowerBound
        return isFlipped ? places.upperBound - share * length : places.lowerBound + share * length
    }

    /// Values for marks: powers of ten, or multiples of 1, 2 or 5 times one.
    var ticks: [Double] {
        if isLogarithmic {
            let ends = [values.lowerBound, values.upperBound].map { Int(log10($0).rounded()) }
            return (ends[0]...max(ends[0], ends[1])).map { pow(10, Double($0)) }
        }
        let step = Self.niceStep((values.upperBound - values.lowerBound) / 4)
        guard step > 0 else { return [values.lowerBound] }
        let first = Int((values.lowerBound / step).rounded(.up))
        let last = Int((values.upperBound / step).rounded(.down))
        return first <= last ? (first...last).map { Double($0) * step } : []
    }

    /// A range around values that begins and ends on round numbers.
    static func around(_ values: [Double], fromZero: Bool = false) -> ClosedRange<Double> {
        let low = fromZero ? 0 : values.min() ?? 0
        let high = values.max() ?? 1
        guard high > low else { return low == 0 ? 0...1 : min(low * 0.9, low * 1.1)...max(low * 0.9, low * 1.1) }
        let step = niceStep((high - low) / 4)
        return (low / step).rounded(.down) * step...(high / step).rounded(.up) * step
    }

    /// A range of whole decades around values above zero.
    static func decades(_ values: [Double], atMost count: Int = 8) -> ClosedRange<Double> {
        let positive = values.filter { $0 > 0 }
        let high = (log10(positive.max() ?? 1) - 1e-9).rounded(.up)
        let low = max((log10(positive.min() ?? 0.1) + 1e-9).rounded(.down), high - Double(count))
        return pow(10, min(low, high - 1))...pow(10, high)
    }

    private static func niceStep(_ rough: Double) -> Double {
        guard rough > 0, rough.isFinite else { return 0 }
        let power = pow(10, log10(rough).rounded(.down))
        let lead = rough / power
        return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power
    }
}
