import JSONText
import ModelfilePlan
import Testing

@Suite struct ParameterTests {
    @Test func `the table has every name once and a default of its type`() {
        #expect(Set(ParameterTable.all.map(\.name)).count == ParameterTable.all.count)
        for parameter in ParameterTable.all where parameter.defaultText != "auto" && parameter.type != .strings {
            #expect(ParameterValue.parse([parameter.defaultText], as: parameter.type)?.texts == [parameter.defaultText])
        }
        let dead = Set(ParameterTable.deprecated).union(ParameterTable.removed)
        #expect(dead.isDisjoint(with: ParameterTable.all.map(\.name)))
    }

    @Test func `every suggestion is a parameter`() {
        for name in ["max_tokens", "stop_sequences", "temp", "num-ctx", "Temperature", "\"stop\"", "topp", "n_gpu_layers"] {
            #expect(ParameterTable.suggestion(for: name).flatMap(ParameterTable.named) != nil, "\(name)")
        }
        #expect(ParameterTable.suggestion(for: "zzz") == nil)
    }

    @Test(arguments: [
        ("0.7", "0.7"), ("1.0", "1"), ("1e-7", "1e-7"), (".5", "0.5"), ("5.", "5"), ("+2", "2"), ("1e3", "1000"),
        ("-0.25", "-0.25"),
        ("0.699999988", "0.7"), ("1e21", "1e+21"), ("16777217", "16777216"),
    ])
    func `fractions are single precision and print as Go prints them`(text: String, printed: String) {
        let value = ParameterValue.parse([text], as: .float)
        #expect(value?.json.text(.go) == printed)
        #expect(value?.texts == [printed])
    }

    @Test(arguments: ["", "inf", "nan", "0x1p2", "1e99", "1,5", "1 2", " 1", "--1", "1e", "e5", "1_000", "٣"])
    func `other text is no number`(text: String) {
        #expect(ParameterValue.parse([text], as: .float) == nil)
    }

    @Test(arguments: ["", "1.0", "4k", "9223372036854775808", "1e3", " 1", "0x10"])
    func `other text is no whole number`(text: String) {
        #expect(ParameterValue.parse([text], as: .int) == nil)
    }

    @Test func `whole numbers reach sixty four bits`() {
        #expect(ParameterValue.parse(["-9223372036854775808"], as: .int) == .int(.min))
        #expect(ParameterValue.parse(["+7"], as: .int) == .int(7))
        #expect(ParameterValue.int(1_048_576).texts == ["1048576"])
    }

    @Test func `values from JSON`() throws {
        #expect(ParameterValue(json: try JSONValue(parsing: "1.048576e+06"), as: .int) == .int(1_048_576))
        #expect(ParameterValue(json: 0.7, as: .float) == .float(0.7))
        #expect(ParameterValue(json: ["a", "b"], as: .strings) == .strings(["a", "b"]))
        #expect(ParameterValue(json: true, as: .bool) == .bool(true))
        for (json, type): (JSONValue, ParameterType) in [
            (1.5, .int), ("1", .int), ("x", .strings), ([1], .strings), (1, .bool), (nil, .float),
        ] {
            #expect(ParameterValue(json: json, as: type) == nil)
        }
    }

    @Test func `errors speak as Ollama does`() {
        #expect(throws: ParameterError.unknown(name: "x")) { try ParameterTable.value(for: "x", ["1"]) }
        #expect(ParameterError.unknown(name: "x").description == "unknown parameter 'x'")
        #expect(throws: ParameterError.deprecated(name: "low_vram")) { try ParameterTable.value(for: "low_vram", ["1"]) }
        #expect(throws: ParameterError.invalidValue(name: "seed", text: "a", wanted: .int)) {
            try ParameterTable.value(for: "seed", ["a"])
        }
        #expect(ParameterError.invalidValue(name: "seed", text: "a", wanted: .int).description == "invalid int value [a]")
    }

    @Test func `a set keeps types and grows lists`() throws {
        var set = ParameterSet()
        #expect(try set.add("stop", "a", at: 0..<1) == nil)
        #expect(try set.add("stop", "b", at: 2..<3) == nil)
        #expect(try set.add("seed", "1", at: 4..<5) == nil)
        #expect(try set.add("seed", "2", at: 6..<7) == 4..<5)
        #expect(set["stop"] == .strings(["a", "b"]))
        #expect(set["seed"] == .int(2))
        #expect(set.names == ["seed", "stop"])
        #expect(JSONValue.object(set.json).text(.compact) == #"{"seed":2,"stop":["a","b"]}"#)
        #expect(throws: ParameterError.self) { try set.set("seed", .bool(true)) }
        #expect(throws: ParameterError.self) { try set.set("sead", .int(1)) }
        try set.set("seed", nil)
        #expect(set.names == ["stop"])
    }
}

@Suite struct VersionTests {
    @Test(arguments: [
        ("0.14.0", "0.14.0"), ("v1.2.3", "1.2.3"), ("1", "1"), ("1.2", "1.2"), ("1.2.3-rc.1+build.05", "1.2.3-rc.1+build.05"),
        ("1.2.3+x", "1.2.3+x"),
    ])
    func `versions that Go accepts`(text: String, version: String) {
        #expect(VersionText.parse(text) == version)
    }

    @Test(arguments: [
        "", "v", "1.2.3.4", "01.2.3", "1.2-rc", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", "latest", "1.x", "vv1", "１.2.3",
    ])
    func `versions that Go refuses`(text: String) {
        #expect(VersionText.parse(text) == nil)
    }
}
