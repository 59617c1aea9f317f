/// A set of characters as a splitting rule writes it: `\p{L}`, `\s`, `[^\r\n\p{L}\p{N}]`, `[\p{L}&&[^a-z]]`.
indirect enum ScalarClass: Hashable, Sendable {
    case kinds(Set<ScalarKind>)
    case range(ClosedRange<UInt32>)
    /// `\s`.
    case whiteSpace
    case union([ScalarClass])
    case intersection(ScalarClass, ScalarClass)
    case complement(ScalarClass)

    /// Whether the class holds a scalar that is not white space beyond ASCII, or any scalar of ASCII.
    ///
    /// White space beyond ASCII is asked for as `verticalTab`: the rules know it only as `\s`, never by itself.
    func contains(_ scalar: UInt32, _ kind: ScalarKind) -> Bool {
        switch self {
        case .kinds(let kinds): kinds.contains(kind)
        case .range(let range): range.contains(scalar)
        case .whiteSpace: kind == .whiteSpace
        case .union(let parts): parts.contains { $0.contains(scalar, kind) }
        case .intersection(let left, let right): left.contains(scalar, kind) && right.contains(scalar, kind)
        case .complement(let inner): !inner.contains(scalar, kind)
        }
    }

    /// Whether membership of some scalar beyond ASCII depends on more than its kind.
    var looksBeyondKinds: Bool {
        switch self {
        case .kinds, .whiteSpace: false
        case .range(let range): range.upperBound > 0x7F
        case .union(let parts): parts.contains { $0.looksBeyondKinds }
        case .intersection(let left, let right): left.looksBeyondKinds || right.looksBeyondKinds
        case .complement(let inner): inner.looksBeyondKinds
        }
    }

    static let verticalTab: UInt32 = 0x0B

    /// Chinese characters: the unified ideographs with extensions A to F, and the compatibility ideographs.
    static let han = ScalarClass.union(
        [0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2EBEF, 0xF900...0xFAFF, 0x2F800...0x2FA1F]
            .map { .range($0) })
}
