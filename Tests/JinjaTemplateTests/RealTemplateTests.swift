import JSONText
import JinjaTemplate
import TestSupport
import Testing

/// Chat templates of real models and other engines' cases, wherever Python's Jinja2 agrees with what they expect.
@Suite(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
struct RealTemplateTests {
    static func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: try SharedData.bytes("templates/" + name)) }

    /// Cases of a file that Python's Jinja2 renders otherwise than they expect, by name or place.
    static func exceptions(_ file: String) throws -> Set<String> {
        let names = try json("VERIFIED-with-jinja2.json")["differ"]?[file]?.array ?? []
        return Set(names.map { $0.string ?? $0.text() })
    }

    func check(_ file: String, template: String, context: String, expected: String) throws {
        let exceptions = try Self.exceptions(file)
        var checked = 0
        for (index, test) in (try Self.json(file).array ?? []).enumerated() {
            let name = test["name"]?.string ?? String(index)
            if Self.casesOfMarkup.contains(name) { continue }
            if exceptions.contains(name) || exceptions.contains(String(index)) { continue }
            let options = test["options"]?.object
            let whitespace = options.map {
                JinjaWhitespace(
                    trimsBlocks: $0["trim_blocks"]?.bool ?? false, stripsLines: $0["lstrip_blocks"]?.bool ?? false)
            }
            let source = try #require(test[template]?.string)
            let text = try #require(test[expected]?.string)
            let program = try JinjaProgram(source, name: name, whitespace: whitespace ?? .transformers)
            let rendered = try program.render(test[context]?.object ?? [:])
            #expect(rendered == text, "\(file): \(name)")
            checked += 1
        }
        #expect(checked > 10)
    }

    @Test func `end-to-end renderings are right`() throws {
        try check("hfjs-e2e.json", template: "chat_template", context: "data", expected: "target")
    }

    @Test func `syntax cases are right`() throws {
        try check("hfjs-jinja-syntax.json", template: "template", context: "context", expected: "expected")
        try check("llama.cpp-jinja-syntax.json", template: "template", context: "vars", expected: "expected")
    }

    @Test func `white space cases are right`() throws {
        try check("hfjs-jinja-whitespace.json", template: "template", context: "data", expected: "target")
    }

    /// Made by an engine that fills in what the template or Python's `tojson` would not; Jinja2 writes something else.
    static let goldensOfAnotherEngine: Set = ["Qwen-Qwen2.5-7B-Instruct-tool_use", "microsoft-Phi-3.5-mini-instruct-tool_use"]

    /// `safe` marks nothing here: a prompt is not HTML.
    static let casesOfMarkup: Set = ["is escaped"]

    @Test func `goldens are right`() throws {
        for golden in try SharedData.files(in: "templates/goldens/goldens") {
            let stem = golden.deletingPathExtension().lastPathComponent
            if Self.goldensOfAnotherEngine.contains(stem) { continue }
            let cut = try #require(stem.range(of: "-", options: .backwards))
            let (model, context) = (String(stem[..<cut.lowerBound]), String(stem[cut.upperBound...]))
            let source = try SharedData.bytes("templates/goldens/templates/\(model).jinja")
            let data = try JSONValue(parsing: try SharedData.bytes("templates/goldens/contexts/\(context).json"))
            let program = try JinjaProgram(String(decoding: source, as: UTF8.self), name: model)
            let rendered = try program.render(data.object ?? [:], now: try #require(JinjaTime("2024-07-26")))
            #expect(rendered == (try String(contentsOf: golden, encoding: .utf8)), "\(stem)")
        }
    }

    @Test func `every real template parses`() throws {
        let files = try SharedData.files(in: "templates/jinja")
        #expect(files.count > 20)
        for file in files {
            #expect(throws: Never.self, "\(file.lastPathComponent)") {
                try JinjaProgram(String(contentsOf: file, encoding: .utf8))
            }
        }
    }
}
