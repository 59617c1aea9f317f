/// An instruction as a plain value: what it means, without how it was written.
public struct ModelfileEntry: Sendable, Hashable {
    public var instruction: Instruction
    /// The name of a PARAMETER, the role of a MESSAGE.
    public var argument: String?
    public var value: String

    public init(_ instruction: Instruction, _ value: String) { self.init(instruction, nil, value) }

    public init(_ instruction: Instruction, _ argument: String?, _ value: String) {
        self.instruction = instruction
        self.argument = argument
        self.value = value
    }
}
