/// What is wrong with a grammar and where: lines and columns from 1, columns in Unicode scalars.
public struct GBNFError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var line: Int
    public var column: Int

    public var description: String { "\(line):\(column): \(message)" }
}
