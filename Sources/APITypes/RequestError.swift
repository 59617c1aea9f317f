/// A request that cannot be carried out as it was written: the status of the answer, and what is wrong in the words that clients know.
public struct RequestError: Error, Equatable, CustomStringConvertible {
    public let message: String
    /// The status of the HTTP answer.
    public let status: Int

    public init(_ message: String, status: Int = 400) { (self.message, self.status) = (message, status) }

    public var description: String { message }
}
