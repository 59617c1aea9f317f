import Diagnostics
import Testing

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("한글", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("ｱ", 1),
        ("Ａ", 2), ("😀", 2), ("👨‍👩‍👧", 2), ("👍🏽", 2), ("🇩🇪", 2), ("1️⃣", 2), ("❤️", 2), ("❤", 1), ("©", 1), ("a\u{200D}b", 2),
        ("\u{3000}", 2), ("\u{A0}", 1), ("\u{FEFF}", 0), ("\u{7}", 0), ("ก็", 1), ("क्षि", 3), ("𠀀", 2),
    ])
    func `a text takes the cells that a terminal gives it`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func `cuts lie between characters`() {
        #expect(DisplayWidth.truncating("日本語", to: 6) == "日本語")
        #expect(DisplayWidth.truncating("日本語", to: 5) == "日本…")
        #expect(DisplayWidth.truncating("日本語", to: 4) == "日…")
        #expect(DisplayWidth.truncating("日本語", to: 0) == "")
    }

    @Test func `padding fills cells not characters`() {
        #expect(DisplayWidth.padding("日本", to: 6) == "日本  ")
        #expect(DisplayWidth.padding("long", to: 2) == "long")
    }
}
