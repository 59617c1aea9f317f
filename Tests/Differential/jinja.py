#!/usr/bin/env python3
"""Random Jinja templates, rendered by Quern and by Python's Jinja2 as transformers sets it up: both must write the same.

    python3 Tests/Differential/jinja.py --quern .build/release/quern --count 10000
    python3 Tests/Differential/jinja.py --fixture Tests/Fixtures/JinjaTemplate/random.json --count 400

Needs Jinja2 3.1.6 (PyPI). A case is a template and a context; where Python fails, Quern must fail too, in whatever words.
With --fixture nothing is compared: cases and Python's texts are written for JinjaTemplateTests.
"""

import argparse
import concurrent.futures
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2024, 7, 26, 9, 5, 3)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class Namespace(jinja2.utils.Namespace):
    def __init__(*args, **kwargs):
        self, args = args[0], args[1:]
        attributes = dict(*args, **kwargs)
        for name in attributes:
            Namespace.check(name)
        jinja2.utils.Namespace.__init__(self, attributes)

    def __setitem__(self, name, value):
        Namespace.check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def check(name):
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(name)


def environment():
    made = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    made.filters["tojson"] = tojson
    made.globals.update(
        raise_exception=raise_exception, strftime_now=lambda form: NOW.strftime(form), namespace=Namespace, dict=dict)
    return made


ENVIRONMENT = environment()


def rendered(template, context):
    """Python's text, or None where it fails."""
    try:
        return ENVIRONMENT.from_string(template).render(**context)
    except Exception:  # whatever it is, Quern has to refuse too
        return None


class Generator:
    """Templates that use everything a chat template may, mostly in ways that work."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = ["s", "n", "f", "t", "u", "items", "nums", "d", "messages", "missing"]
        self.loops = 0
        self.macros = []

    def pick(self, *options):
        return self.random.choice(options)

    def chance(self, share):
        return self.random.random() < share

    # Context

    def text(self):
        pieces = ["a", "B", "hello", " ", "\n", "World", "é", "ß", "日本", "😀", "\t", "'", '"', "\\", "<", "&", "{", "x,y", "12", "-", "_", "%"]
        return "".join(self.random.choice(pieces) for _ in range(self.random.randint(0, 5)))

    def data(self, depth=0):
        kind = self.random.randint(0, 8 if depth < 2 else 5)
        if kind == 0:
            return None
        if kind == 1:
            return self.chance(0.5)
        if kind == 2:
            return self.random.choice([0, 1, 2, 3, -1, 7, 42, 1000000, -17])
        if kind == 3:
            return self.random.choice([0.5, 1.0, -2.25, 3.14159, 1e16, 1e-5, 100.0, 0.1, 1e22, 123456789.125])
        if kind in (4, 5):
            return self.text()
        if kind == 6:
            return [self.data(depth + 1) for _ in range(self.random.randint(0, 4))]
        return {self.random.choice(["a", "b", "name", "z", "type", "é"]): self.data(depth + 1) for _ in range(self.random.randint(0, 3))}

    def context(self):
        roles = ["system", "user", "assistant", "tool"]
        return {
            "s": self.text(), "t": self.text(), "n": self.random.randint(-5, 20), "f": self.random.choice([0.5, 2.0, -1.75, 3.333]),
            "u": None, "items": [self.data(1) for _ in range(self.random.randint(0, 4))],
            "nums": [self.random.randint(-9, 9) for _ in range(self.random.randint(0, 6))],
            "d": {key: self.data(1) for key in self.random.sample(["a", "b", "c", "name", "items2"], self.random.randint(0, 4))},
            "messages": [
                {"role": self.random.choice(roles), "content": self.text(), **({"n": self.random.randint(0, 3)} if self.chance(0.5) else {})}
                for _ in range(self.random.randint(0, 4))],
        }

    # Expressions

    def literal(self):
        return self.pick(
            "0", "1", "2", "-3", "7", "10", "1.5", "0.1", "2.0", "1e3", "'a'", "'ab c'", '"x\\ny"', "''", "'Zed'", "'%s!'", "true", "false",
            "none", "[]", "[1, 2, 3]", "['b', 'A', 'c']", "{}", "{'a': 1, 'b': 'x'}", "(1, 2)", "'</think>'", "'é'", "1_000", "0x1f")

    def string(self, depth):
        base = self.pick("s", "t", "'Hello World'", "'a,b,,c'", "'  pad '", "'x' ~ n", "messages|length|string", "(s ~ t)")
        if depth <= 0 or self.chance(0.3):
            return base
        inner = self.string(depth - 1)
        return "(" + inner + ")" + self.pick(
            ".strip()", ".lstrip('\\n')", ".rstrip()", ".upper()", ".lower()", ".title()", ".capitalize()", ".replace('a', 'bb')",
            ".split(',')[0]", ".split()[-1:]|join('+')", ".startswith('a')|string", ".swapcase()", ".zfill(6)", ".center(9)", ".ljust(4)",
            ".rjust(5, '*')", "[::-1]", "[1:]", "[:-1]", "[0:3]", "[::2]", "|trim", "|upper", "|lower", "|title", "|capitalize", "|length|string",
            "|replace('l', 'L')", "|indent(2)", "|indent(3, true)", "|truncate(7)", "|wordcount|string", "|reverse", "|tojson", "|urlencode",
            "|list|join('.')", "|first|default('none')", ".find('a')|string", ".count('l')|string", ".partition(' ')[0]", ".rsplit(' ', 1)[0]",
            ".splitlines()|join('/')", ".removeprefix('a')", "|center(8)", ".isalpha()|string", ".isdigit()|string", ".expandtabs(4)", "|wordwrap(5)",
            "|striptags", ".istitle()|string", ".rfind('l')|string", ".endswith(('a', 'd'))|string", ".rpartition(',')[2]", ".isspace()|string")

    def number(self, depth):
        base = self.pick("n", "f", "1", "2", "3.5", "7", "nums|length", "nums|sum", "s|length", "'12'|int", "'1.5'|float", "loop.index" if self.loops else "5")
        if depth <= 0 or self.chance(0.3):
            return base
        left, right = self.number(depth - 1), self.number(depth - 1)
        return self.pick(
            f"({left} + {right})", f"({left} - {right})", f"({left} * {right})", f"({left} / {right})", f"({left} // {right})",
            f"({left} % {right})", f"(-{left})", f"({left})|abs", f"({left})|round(1)", f"({left})|int", f"({left})|round(0, 'floor')",
            f"({left})|round|int", f"(2 ** ({left}|int|abs % 7))", f"({left})|float")

    def sequence(self, depth):
        base = self.pick("items", "nums", "messages", "d", "d.items()", "range(4)", "range(n)", "[1, 2, 3]", "s", "nums[1:]", "messages[::-1]",
                         "d.values()", "d|dictsort", "'a b c'.split()", "['b', 'A', 'c']", "range(10, 0, -3)", "d.keys()|list")
        if depth <= 0 or self.chance(0.4):
            return base
        return self.pick(
            "nums|sort", "nums|sort(reverse=true)", "nums|unique|list", "messages|map(attribute='role')|list", "nums|select('odd')|list",
            "nums|reject('even')|list", "messages|selectattr('role', 'equalto', 'user')|list", "messages|rejectattr('n')|list", "nums|batch(2)|list",
            "nums|slice(3)|list", "nums|map('string')|list", "messages|groupby('role')", "items|reverse|list", "(nums + [1])", "nums|batch(3, 0)|list",
            "messages|sort(attribute='role')", "['b', 'A', 'c']|sort", "['b', 'A', 'c']|sort(case_sensitive=true)", "nums|map('abs')|list",
            "messages|map(attribute='n', default=9)|list", "nums|select('gt', 2)|list", "nums|select|list", "[nums, nums]", "messages|selectattr('n', 'defined')|list",
            "['a', 'b']|map('upper')|list", "(nums|list)", "d|items|list", "messages|selectattr('n', '>', 1)|map(attribute='role')|list")

    def condition(self, depth):
        if depth <= 0:
            return self.pick("s", "u", "items", "n > 3", "true", "missing", "loop.first" if self.loops else "f", "messages")
        left, right = self.expression(depth - 1), self.expression(depth - 1)
        return self.pick(
            f"{left} == {right}", f"{left} != {right}", f"{self.number(1)} < {self.number(1)}", f"'a' in {self.string(1)}", f"{self.literal()} in {self.sequence(1)}",
            f"not ({self.condition(depth - 1)})", f"({self.condition(depth - 1)}) and ({self.condition(depth - 1)})", f"({self.condition(depth - 1)}) or {left}",
            f"({left}) is defined", "missing is defined", f"({left}) is string", f"({left}) is mapping", f"({left}) is iterable", f"({left}) is number",
            f"({left}) is none", f"({left}) is sequence", f"({left}) is boolean", f"({left}) is integer", f"({left}) is float", "n is odd", "n is divisibleby 3",
            f"{self.string(1)} < {self.string(1)}", f"1 < {self.number(1)} < 9", "n is not even", f"({left}) is true", f"({left}) is not none", "n is in nums",
            f"{left} not in {self.sequence(1)}", "s is lower", "s is upper", "d.a is undefined", "u is eq none")

    def expression(self, depth):
        if depth <= 0:
            return self.pick(self.literal(), self.random.choice(self.names))
        return self.pick(
            self.literal(), self.string(depth), self.number(depth), self.sequence(depth), self.random.choice(self.names),
            f"({self.condition(depth - 1)})", f"({self.expression(depth - 1)} if {self.condition(depth - 1)} else {self.expression(depth - 1)})",
            f"({self.expression(depth - 1)} if {self.condition(depth - 1)})", f"{self.expression(depth - 1)} ~ {self.expression(depth - 1)}",
            f"[{self.expression(depth - 1)}, {self.expression(depth - 1)}]", f"{{'k': {self.expression(depth - 1)}, 'm': {self.literal()}}}",
            f"({self.expression(depth - 1)})|tojson", f"({self.expression(depth - 1)})|tojson(indent=2)", f"({self.expression(depth - 1)})|string",
            f"({self.expression(depth - 1)})|default('dflt')", f"({self.expression(depth - 1)})|default('dflt', true)", "d.a", "d['b']", "d.get('c', 'no')", "messages[0].content",
            "messages[-1]['role']", "d.missing", "nums[0]", "nums[-1]", "nums[99]", f"'%s|%d' % ({self.string(1)}, {self.number(1)}|int)", f"'%5.2f' % {self.number(1)}",
            f"({self.sequence(1)})|list", f"({self.sequence(1)})|join(', ')", f"({self.sequence(1)})|first", f"({self.sequence(1)})|list|last", f"({self.sequence(1)})|list|length",
            f"({self.expression(depth - 1)} or {self.expression(depth - 1)})", f"({self.expression(depth - 1)} and {self.expression(depth - 1)})", "nums|max", "nums|min",
            f"({self.sequence(1)})|list|tojson", f"'{{}}-{{}}'.format({self.string(1)}, {self.number(1)})", "strftime_now('%d %b %Y')", f"{self.literal()} * 2", "n|filesizeformat",
            f"({self.expression(depth - 1)})|tojson(separators=(',', ':'))", f"({self.expression(depth - 1)})|tojson(sort_keys=true)",
            f"({self.expression(depth - 1)})|tojson(ensure_ascii=true)", f"'%-6s|%+d|%x' | format({self.string(0)}, 42, 255)", "dict(a=1, b=s)", "messages|tojson", "d|tojson")

    # Statements

    def tag(self, body):
        return "{%" + self.pick("", "", "-", "+") + " " + body + " " + self.pick("", "", "-") + "%}"

    def block(self, depth, inner=None):
        return "".join(self.statement(depth) for _ in range(self.random.randint(1, 3)))

    def raw_text(self):
        return self.pick("text ", "\n", "  ", "\n    ", "<|im_start|>", "\n\n", " x\n", "é ", "} {", "")

    def output(self, depth):
        return "{{" + self.pick("", "", "", "-") + " " + self.expression(depth) + " " + self.pick("", "", "", "-") + "}}"

    def statement(self, depth):
        kind = self.random.randint(0, 19)
        if depth <= 0 or kind < 6:
            return self.raw_text() if kind < 3 else self.output(2)
        if kind < 9:
            middle = self.tag("elif " + self.condition(1)) + self.block(depth - 1) if self.chance(0.3) else ""
            other = self.tag("else") + self.block(depth - 1) if self.chance(0.5) else ""
            return self.tag("if " + self.condition(2)) + self.block(depth - 1) + middle + other + self.tag("endif")
        if kind < 12:
            return self.loop(depth)
        if kind < 15:
            return self.assignment(depth)
        return self.special(depth)

    def loop(self, depth):
        target = self.pick("x", "x", "m", "y", "n")
        head = f"for {target} in {self.sequence(1)}" if self.chance(0.8) else "for key, value in d.items()"
        if self.chance(0.2):
            head += " if " + self.condition(1)
        self.loops += 1
        before = list(self.names)
        self.names += [target, "loop.index0", "loop.last", "loop.length", "loop.revindex", "loop.previtem", "loop.nextitem", "loop.first", "loop.cycle('p', 'q')"]
        body = self.block(depth - 1)
        if self.chance(0.15):
            body += self.tag("if " + self.condition(1)) + self.tag(self.pick("break", "continue")) + self.tag("endif") + self.block(depth - 1)
        self.names = before
        self.loops -= 1
        other = self.tag("else") + self.block(depth - 1) if self.chance(0.2) else ""
        return self.tag(head) + body + other + self.tag("endfor")

    def assignment(self, depth):
        name = self.pick("a1", "a2", "s", "ns.value", "n")
        if name == "ns.value":
            return self.tag(f"set ns.value = {self.expression(2)}") + "{{ ns.value }}"
        self.names.append(name)
        if self.chance(0.25):
            return self.tag("set " + name + self.pick("", " | upper", " | trim")) + self.block(depth - 1) + self.tag("endset")
        if self.chance(0.1):
            return self.tag(f"set {name}, a3 = {self.expression(1)}, {self.expression(1)}") + "{{ a3 }}"
        return self.tag(f"set {name} = {self.expression(2)}")

    def special(self, depth):
        kind = self.random.randint(0, 8)
        if kind == 0:
            name = f"m{len(self.macros)}"
            loops, self.loops = self.loops, 0
            before = list(self.names)
            self.names += ["p", "q", "varargs", "kwargs"] if self.chance(0.3) else ["p", "q"]
            text = self.tag(f"macro {name}(p, q={self.literal()})") + self.block(depth - 1) + self.pick("", "{{ caller() if caller else '' }}") + self.tag("endmacro")
            self.names, self.loops = before, loops
            self.macros.append(name)
            return text
        if kind <= 2 and self.macros:
            name = self.random.choice(self.macros)
            arguments = self.pick(self.expression(1), f"{self.expression(1)}, q={self.expression(1)}", f"p={self.literal()}", f"1, 2, 3")
            if self.chance(0.3):
                loops, self.loops = self.loops, 0
                text = self.tag(f"call {name}({arguments})") + self.block(depth - 1) + self.tag("endcall")
                self.loops = loops
                return text
            return "{{ " + f"{name}({arguments})" + " }}"
        if kind == 3:
            loops, self.loops = self.loops, 0
            text = self.tag("filter " + self.pick("upper", "trim", "replace('a', 'o')", "indent(2)")) + self.block(depth - 1) + self.tag("endfilter")
            self.loops = loops
            return text
        if kind == 4:
            return self.tag(f"with w = {self.expression(1)}, s = {self.literal()}") + "{{ w }}" + self.block(depth - 1) + self.tag("endwith")
        if kind == 5:
            return "{#" + self.pick("", "-") + " note {{ x }} " + self.pick("", "-") + "#}" + self.pick("\n", "")
        if kind == 6:
            return self.tag("raw") + "{{ raw }} {% if %}\n" + self.tag("endraw")
        if kind == 7:
            loops, self.loops = self.loops, 0
            text = self.tag("generation") + self.block(depth - 1) + self.tag("endgeneration")
            self.loops = loops
            return text
        return ("{% for x in [[1, [2, 3]], [4]] recursive %}{{ x if x is number else '<' ~ loop(x) ~ '>' }}"
                + self.pick("{{ loop.depth }}", "{{ loop.index }}", "") + "{% endfor %}")

    def template(self):
        return "{% set ns = namespace(value=1) %}" + "".join(self.statement(3) for _ in range(self.random.randint(1, 5)))


def cases(seed, count):
    for index in range(count):
        generator = Generator(f"{seed}/{index}")
        context = generator.context()
        yield {"template": generator.template(), "context": context}


def is_stable(text):
    """Whether Python would write the same again: no addresses of objects."""
    return text is None or " at 0x" not in text and "<class " not in text and "<function " not in text


def ours(quern, case, folder):
    base = os.path.join(folder, f"{os.getpid()}-{id(case)}")
    with open(base + ".jinja", "w", encoding="utf-8", newline="") as file:
        file.write(case["template"])
    with open(base + ".json", "w", encoding="utf-8") as file:
        json.dump(case["context"], file)
    done = subprocess.run(
        [quern, "template", "render", "--jinja", base + ".jinja", "--context", base + ".json", "--now", NOW.isoformat()],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
    return (done.stdout.decode() if done.returncode == 0 else None), done.stderr.decode()


def compare(quern, seed, count):
    different = refused = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        def one(case):
            return case, rendered(case["template"], case["context"]), ours(quern, case, folder)

        for case, expected, (found, message) in pool.map(one, cases(seed, count)):
            refused += expected is None
            if not is_stable(expected) or expected == found:
                continue
            different += 1
            print(json.dumps({**case, "python": expected, "quern": found, "message": message}, ensure_ascii=False))
    print(f"{count} templates, {refused} refused by both, {different} different", file=sys.stderr)
    return different == 0


def write_fixture(path, seed, count):
    kept = []
    for case in cases(seed, count):
        text = rendered(case["template"], case["context"])
        if is_stable(text):
            kept.append({**case, "text": text})
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in kept) + "\n]\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quern", default="quern")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--fixture")
    arguments = parser.parse_args()
    if arguments.fixture:
        write_fixture(arguments.fixture, arguments.seed, arguments.count)
    elif not compare(arguments.quern, arguments.seed, arguments.count):
        sys.exit(1)


if __name__ == "__main__":
    main()
