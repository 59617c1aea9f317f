import JSONText
import JinjaTemplate
import Testing

/// Templates that want more than a prompt: each must end in an error, soon, and without taking the program along.
@Suite struct HostileTemplateTests {
    static let greedy = [
        "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 10000000000 }}",
        "{{ [0] * 10000000000 }}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(150) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=1) %}{% for i in range(9999) %}{% set ns.l = namespace(a=ns.l, b=ns.l) %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(x) %}{{ m(x ~ x) }}{% endmacro %}{{ m('xx') }}",
        "{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
        "{{ range(100000000) }}",
        "{{ 'x'.center(9999999999) }}",
        "{{ 'x'|center(9999999999) }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ '{:9999999999}'.format(1) }}",
        "{{ [1]|tojson(indent=9999999999) }}",
        "{{ 'a\n'|indent(9999999999) }}",
        "{{ 'ab'.replace('', 'x' * 60000000) }}",
        "{{ ('a' * 60000000).replace('a', 'bbbbbbbbbb') }}",
        "{{ ('a,' * 6000000).split(',')|length }}",
        "{{ ('a' * 6000000)|list|length }}",
        "{{ [1]|batch(99999999, 0)|list }}",
        "{{ [1]|slice(99999999)|list }}",
        "{{ 9 ** 9 ** 9 ** 9 }}",
        "{{ 1 if " + String(repeating: "not ", count: 100_000) + "x }}",
        String(repeating: "{% if x %}", count: 100_000),
        "{{ " + String(repeating: "(", count: 100_000),
        "{{ " + String(repeating: "[", count: 100_000),
        "{{ x" + String(repeating: ".a", count: 100_000) + " }}",
        "{{ x" + String(repeating: "|upper", count: 100_000) + " }}",
        "{{ 1" + String(repeating: " - 1", count: 100_000) + " }}",
        "{{ " + String(repeating: "-", count: 100_000) + "1 }}",
        "{{ 1" + String(repeating: " if 1 else 1", count: 50_000) + " }}",
        "{% set " + String(repeating: "(", count: 100_000) + "x = 1 %}",
    ]

    @Test(arguments: greedy)
    func `greedy templates end in an error`(_ source: String) {
        #expect(throws: JinjaError.self) { try JinjaProgram(source).render([:]) }
    }

    @Test(arguments: [
        "{{ ''.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ messages.__init__ }}", "{{ ''['__class__'] }}",
        "{{ ''|attr('__class__') }}", "{{ range.__globals__ }}", "{{ m.__call__ }}", "{{ namespace.__init__ }}",
        "{{ cycler.__init__.__globals__ }}", "{{ self }}", "{{ lipsum }}", "{{ config }}",
    ])
    func `nothing leads out of the data`(_ source: String) {
        let text = try? JinjaProgram(source).render(["messages": []])
        #expect(text == nil || text == "")
    }

    @Test(arguments: [
        "{{ messages.append(1) }}", "{{ messages[0].update({'a': 1}) }}", "{{ messages.pop() }}", "{{ messages[0].pop('role') }}",
        "{% set messages.x = 1 %}", "{% set ns = namespace() %}{% set ns._x = 1 %}", "{{ namespace(__class__=1) }}",
    ])
    func `nothing can be changed`(_ source: String) {
        #expect(throws: JinjaError.self) { try JinjaProgram(source).render(["messages": [["role": "user"]]]) }
    }
}
