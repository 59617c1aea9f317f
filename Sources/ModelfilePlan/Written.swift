public import Diagnostics

/// A value with the place in the Modelfile where it was written.
///
/// The place serves messages only: two plans are equal when they mean the same, wherever it was written, and coding a plan
/// leaves the places out.
public struct Written<Value: Sendable & Hashable>: Sendable, Hashable {
    public var value: Value
    /// Empty where the value came from elsewhere than a file.
    public var range: SourceRange

    public init(_ value: Value, at range: SourceRange = 0..<0) {
        self.value = value
        self.range = range
    }

    public static func == (left: Written, right: Written) -> Bool { left.value == right.value }
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension Written: Encodable where Value: Encodable {
    public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Written: Decodable where Value: Decodable {
    public init(from decoder: any Decoder) throws { self.init(try Value(from: decoder)) }
}
