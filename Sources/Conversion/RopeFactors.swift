import Bytes
import Glibc
import Tensors

/// Llama 3.1's divisors of rotary frequencies as the tensor `rope_freqs.weight`: one F32 for each pair of a head's elements.
///
/// Short waves stay (1), long ones are stretched (`factor`), those between get something between. The arithmetic is in single
/// precision, operation for operation as transformers and llama.cpp's converter do it, so that the bits are the same.
enum RopeFactors {
    static func tensor(
        frequencyBase: Double, headLength: Int, factor: Double, lowFrequency: Double, highFrequency: Double, originalContext: Int
    ) -> TensorSource {
        let context = Double(originalContext)
        let longest = Float(context / lowFrequency)
        let shortest = Float(context / highFrequency)
        let factors = stride(from: 0, to: headLength, by: 2).map { element -> Float in
            let frequency = 1 / power(frequencyBase, Float(element) / Float(headLength))
            let wavelength = (1 / frequency) * Float(2 * Double.pi)
            if wavelength < shortest { return 1 }
            if wavelength > longest { return Float(factor) }
            let smooth = ((1 / wavelength) * Float(context) - Float(lowFrequency)) / Float(highFrequency - lowFrequency)
            return 1 / ((1 - smooth) / Float(factor) + smooth)
        }
        return tensor("rope_freqs.weight", factors)
    }

    /// LongRoPE's divisors, as Phi-3's files have them.
    static func tensors(_ longrope: RopeScaling.LongRoPE) -> [TensorSource] {
        [
            tensor("rope_factors_long.weight", longrope.long.map(Float.init)),
            tensor("rope_factors_short.weight", longrope.short.map(Float.init)),
        ]
    }

    private static func tensor(_ name: String, _ factors: [Float]) -> TensorSource {
        var writer = ByteWriter()
        for value in factors { writer.write(value) }
        return TensorSource(
            name: name, storedType: .f32, shape: TensorShape(vector: factors.count), parts: [ByteRegion(writer.bytes)])
    }

    /// `base` to the power of `exponent`, both in single precision and rounded once.
    private static func power(_ base: Double, _ exponent: Float) -> Float { Float(pow(Double(Float(base)), Double(exponent))) }
}
