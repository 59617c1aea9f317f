// Rotary position embedding (Su et al. 2021): the angles of a position, as the kernels want them.
import CKernels
import Glibc

/// Turns each pair of a head's components by an angle proportional to the position.
struct RotaryEmbedding: Sendable {
    /// Which components form a pair.
    enum Pairing: Sendable {
        /// 2i and 2i + 1: Llama's, after conversion has reordered the rows.
        case neighbours
        /// i and i + n/2: everybody else's ("NEOX").
        case halves
    }

    let pairing: Pairing
    /// Radians per position for each pair.
    let frequencies: [Float]
    let magnitude: Float

    /// Components that are turned: two for each pair.
    var length: Int { 2 * frequencies.count }

    /// - Parameters:
    ///   - base: instead of the parameters' own, with the scaling: layers with a window may have theirs.
    ///   - factors: divides the frequency of each pair, from a tensor such as `rope_freqs.weight`.
    init(
        _ pairing: Pairing, _ parameters: Hyperparameters, base: Double? = nil, scaling: RopeScaling? = nil, factors: [Float]? = nil
    ) {
        let (base, scaling) = (base ?? parameters.ropeBase, scaling ?? parameters.ropeScaling)
        self.pairing = pairing
        magnitude = Float(scaling.magnitude)
        frequencies = (0..<parameters.ropeLength / 2).map { pair in
            let exponent = -2 * Double(pair) / Double(parameters.ropeLength)
            let frequency = pow(base, exponent) / Double(factors?[pair] ?? 1)
            return Float(scaling.scaled(frequency, pair: pair, ropeLength: parameters.ropeLength, base: base))
        }
    }

    /// Fills `length` cosines and as many sines, laid out so that one multiplication each gives a component: the sine of a
    /// pair's first component is negative.
    func fill(
        _ cosines: UnsafeMutablePointer<Float>, _ sines: UnsafeMutablePointer<Float>, position: Int, magnitude: Float
    ) {
        for (pair, frequency) in frequencies.enumerated() {
            let angle = Double(position) * Double(frequency)
            let cosine = Float(cos(angle)) * magnitude
            let sine = Float(sin(angle)) * magnitude
            let (first, second) =
                switch pairing {
                case .neighbours: (2 * pair, 2 * pair + 1)
                case .halves: (pair, pair + frequencies.count)
                }
            cosines[first] = cosine
            cosines[second] = cosine
            sines[first] = -sine
            sines[second] = sine
        }
    }

    /// Turns one head in place.
    func rotate(
        _ head: UnsafeMutablePointer<Float>, _ cosines: UnsafePointer<Float>, _ sines: UnsafePointer<Float>,
        _ kernels: quern_vector_table
    ) {
        switch pairing {
        case .neighbours: kernels.rotate_neighbours(head, cosines, sines, Int64(length))
        case .halves: kernels.rotate_halves(head, cosines, sines, Int64(length))
        }
    }
}
