/// How far values are from those that they stand for, summed up: what errors of tensors and of types are made of.
struct SquaredDifference {
    /// Weighted squares of the differences.
    var error = 0.0
    /// Weighted squares of the original values.
    var energy = 0.0
    /// The largest difference, without weight.
    var maximum: Float = 0

    /// Sums that are added in a fixed order, so that the number of threads changes no bit.
    mutating func add(_ other: SquaredDifference) {
        error += other.error
        energy += other.energy
        maximum = max(maximum, other.maximum)
    }

    /// Adds `count` values.
    ///
    /// - Parameter weights: one for each value; nil weighs all alike.
    mutating func add(
        _ values: UnsafePointer<Float>, for originals: UnsafePointer<Float>, weights: UnsafePointer<Float>? = nil, count: Int
    ) {
        var (error, energy, maximum) = (0.0, 0.0, Float(0))
        for index in 0..<count {
            let (difference, original) = (values[index] - originals[index], Double(originals[index]))
            let weight = weights.map { Double($0[index]) } ?? 1
            error += weight * Double(difference) * Double(difference)
            energy += weight * original * original
            maximum = max(maximum, difference.magnitude)
        }
        add(SquaredDifference(error: error, energy: energy, maximum: maximum))
    }
}
