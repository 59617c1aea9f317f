/// The inputs of the fixtures, made exactly as Fixtures/Quantization/make.py makes them.
struct Xorshift {
    private var state: UInt32

    init(_ seed: UInt32) { state = seed }

    mutating func next() -> UInt32 {
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        return state
    }

    /// Nearly normal: four sixteen-bit numbers, less their mean, times a power of two.
    mutating func bell(_ exponent: Int) -> Float {
        var total: Int32 = 0
        for _ in 0..<4 { total += Int32(next() >> 16) }
        return Float(sign: .plus, exponent: exponent, significand: 1) * Float(total - 131_070)
    }
}

enum FixtureValues {
    static let rows = 19
    static let columns = 768
    static let patterns = [
        "normal", "large", "small", "denormal", "zeros", "zeros of both signs", "constant", "negative constant", "alternating",
        "negative", "positive", "outliers", "halves", "nearly constant", "wide", "uneven blocks", "gaps",
    ]
    static let importances = ["none", "even", "sparse"]

    static func pattern(_ name: String, count: Int = rows * columns) -> [Float] {
        var random = Xorshift(2_463_534_242)
        return (0..<count).map { value(name, $0, &random) }
    }

    private static func value(_ name: String, _ index: Int, _ random: inout Xorshift) -> Float {
        switch name {
        case "normal": return random.bell(-20)
        case "large": return random.bell(-3)
        case "small": return random.bell(-45)
        case "denormal":
            let sign = random.next() & 0x8000_0000
            return Float(bitPattern: sign | random.next() >> 10)
        case "zeros": return 0
        case "zeros of both signs": return Float(bitPattern: random.next() & 0x8000_0000)
        case "constant": return 0.375
        case "negative constant": return -0.3
        case "alternating": return index % 2 == 1 ? 0.5 : -0.5
        case "negative": return -random.bell(-20).magnitude
        case "positive": return random.bell(-20).magnitude
        case "outliers": return random.next() % 97 == 0 ? 3000 : random.bell(-30)
        case "halves": return Float(Int(random.next() >> 16) % 61 - 30) * 0.5
        case "nearly constant": return Float(bitPattern: Float(0.375).bitPattern + random.next() % 3)
        case "wide":
            let mantissa = random.next() & 0x807f_ffff
            return Float(bitPattern: mantissa | (20 + random.next() % 115) << 23)
        case "uneven blocks": return random.bell(-50 + (index / 16 * 7) % 37)
        case "gaps": return index / 32 * 5 % 7 < 3 || index / 16 % 9 == 4 ? 0 : random.bell(-20)
        default: preconditionFailure("no pattern \(name)")
        }
    }

    static func importance(_ name: String, columns: Int = columns) -> [Float]? {
        var random = Xorshift(88_172_645)
        switch name {
        case "even": return (0..<columns).map { _ in Float((random.next() >> 16) + 1) * 0x1p-16 }
        case "sparse":
            return (0..<columns).map { _ in random.next() & 1 == 1 ? 0 : Float(random.next() >> 16) * 0x1p-24 }
        default: return nil
        }
    }
}
