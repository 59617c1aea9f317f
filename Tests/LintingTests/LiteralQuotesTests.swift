import Diagnostics
import Testing

@Suite struct LiteralQuotesTests {
    @Test(arguments: [("'", "'"), ("'''", "'''"), ("\u{201C}", "\u{201D}"), ("\u{2018}", "\u{2019}")])
    func `quotes of other languages`(open: String, close: String) {
        expect(
            "FROM x\nSYSTEM «\(open)You are a pirate.\(close)»\n", .literalQuotes,
            ["\(open) and \(close) are part of the text: only \" and \"\"\" are quotes"],
            mended: "FROM x\nSYSTEM \"You are a pirate.\"\n")
    }

    @Test func `quotes that belong to the text`() {
        expectNothing("FROM x\nSYSTEM \"'You are a pirate.'\"\n", .literalQuotes)
        expectNothing("FROM x\nMESSAGE user 'a' or 'b'\n", .literalQuotes)
        expectNothing("FROM x\nSYSTEM 'tis late\nMESSAGE user '\n", .literalQuotes)
    }
}
