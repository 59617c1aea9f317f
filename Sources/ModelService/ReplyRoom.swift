/// How much of a model's memory is for replies that are made at the same time or one after the other.
public struct ReplyRoom: Sendable, Equatable {
    /// Replies that are made at the same time, each in a context of its own.
    public var slots: Int
    /// Bytes of keys and values of conversations that are put aside while others have the slots.
    public var shelfByteCount: Int

    /// One conversation.
    public static let single = ReplyRoom(slots: 1, shelfByteCount: 0)

    public init(slots: Int, shelfByteCount: Int) { (self.slots, self.shelfByteCount) = (slots, shelfByteCount) }
}
