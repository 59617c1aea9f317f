/// XXH64, which llama.cpp's `gguf-hash` prints by default: fast, and no protection against people.
///
/// Source: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md, seed 0.
struct XXHash64 {
    private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
        0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63, 0x27D4_EB2F_1656_67C5
    )
    private static let stripe = 32

    private var lanes = (primes.0 &+ primes.1, primes.1, UInt64(0), 0 &- primes.0)
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0

    mutating func update(_ bytes: RawSpan) {
        byteCount &+= UInt64(bytes.byteCount)
        var start = 0
        if !rest.isEmpty {
            start = min(Self.stripe - rest.count, bytes.byteCount)
            for offset in 0..<start { rest.append(Self.byte(bytes, offset)) }
            guard rest.count == Self.stripe else { return }
            let whole = rest
            consume(unsafe whole.span.bytes, from: 0)
            rest.removeAll(keepingCapacity: true)
        }
        while bytes.byteCount - start >= Self.stripe {
            consume(bytes, from: start)
            start += Self.stripe
        }
        for offset in start..<bytes.byteCount { rest.append(Self.byte(bytes, offset)) }
    }

    func finalize() -> UInt64 {
        let p = Self.primes
        var hash: UInt64
        if byteCount >= UInt64(Self.stripe) {
            hash = Self.rotated(lanes.0, 1) &+ Self.rotated(lanes.1, 7) &+ Self.rotated(lanes.2, 12) &+ Self.rotated(lanes.3, 18)
            for lane in [lanes.0, lanes.1, lanes.2, lanes.3] { hash = (hash ^ Self.round(0, lane)) &* p.0 &+ p.3 }
        } else {
            hash = p.4
        }
        hash &+= byteCount
        let tail = unsafe rest.span.bytes
        var offset = 0
        while rest.count - offset >= 8 {
            hash = Self.rotated(hash ^ Self.round(0, Self.word(tail, offset)), 27) &* p.0 &+ p.3
            offset += 8
        }
        if rest.count - offset >= 4 {
            hash = Self.rotated(hash ^ (Self.word32(tail, offset) &* p.0), 23) &* p.1 &+ p.2
            offset += 4
        }
        for byte in rest[offset...] { hash = Self.rotated(hash ^ (UInt64(byte) &* p.4), 11) &* p.0 }
        hash = (hash ^ (hash >> 33)) &* p.1
        hash = (hash ^ (hash >> 29)) &* p.2
        return hash ^ (hash >> 32)
    }

    private mutating func consume(_ bytes: RawSpan, from start: Int) {
        lanes.0 = Self.round(lanes.0, Self.word(bytes, start))
        lanes.1 = Self.round(lanes.1, Self.word(bytes, start + 8))
        lanes.2 = Self.round(lanes.2, Self.word(bytes, start + 16))
        lanes.3 = Self.round(lanes.3, Self.word(bytes, start + 24))
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotated(lane &+ word &* primes.1, 31) &* primes.0
    }

    private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }

    // Every pattern of bits is an integer, and the loads are checked to lie inside the span.
    private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    private static func word32(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        UInt64(UInt32(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    private static func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
        unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
