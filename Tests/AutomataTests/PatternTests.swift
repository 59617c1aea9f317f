/// Regular expressions read as ECMA-262 means them, compiled to bytes and matched.
import Automata
import Testing

@Suite("Regular expressions")
struct PatternTests {
    private func matches(_ expression: String, _ text: String, encoding: LanguageTable.Encoding = .utf8) throws -> Bool {
        let table = LanguageTable()
        let language = table.language(try .searching(expression), encoding: encoding)
        let automaton = ByteAutomaton(table: table)
        var state = automaton.state(for: language)
        for byte in text.utf8 {
            if state == ByteAutomaton.dead { return false }
            state = automaton.next(state, byte)
        }
        return state != ByteAutomaton.dead && automaton.isAccepting(state)
    }

    @Test(
        "are searched for unless anchored",
        arguments: [
            ("b", "abc", true), ("^b", "abc", false), ("c$", "abc", true), ("^abc$", "abc", true), ("^abc$", "abcd", false),
            ("^a|c$", "xc", true), ("^a|c$", "xb", false), ("(^|,)x(,|$)", "a,x", true), ("(^|,)x(,|$)", "ax", false),
            ("", "", true), ("^$", "", true), ("^$", "x", false),
        ])
    func anchors(expression: String, text: String, expected: Bool) throws {
        #expect(try matches(expression, text) == expected)
    }

    @Test(
        "know classes, counts and escapes",
        arguments: [
            (#"^\d{3}-\d{4}$"#, "555-1234", true), (#"^\d{3}-\d{4}$"#, "555-123", false), (#"^[^a-c]+$"#, "xyz", true),
            (#"^[^a-c]+$"#, "xbz", false), (#"^\w+@\w+\.com$"#, "a_1@b.com", true), (#"^a{2,}$"#, "a", false),
            (#"^a{2,}$"#, "aaaa", true),
            (#"^\u00e9\x41$"#, "éA", true), (#"^\p{Lu}\p{L}*$"#, "Élan", true), (#"^\p{Lu}\p{L}*$"#, "élan", false),
            (#"^.$"#, "😀", true), (#"^.$"#, "\n", false), (#"^[\s\S]$"#, "\n", true), (#"^[😀-😂]$"#, "😁", true),
            (#"^a{,3}$"#, "a{,3}", true),
            (#"^(?:ab)*?c$"#, "ababc", true), (#"^[]$"#, "x", false), (#"^[^]$"#, "\n", true), (#"^[a\-z]$"#, "-", true),
        ])
    func classes(expression: String, text: String, expected: Bool) throws {
        #expect(try matches(expression, text) == expected)
    }

    @Test(
        "look ahead at all that follows",
        arguments: [
            (#"^(?=.*\d)(?=.*[a-z]).{4,}$"#, "ab1c", true), (#"^(?=.*\d)(?=.*[a-z]).{4,}$"#, "abcd", false),
            (#"^(?!000)\d{3}$"#, "001", true), (#"^(?!000)\d{3}$"#, "000", false), (#"^(?!.*admin)[a-z]+"#, "abcadmin", false),
            (#"^(?!.*admin)[a-z]+"#, "abc", true), (#"^(?!foo$)"#, "foobar", true), (#"^(?!foo$)"#, "foo", false),
            ("a(?=b)", "cab", true),
            ("a(?=b)", "ca", false),
        ])
    func lookaheads(expression: String, text: String, expected: Bool) throws {
        #expect(try matches(expression, text) == expected)
    }

    @Test(
        "match a JSON string's text however it is escaped",
        arguments: [
            ("^é$", "é", true), ("^é$", #"\u00e9"#, true), ("^é$", #"\u00E9"#, true), ("^é$", #"\u00e8"#, false),
            ("^\"$", "\"", false),
            ("^\"$", #"\""#, true), ("^\\n$", #"\n"#, true), ("^\\n$", "\n", false), ("^😀$", #"\ud83d\ude00"#, true),
            ("^😀$", #"\ud83d\ude01"#, false), ("^/$", #"\/"#, true), ("^..$", #"\ud83d\ude00a"#, true), ("^.$", #"\ud83d"#, false),
        ])
    func escapes(expression: String, text: String, expected: Bool) throws {
        #expect(try matches(expression, text, encoding: .jsonString) == expected)
    }

    @Test(
        "are refused with the place where they are wrong",
        arguments: [
            ("a(b", PatternError.syntax("'(' without ')'", at: 1)), ("a)b", .syntax("')' without '('", at: 1)),
            ("[a", .syntax("'[' without ']'", at: 0)), ("*a", .syntax("nothing to repeat before '*'", at: 0)),
            ("a{3,2}", .syntax("the repetition {3,2} counts down", at: 1)), (#"(a)\1"#, .unsupported("a backreference", at: 3)),
            ("(?<=a)b", .unsupported("a lookbehind", at: 0)), (#"a\b"#, .unsupported("a word boundary", at: 1)),
            ("((?!a).)*", .unsupported("a lookahead inside a repeated group", at: 1)),
            ("a{1000000}", .unsupported("a repetition beyond 100000", at: 1)),
        ])
    func errors(expression: String, expected: PatternError) {
        #expect(throws: expected) { _ = try Pattern.searching(expression) }
    }

    @Test("nested too deeply are refused, not followed")
    func depth() {
        let deep = String(repeating: "(", count: 100_000) + String(repeating: ")", count: 100_000)
        #expect(throws: PatternError.self) { _ = try Pattern.searching(deep) }
    }
}
