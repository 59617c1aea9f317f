"""Writes sample-conversations.json: conversations and what Samples/chat/chat_template.jinja renders for them.

    pip install jinja2 && python3 sample-conversations.py

Jinja2 is set up as transformers does it. The conversations are random within what a Go template can be exact about: keys of
arguments and of tools' properties in sorted order (Go sorts them), no two neighbours of the same role (Ollama joins them).
"""

import json
import pathlib
import random

from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).parent
TEXTS = [
    "hi", "What's up?", 'a "quote" & <tag>', "日本語 你好", "emoji 😀 é", "line\nbreak\ttab", "back\\slash", "{{ .x }} {% y %}", "",
    "  padded  ", "<|im_end|>", '{"a": 1}', "ünïcode°",
]


def text():
    return random.choice(TEXTS)


def by_name(count, make):
    names = ["a", "b", "city", "days", "zone"]
    return dict(sorted({random.choice(names): make() for _ in range(count)}.items()))


def value(depth=0):
    kind = random.randrange(8 if depth < 2 else 6)
    if kind == 6:
        return [value(depth + 1) for _ in range(random.randrange(3))]
    if kind == 7:
        return by_name(random.randrange(3), lambda: value(depth + 1))
    return [text(), random.randint(-5, 10**12), random.choice([0.5, 1.25, 20.0, 3.0]), True, None, False][kind]


def parameter():
    made = {"type": random.choice(["string", "integer", "boolean", ["string", "null"], "array"])}
    if random.random() < 0.8:
        made["description"] = random.choice(TEXTS[:8])
    if random.random() < 0.3:
        made["enum"] = [random.choice(["a", 1, 'b"c']) for _ in range(2)]
    elif made["type"] == "array":
        made["items"] = {"type": "string"}
    return made


def tool():
    function = {"name": random.choice(["get_weather", "add", "now"])}
    if random.random() < 0.9:
        function["description"] = random.choice(TEXTS[:8])
    properties = by_name(random.randrange(4), parameter)
    function["parameters"] = {"type": "object", "properties": properties}
    if random.random() < 0.7:
        function["parameters"]["required"] = list(properties)[:1]
    return {"type": "function", "function": function}


def call():
    arguments = by_name(random.randrange(4), value)
    return {"type": "function", "function": {"name": "get_weather", "arguments": arguments}}


def conversation():
    messages = [{"role": "system", "content": text()}] if random.random() < 0.5 else []
    last = None
    for _ in range(random.randrange(1, 7)):
        last = random.choice([role for role in ("user", "assistant", "tool") if role != last or role == "tool"])
        message = {"role": last, "content": text()}
        if last == "assistant":
            if random.random() < 0.4:
                message["thinking"] = random.choice(["hmm", "think\nmore"])
            if random.random() < 0.5:
                message["tool_calls"] = [call() for _ in range(random.randrange(1, 3))]
        messages.append(message)
    if len(messages) > 2 and random.random() < 0.15:
        messages.insert(2, {"role": "system", "content": "late"})
    return messages


def main():
    random.seed(7)
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.filters["tojson"] = lambda x: json.dumps(x, ensure_ascii=False)
    source = (HERE / "../../../Samples/chat/chat_template.jinja").read_text()
    template = environment.from_string(source)
    lines = []
    for _ in range(150):
        messages = conversation()
        tools = [tool() for _ in range(random.randrange(1, 3))] if random.random() < 0.5 else None
        thinking = random.choice([None, True, False])
        options = {} if thinking is None else {"enable_thinking": thinking}
        prompt = template.render(messages=messages, tools=tools, add_generation_prompt=True, **options)
        case = {"messages": messages, "tools": tools, "enable_thinking": thinking, "prompt": prompt}
        lines.append(json.dumps(case, ensure_ascii=False))
    (HERE / "sample-conversations.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
