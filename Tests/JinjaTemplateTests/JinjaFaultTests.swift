import JSONText
import JinjaTemplate
import Testing

/// Errors say what is wrong, in Python's words, and where.
@Suite struct JinjaFaultTests {
    func fault(_ source: String, _ context: JSONObject = [:]) -> JinjaFault? {
        do {
            _ = try JinjaProgram(source).render(context)
            return nil
        } catch { return error.fault }
    }

    @Test(arguments: [
        ("{{ x.y }}", "'x' is undefined", 1, 4),
        ("a\n  {{ d.x.y }}", "'dict object' has no attribute 'x'", 2, 6),
        ("é{{ 1 + 'a' }}", "unsupported operand type(s) for +: 'int' and 'str'", 1, 5),
        ("{{ 'a' + 1 }}", "can only concatenate str (not \"int\") to str", 1, 4),
        ("{{ 1 / 0 }}", "division by zero", 1, 4),
        ("{{ 1 < 'a' }}", "'<' not supported between instances of 'int' and 'str'", 1, 4),
        ("{% for x in 5 %}{% endfor %}", "'int' object is not iterable", 1, 13),
        ("{% for a, b in [[1]] %}{% endfor %}", "not enough values to unpack (expected 2, got 1)", 1, 8),
        ("{{ f() }}", "'f' is undefined", 1, 4),
        ("{{ undefined_thing|tojson }}", "Object of type Undefined is not JSON serializable", 1, 4),
        ("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "macro 'm' takes not more than 1 argument(s)", 1, 34),
        ("{% macro m(a) %}{% endmacro %}{{ m(b=2) }}", "macro 'm' takes no keyword argument 'b'", 1, 34),
        ("line\n{{ raise_exception('no ' ~ 'way') }}", "no way", 2, 4),
        ("{% set d.x = 1 %}", "cannot assign attribute on non-namespace object", 1, 8),
    ])
    func `what goes wrong while running`(_ source: String, _ problem: String, _ line: Int, _ column: Int) {
        let fault = fault(source, ["d": [:]])
        #expect(fault?.problem == problem)
        #expect(fault?.line == line && fault?.column == column)
    }

    @Test(arguments: [
        ("{{ 1", "unexpected end of template, expected 'end of print statement'.", 1, 5),
        ("{{ 1 2 }}", "expected token 'end of print statement', got 'integer'", 1, 6),
        (
            "{% if x %}",
            "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
            1, 11
        ),
        (
            "{% for x in y %}{% endif %}",
            "Encountered unknown tag 'endif'. Jinja was looking for the following tags: 'endfor' or 'else'. The innermost block that needs to be closed is 'for'.",
            1, 20
        ),
        ("a\n\n{% nope %}", "Encountered unknown tag 'nope'.", 3, 4),
        ("{{ x|nope }}", "No filter named 'nope'.", 1, 6),
        ("{{ x is nope }}", "No test named 'nope'.", 1, 9),
        ("{{ (1] }}", "unexpected ']', expected ')'", 1, 6),
        ("{{ 'x }}", "unexpected char '''", 1, 4),
        ("{# never", "Missing end of comment tag", 1, 1),
        ("{% raw %}x", "Missing end of raw directive", 1, 1),
        ("{% break %}", "'break' outside of a loop", 1, 4),
        ("{% set true = 1 %}", "can't assign to 'true'", 1, 8),
        ("{% include 'x' %}", "'include' needs another template, and a chat template is alone", 1, 4),
        ("{{ }}", "Expected an expression, got 'end of print statement'", 1, 4),
    ])
    func `what is no template`(_ source: String, _ problem: String, _ line: Int, _ column: Int) {
        let fault = fault(source)
        #expect(fault?.problem == problem)
        #expect(fault?.line == line && fault?.column == column)
    }

    @Test func `a raised message is told apart`() {
        let error = #expect(throws: JinjaError.self) { try JinjaProgram("{{ raise_exception('x') }}").render([:]) }
        guard case .raised(let fault)? = error else {
            Issue.record("\(String(describing: error)) is no raised message")
            return
        }
        #expect(fault.text == "template:1:4: x")
    }
}
