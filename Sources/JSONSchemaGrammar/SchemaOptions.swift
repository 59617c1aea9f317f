/// How a schema is to be read.
public struct SchemaOptions: Hashable, Sendable {
    /// Where whitespace may stand between the tokens of JSON.
    public enum Whitespace: Hashable, Sendable {
        /// Nowhere.
        case none
        /// Up to so many characters in a row, which keeps a model from writing blanks for ever.
        case upTo(Int)
        /// Anywhere and any number.
        case any
    }

    public enum PropertyOrder: Hashable, Sendable {
        case any
        /// As the schema lists them, then those it does not name.
        case declared
    }

    public var whitespace: Whitespace
    public var propertyOrder: PropertyOrder
    /// Lets pass, with a warning, what cannot be enforced.
    public var isLenient: Bool
    /// The version of the specification of schemas without `$schema`.
    public var draft: SchemaDraft

    public init(
        whitespace: Whitespace = .upTo(32), propertyOrder: PropertyOrder = .any, isLenient: Bool = false,
        draft: SchemaDraft = .unstated
    ) {
        self.whitespace = whitespace
        self.propertyOrder = propertyOrder
        self.isLenient = isLenient
        self.draft = draft
    }
}

/// A keyword that is not enforced, and why.
public struct SchemaWarning: Hashable, Sendable, CustomStringConvertible {
    public var path: String
    public var keyword: String
    public var why: String

    public var description: String { "\(path): '\(keyword)' is not enforced: \(why)" }
}
