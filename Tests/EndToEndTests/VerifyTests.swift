import JSONText
import TestSupport
import Testing

/// The proof of prompts as a user meets it.
@Suite struct Verifying {
    let bench: Workbench
    init() throws { bench = try Workbench() }

    /// The sample's Modelfile with something else in its TEMPLATE, beside its checkpoint.
    private func modelfile(replacing old: String = "", with new: String = "") throws -> String {
        let text = try String(contentsOf: Workbench.sample.appendingPathComponent("Modelfile"), encoding: .utf8)
        let changed = old.isEmpty ? text : text.replacing(old, with: new)
        try #require(old.isEmpty || changed != text)
        return changed.replacing("\nFROM .\n", with: "\nFROM \(Workbench.sample.path)\n")
    }

    @Test func `the sample's TEMPLATE is proven before and after it is built`() throws {
        let before = try bench.quern.run("verify", Workbench.sample.path)
        #expect(before.exitCode == 0, "\(before.output)\(before.errors)")
        #expect(before.output.contains("proven"))
        try bench.createSample("chat")
        let after = try bench.quern.run("verify", "chat", "--json")
        #expect(after.exitCode == 0, "\(after.errors)")
        let report = try JSONValue(parsing: after.output)
        #expect(report["comparison"]?["proven"]?.bool == true)
        #expect(report["comparison"]?["compares"]?.string == "tokens")
    }

    @Test func `a planted mistake is told with both places and exit code 1`() throws {
        try bench.write(try modelfile(replacing: "<|im_start|>user\n", with: "<|im_start|>user"), to: "Modelfile")
        let result = try bench.quern.run("verify", "Modelfile")
        #expect(result.exitCode == 1)
        #expect(result.output.contains("missing newline after '<|im_start|>user'"), "\(result.output)")
        #expect(result.output.contains("TEMPLATE, line") && result.output.contains("the model's own, line"))
    }

    @Test func `create warns of a mistake, refuses it when told to, and says nothing when told so`() throws {
        let broken = try modelfile(
            replacing: "<|im_end|>\n{{ else if eq .Role \"assistant\" }}", with: "\n{{ else if eq .Role \"assistant\" }}")
        let refused = try bench.create("chat", broken, "--verify", "error")
        #expect(refused.exitCode == 1)
        #expect(refused.errors.contains("a turn has no end"), "\(refused.errors)")
        #expect(bench.blobs.isEmpty && bench.leftovers.isEmpty)
        #expect(try bench.listed.isEmpty)
        let warned = try bench.create("chat", broken)
        #expect(warned.exitCode == 0 && warned.errors.contains("a turn has no end"), "\(warned.errors)")
        let quiet = try bench.create("chat", broken, "--verify", "off")
        #expect(quiet.exitCode == 0 && !quiet.errors.contains("a turn has no end"))
    }

    @Test func `a wrong stop is told`() throws {
        try bench.write(try modelfile(replacing: "stop \"<|im_end|>\"", with: "stop \"<|im_end>\""), to: "Modelfile")
        let result = try bench.quern.run("verify", "Modelfile", "--audit")
        #expect(result.exitCode == 1)
        #expect(result.output.contains("stray-stop"), "\(result.output)")
    }

    @Test func `two template files are compared without a model`() throws {
        try bench.write("{{ range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}", to: "a.gotmpl")
        try bench.write("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}", to: "b.jinja")
        let result = try bench.quern.run("verify", "--go", "a.gotmpl", "--jinja", "b.jinja")
        #expect(result.output.contains("no model was given"), "\(result.output)\(result.errors)")
    }

    @Test func `the route says which template runs where`() throws {
        try bench.createSample("chat")
        let result = try bench.quern.run("show", "chat", "--template-route", "--json")
        #expect(result.exitCode == 0, "\(result.errors)")
        let routes = try JSONValue(parsing: result.output)["routes"]?.array ?? []
        #expect(routes.first { $0["runtime"]?.string == "Ollama before 0.30" }?["uses"]?.string == "go")
        #expect(routes.first { $0["runtime"]?.string == "Docker Model Runner" }?["uses"]?.string == "jinja")
        let text = try bench.quern.run("show", "chat", "--template-route")
        #expect(text.output.contains("OLLAMA_GO_TEMPLATE"))
    }

    @Test func `a conversation is shown as the model gets it`() throws {
        try bench.createSample("chat")
        try bench.write(#"[{"role": "user", "content": "Hi"}]"#, to: "hi.json")
        let bare = try bench.quern.run("template", "render", "chat", "--messages", "hi.json")
        #expect(bare.exitCode == 0 && bare.output.hasPrefix("<|im_start|>user\nHi<|im_end|>\n"), "\(bare.output)\(bare.errors)")
        #expect(bare.errors.contains(" tokens"))
        let tokens = try bench.quern.run("template", "render", "chat", "--messages", "hi.json", "--json")
        let answer = try JSONValue(parsing: tokens.output)
        #expect(answer["count"]?.int == answer["tokens"]?.array?.count)
        #expect((answer["count"]?.int ?? 0) > 5)
    }

    @Test func `the sample's own template is converted`() throws {
        try bench.createSample("chat")
        let result = try bench.quern.run("template", "convert", "chat")
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output.contains("{{ .Content }}"))
    }

    /// Templates come with models from anywhere.
    @Test(arguments: [
        "{% for i in range(100000000) %}{% for j in range(100000000) %}x{% endfor %}{% endfor %}",
        "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "{{ 'a' * 10**9 }}",
        "{{ ('a' * 1000000) * 1000 }}",
        "{% set ns = namespace(s='ab') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l }}",
        "{{ range(10**12) | list | length }}", "{{ 10 ** 10 ** 10 }}", "{{ 'x' | center(10**10) }}",
        "{{ '%1000000000d' | format(1) }}",
        "{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{% set y = x | replace('a', 'b') %}{% endfor %}",
        "{% set x = range(100000) | list %}{% for i in range(100000) %}{% set y = x | sort %}{% endfor %}",
        "{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{% if 'b' in x %}{% endif %}{% endfor %}",
    ])
    func `a hostile template ends in one clear error`(template: String) throws {
        try bench.write(template, to: "bad.jinja")
        try bench.write("{}", to: "context.json")
        let result = try bench.quern.run("template", "render", "--jinja", "bad.jinja", "--context", "context.json")
        #expect(result.isOneClearError, "\(result.errors)")
    }
}
