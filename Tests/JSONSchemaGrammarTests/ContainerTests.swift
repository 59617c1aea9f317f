/// Objects and arrays whose conditions need more than one look at each part.
import JSONSchemaGrammar
import Testing

@Suite("Conditions over whole containers")
struct ContainerTests {
    @Test(
        "unique arrays and objects are told apart as values",
        arguments: [
            (#"[[1],[2]]"#, true), (#"[[1],[1]]"#, false), (#"[[1],[1.0]]"#, false), (#"[{"a":1,"b":2},{"b":2,"a":1}]"#, false),
            (#"[{"a":1},{"a":2}, {"a":3}]"#, true), (#"[{"a":1},{"a": 1}]"#, false), (#"[{"a":[1]},{"a":[1]}]"#, false),
            (#"[{"a":"x"},{"a":"\u0078"}]"#, false), (#"[1,[1],{"a":1},"1"]"#, true), (#"[[[1],[2]],[[2],[1]]]"#, true),
            (#"[[[1],[1]]]"#, false), (#"[{},[]]"#, true), (#"[{},{}]"#, false),
        ])
    func unique(text: String, isValid: Bool) throws {
        let schema = ##"{"$defs":{"u":{"uniqueItems":true,"items":{"$ref":"#/$defs/u"}}},"$ref":"#/$defs/u"}"##
        #expect(try SchemaMatcher(schema).accepts(text) == isValid)
    }

    @Test(
        "an object that is not of a schema has some property that breaks it",
        arguments: [
            (#"{"a":1}"#, true), (#"{"a":"x"}"#, false), (#"{}"#, false), (#"{"a":"x","b":null}"#, true),
            (#"{"b":[1],"a":"x"}"#, true),
            (#"{"a":"x","b":"y"}"#, false),
        ])
    func deniedValues(text: String, isValid: Bool) throws {
        let schema = #"{"type":"object","not":{"additionalProperties":{"type":"string"}}}"#
        #expect(try SchemaMatcher(schema).accepts(text) == isValid)
    }

    @Test(
        "alternatives that overlap are kept apart",
        arguments: [
            (#"{"a":1}"#, true), (#"{"b":"x"}"#, true), (#"{}"#, false), (#"{"a":"x"}"#, true), (#"{"c":2}"#, false),
        ])
    func oneOf(text: String, isValid: Bool) throws {
        let schema =
            #"{"oneOf":[{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false},{"type":"object","additionalProperties":{"type":"string"}}]}"#
        #expect(try SchemaMatcher(schema).accepts(text) == isValid)
    }

    @Test("a property may be called like a keyword", arguments: ["examples", "default", "const", "enum", "$id"])
    func names(name: String) throws {
        let schema =
            #"{"type":"object","properties":{"\#(name)":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}}"#
        let matcher = try SchemaMatcher(schema)
        #expect(matcher.accepts(#"{"\#(name)":{"n":1}}"#))
        #expect(!matcher.accepts(#"{"\#(name)":{}}"#))
        #expect(!matcher.accepts(#"{"\#(name)":{"n":"1"}}"#))
    }

    @Test(
        "what no schema has looked at is told",
        arguments: [
            (#"{"a":1}"#, true), (#"{"a":1,"b":2}"#, true), (#"{"a":1,"b":2,"c":3}"#, true), (#"{"c":3}"#, false),
            (#"{"a":1,"d":0}"#, false),
        ])
    func unevaluated(text: String, isValid: Bool) throws {
        let schema =
            #"{"properties":{"a":true},"anyOf":[{"properties":{"b":true}},{"required":["b","c"],"properties":{"c":true}}],"unevaluatedProperties":false}"#
        #expect(try SchemaMatcher(schema).accepts(text) == isValid)
    }

    @Test("what would have to be denied and cannot is an error before the first byte")
    func deniedContains() {
        #expect(throws: SchemaError.self) {
            try SchemaMatcher(#"{"type":"array","contains":{"type":"array","uniqueItems":true},"maxContains":1}"#)
        }
    }
}
