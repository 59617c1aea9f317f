import JSONText
import Testing

@Suite struct JSONReading {
    @Test(arguments: [
        #"{"b":1,"a":[true,false,null,"x"],"c":{"d":-1.50e+10}}"#, "[]", "{}", #""é\n""#, "0", "-0", "12345678901234567890123",
    ])
    func writesBackWhatItRead(text: String) throws {
        #expect(try JSONValue(parsing: text).text() == text)
    }

    @Test(arguments: [
        ("", "expected a value, found the end"), ("[1,]", "expected a value, found ']'"), ("{a:1}", "expected a key in quotes"),
        ("[1 2]", "expected ',' or ']', found '2'"), ("01", "text after the end"), ("1.", "expected a digit"),
        (#"{"a":1,"a":2}"#, "comes twice"), (#""\x""#, "unknown escape"), ("\"\u{1}\"", "control character"),
        (#""abc"#, "without its closing quote"), ("nul", "expected a value"), ("NaN", "expected a value"),
        (#""\u12G4""#, "four hexadecimal"),
        ("+1", "expected a value"), ("1e", "expected a digit"), ("[1", "expected ',' or ']', found the end"),
    ])
    func refuses(text: String, problem: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    }

    @Test func pointsAtLineAndColumn() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "{\n  \"a\": x}") }
        #expect(error?.line == 2 && error?.column == 8)
    }

    @Test func refusesInvalidUTF8() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test func boundsTheDepth() {
        let deep = String(repeating: "[", count: 100_000)
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
        #expect(error?.problem.contains("nested deeper") == true)
    }

    @Test func readsSurrogatePairsAndMendsHalves() throws {
        #expect(try JSONValue(parsing: #""\ud83d\ude00""#) == "😀")
        #expect(try JSONValue(parsing: #""\ud83dx""#) == "\u{FFFD}x")
        #expect(try JSONValue(parsing: #""\ud83d\u0041""#) == "\u{FFFD}A")
    }

    @Test func theLastOfTwoEqualKeysCountsWhereThatIsAllowed() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#, limits: .lenient).text() == #"{"a":2}"#)
    }

    @Test func readsPythonsNonFiniteNumbersWhereAllowed() throws {
        #expect(try JSONValue(parsing: "[NaN,-Infinity]", limits: .python)[1]?.double == -.infinity)
    }
}

@Suite struct JSONWriting {
    let sample: JSONValue = ["b": "<a>&\u{2028}é😀\u{7F}\u{1}", "a": [1, 2.5]]

    @Test func go() { #expect(sample.text(.go) == "{\"b\":\"\\u003ca\\u003e\\u0026\\u2028é😀\u{7F}\\u0001\",\"a\":[1,2.5]}") }
    @Test func goSorted() { #expect(sample.text(.goSorted).hasPrefix(#"{"a":[1,2.5],"b":"#)) }
    @Test func python() {
        #expect(
            sample.text(.python(ensureASCII: true)) == #"{"b": "<a>&\u2028\u00e9\ud83d\ude00\u007f\u0001", "a": [1, 2.5]}"#)
    }
    @Test func pretty() {
        let value: JSONValue = ["a": [1], "b": [:]]
        #expect(value.text(.pretty) == "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}")
    }

    // Expected texts: json.Marshal of Go 1.24.
    @Test(arguments: [
        (0.7, "0.7"), (1_048_576, "1048576"), (1e21, "1e+21"), (1e20, "100000000000000000000"), (1e-6, "0.000001"), (1e-7, "1e-7"),
        (1.5e-9, "1.5e-9"), (0, "0"), (-0.25, "-0.25"), (123456.789, "123456.789"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
    ])
    func numbersAsGo(value: Double, text: String) { #expect(JSONNumber(value).text == text) }

    @Test func singlePrecisionPrintsShort() { #expect(JSONNumber(Float(0.1)).text == "0.1") }

    @Test func numbersAreWholeWhereTheyAre() {
        #expect(JSONNumber(2.0).int == 2)
        #expect(JSONNumber(2.5).int == nil)
    }

    @Test func objectsKeepOrderPastTheIndex() throws {
        var object = JSONObject()
        for number in 0..<40 { object["key \(39 - number)"] = .number(JSONNumber(number)) }
        object["key 39"] = nil
        #expect(object.keys.first == "key 38" && object.count == 39 && object["key 0"]?.int == 39)
        #expect(object == object.sorted())
    }

    @Test func keysThatOnlyLookAlikeAreTwo() throws {
        // U+00E9 and e with U+0301 are equal as Swift strings; a vocabulary holds both.
        for padding in [0, 20] {
            let more = (0..<padding).map { ", \"\($0)\": 0" }.joined()
            let value = try JSONValue(parsing: "{\"\u{E9}\": 1, \"e\u{301}\": 2\(more)}")
            #expect(value["\u{E9}"]?.int == 1 && value["e\u{301}"]?.int == 2)
            #expect(value.object?.count == 2 + padding)
        }
    }
}
