import Diagnostics
import Testing

@Suite struct MessageOrderTests {
    @Test func `roles out of turn`() {
        expect(
            "FROM x\nMESSAGE «assistant» Hi\nMESSAGE user a\nMESSAGE «user» b\nMESSAGE «system» c\nMESSAGE user d\nMESSAGE assistant e\n",
            .messageOrder,
            [
                "an answer of the assistant without a question before it", "two messages of role 'user' in a row",
                "a system message in the middle of the conversation",
            ])
    }

    @Test func `a question without an answer`() {
        expect(
            "FROM x\nMESSAGE «user» Hi\n", .messageOrder,
            ["the last message is the user's, so the next question follows it without an answer"])
    }

    @Test(arguments: [
        "MESSAGE system s\nMESSAGE user a\nMESSAGE assistant b\n", "MESSAGE user a\nMESSAGE assistant b\n", "MESSAGE system s\n",
    ])
    func `conversations in order`(messages: String) { expectNothing("FROM x\n\(messages)", .messageOrder) }
}
