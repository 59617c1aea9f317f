/// Masks agree with reading each token byte by byte, whatever way they are worked out.
import Automata
import ConstrainedDecoding
import JSONSchemaGrammar
import JSONText
import Testing

@Suite("Constraints")
struct ConstraintTests {
    /// A small vocabulary with every printable byte and pieces that cross the borders of JSON's parts.
    private static let table: TokenTable = {
        var texts: [[UInt8]] = [[]]
        texts += (UInt8(0x20)...0x7E).map { [$0] } + [[0x0A], [0x09]] + (UInt8(0x80)...0xFF).map { [$0] }
        let pieces = [
            "{\"", "\":", "\": ", "\",", "\", \"", "},", "\"}", "]}", "[{", "[\"", "\"]", "true", "false", "null", "name", "age",
            "nam",
            "hello", " world", "é", "日本", "\\n", "\\u00", "\\\"", "12", "1.5", "0,", "-1", "e1", "],[", "\"\"", "{}", "[]",
            "a\":1,\"b",
            "abcdefghijklmnopqrstuvwxyzabcdefghij", "aa", "aaaa",
        ]
        texts += pieces.map { Array($0.utf8) }
        return TokenTable(texts: texts, endTokens: [0])
    }()

    private static let schemas = [
        "true", #"{"type":"string"}"#, #"{"type":"string","maxLength":3}"#, #"{"type":"string","pattern":"^a+$"}"#,
        #"{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name"]}"#,
        #"{"type":"object","properties":{"a":{"const":1},"b":{"enum":["aa","hello"]}},"additionalProperties":false}"#,
        #"{"type":"array","items":{"enum":["aa","aaaa",12]},"uniqueItems":true}"#, #"{"type":"number","minimum":1,"maximum":12}"#,
        #"{"anyOf":[{"type":"array","items":{"type":"number"}},{"type":"array","items":{"type":"string","minLength":2}}]}"#,
        #"{"type":"array","items":{"type":"string"},"uniqueItems":true}"#,
        #"{"type":"array","items":{"type":"object","properties":{"a":{"enum":[1,2]}},"required":["a"],"additionalProperties":false},"uniqueItems":true}"#,
        #"{"type":"array","items":{"type":"array","items":{"type":"boolean"},"maxItems":1},"uniqueItems":true}"#,
        #"{"not":{"type":"object","additionalProperties":{"type":"string"}},"type":"object"}"#,
        #"{"type":"object","properties":{"ab":{"type":"string"}},"patternProperties":{"^a":{"type":"string","pattern":"^[^.]+$"}},"additionalProperties":false}"#,
        #"{"type":"string","minLength":2,"maxLength":6}"#, #"{"type":"string","pattern":"^[a-z ]{2,40}$"}"#,
        #"{"type":"string","pattern":"^[a-z]+(-[a-z]+)*$","maxLength":44}"#, #"{"type":"string","pattern":"^a{20,50}b?$"}"#,
        #"{"type":"string","pattern":"^([a-z]{1,20} ){0,30}$","minLength":3}"#, #"{"type":"string","format":"hostname"}"#,
        #"{"type":"object","patternProperties":{"^[a-z]{1,30}$":true},"additionalProperties":false}"#,
        ##"{"$ref":"#/$defs/t","$defs":{"t":{"type":"object","properties":{"a":{"$ref":"#/$defs/t"}},"additionalProperties":false}}}"##,
    ]

    /// A reproducible source of choices.
    private struct Choices: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    @Test("allow just the tokens that can be taken", arguments: schemas)
    func masksAreExact(schema: String) throws {
        for seed in 1...6 {
            var choices = Choices(state: UInt64(seed))
            let constraint = Constraint(machine: try JSONMachine(schema: try JSONValue(parsing: schema)), table: Self.table)
            for _ in 0..<12 {
                let mask = constraint.mask()
                var allowed: [Int32] = []
                for token in Int32(0)..<Int32(Self.table.count) {
                    let canTake = constraint.accept(token)
                    if canTake && token != 0 { constraint.rollBack(1) }
                    #expect(
                        mask.contains(token) == canTake,
                        "token \(String(decoding: Self.table.bytes(of: token), as: UTF8.self)) in \(schema)")
                    if canTake && token != 0 { allowed.append(token) }
                }
                #expect(!mask.isEmpty)
                guard let token = allowed.randomElement(using: &choices) else { break }
                #expect(constraint.accept(token))
            }
        }
    }

    @Test("know what must come next")
    func forced() throws {
        let schema = #"{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}"#
        let machine = try JSONMachine(schema: try JSONValue(parsing: schema), options: SchemaOptions(whitespace: .none))
        let constraint = Constraint(machine: machine, table: Self.table)
        #expect(String(decoding: constraint.forcedBytes(), as: UTF8.self) == #"{"name":""#)
    }

    @Test("leave a way to the end when items must differ")
    func noDeadEnds() throws {
        // Two objects are all there is: after them the array must end, and the second cannot begin like the first.
        let schema =
            #"{"type":"array","items":{"type":"object","properties":{"a":{"enum":["x","xy"]}},"required":["a"],"additionalProperties":false},"uniqueItems":true,"minItems":2}"#
        let options = SchemaOptions(whitespace: .none)
        let constraint = Constraint(
            machine: try JSONMachine(schema: try JSONValue(parsing: schema), options: options), table: Self.table)
        #expect(constraint.accept(bytes: Array(#"[{"a":"x"},{"a":"x"#.utf8)))
        #expect(String(decoding: constraint.forcedBytes(), as: UTF8.self) == #"y"}]"#)
        #expect(!constraint.accept(bytes: Array(#"""#.utf8)))
        #expect(constraint.accept(bytes: Array(#"y"}"#.utf8)))
        #expect(String(decoding: constraint.forcedBytes(), as: UTF8.self) == "]")
    }

    @Test("guess what comes if no blanks do, up to where blanks are usual")
    func likely() throws {
        let schema = #"{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}"#
        let constraint = Constraint(machine: try JSONMachine(schema: try JSONValue(parsing: schema)), table: Self.table)
        #expect(String(decoding: constraint.likelyBytes(), as: UTF8.self) == #"{"name":"#)
        #expect(constraint.forcedBytes().isEmpty)
        #expect(constraint.accept(bytes: Array(#"{"name": "x""#.utf8)))
        #expect(String(decoding: constraint.likelyBytes(), as: UTF8.self) == "}")
    }
}
