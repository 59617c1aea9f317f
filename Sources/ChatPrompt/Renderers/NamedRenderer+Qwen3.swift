/// Qwen3-Coder, Qwen3-VL, Qwen3.5 and 3.8, Ornith.
extension NamedRenderer {
    static let qwen3Coder =
        common + #"""
            {%- macro members(object, known) %}
            {%- for key, value in object | items if key not in known and value is not none %}
            {{- '\n<' ~ key ~ '>' ~ plain(value) ~ '</' ~ key ~ '>' }}
            {%- endfor %}
            {%- endmacro %}
            {%- set ns = namespace(system='') %}
            {%- for m in messages if m.role == 'system' and not ns.system %}{% set ns.system = m.content %}{% endfor %}
            {%- if ns.system or tools %}
            {{- '<|im_start|>system\n' ~ (ns.system or 'You are Qwen, a helpful AI assistant that can interact with a computer to solve tasks.') }}
            {%- if tools %}
            {{- '\n\n# Tools\n\nYou have access to the following functions:\n\n<tools>' }}
            {%- for tool in tools %}
            {%- set f = tool.function %}
            {{- '\n<function>\n<name>' ~ f.name ~ '</name>' }}
            {%- if f.description %}{{ '\n<description>' ~ f.description ~ '</description>' }}{% endif %}
            {{- '\n<parameters>' }}
            {%- for name, field in (f.parameters.properties or {}) | items %}
            {{- '\n<parameter>\n<name>' ~ name ~ '</name>' }}
            {%- if field.type %}{{ '\n<type>' ~ plain(field.type) ~ '</type>' }}{% endif %}
            {%- if field.description %}{{ '\n<description>' ~ field.description ~ '</description>' }}{% endif %}
            {{- members(field, ['type', 'description']) ~ '\n</parameter>' }}
            {%- endfor %}
            {{- members(f.parameters, ['type', 'properties']) ~ '\n</parameters>\n</function>' }}
            {%- endfor %}
            {{- '\n</tools>\n\n' ~ \#(quoted(taggedCallGuide)) }}
            {%- endif %}
            {{- '<|im_end|>\n' }}
            {%- endif %}
            {%- for m in messages if m.role != 'system' %}
            {%- if m.role == 'tool' %}
            {%- if loop.previtem is undefined or loop.previtem.role != 'tool' %}{{ '<|im_start|>user' }}{% endif %}
            {{- '\n<tool_response>\n' ~ m.content ~ '\n</tool_response>' }}
            {%- if loop.last or loop.nextitem.role != 'tool' %}{{ '<|im_end|>\n' }}{% endif %}
            {%- elif m.tool_calls %}
            {{- '<|im_start|>assistant\n' ~ (m.content ~ '\n' if m.content else '') }}
            {%- for call in m.tool_calls %}
            {{- '\n<tool_call>\n<function=' ~ call.function.name ~ '>' }}
            {%- for name, value in call.function.arguments | items %}
            {{- '\n<parameter=' ~ name ~ '>\n' ~ plain(value) ~ '\n</parameter>' }}
            {%- endfor %}
            {{- '\n</function>\n</tool_call>' }}
            {%- endfor %}
            {{- '<|im_end|>\n' }}
            {%- else %}
            {{- '<|im_start|>' ~ m.role ~ '\n' ~ m.content ~ ('' if loop.last and begun else '<|im_end|>\n') }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}{{ '<|im_start|>assistant\n' }}{% endif %}
            """#

    static func qwen3VL(thinks: Bool) -> String {
        common + lastQuery + #"""
            {%- set thinks = enable_thinking if enable_thinking is defined else \#(thinks) %}
            {%- set system = messages[0].content if messages and messages[0].role == 'system' else '' %}
            {%- if tools %}
            {{- '<|im_start|>system\n' ~ (system ~ '\n\n' if messages and messages[0].role == 'system' else '') }}
            {{- '# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>' }}
            {%- for tool in tools %}{{ '\n' ~ tool | tojson }}{% endfor %}
            {{- '\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call><|im_end|>\n' }}
            {%- elif messages and messages[0].role == 'system' %}
            {{- '<|im_start|>system\n' ~ system ~ '<|im_end|>\n' }}
            {%- endif %}
            {%- for m in messages %}
            {%- set end = '' if loop.last and begun else '<|im_end|>\n' %}
            {%- if m.role == 'user' or (m.role == 'system' and not loop.first) %}
            {{- '<|im_start|>' ~ m.role ~ '\n' ~ m.content ~ '<|im_end|>\n' }}
            {%- elif m.role == 'assistant' %}
            {{- '<|im_start|>assistant\n' }}
            {%- set thought = m.thinking | default('') if thinks else '' %}
            {%- if thinks and loop.index0 > last.query and (loop.last or thought) %}
            {{- '<think>\n' ~ thought.strip('\n') ~ ('\n</think>\n\n' ~ m.content.lstrip('\n') if m.content else '') }}
            {%- else %}
            {{- m.content }}
            {%- endif %}
            {%- for call in m.tool_calls or [] %}
            {{- ('\n' if not loop.first or m.content else '') ~ '<tool_call>\n{"name": "' ~ call.function.name ~ '", "arguments": ' ~ call.function.arguments | tojson ~ '}\n</tool_call>' }}
            {%- endfor %}
            {{- end }}
            {%- elif m.role == 'tool' %}
            {%- if loop.first or loop.previtem.role != 'tool' %}{{ '<|im_start|>user' }}{% endif %}
            {{- '\n<tool_response>\n' ~ m.content ~ '\n</tool_response>' }}
            {%- if loop.last or loop.nextitem.role != 'tool' %}{{ '<|im_end|>\n' }}{% endif %}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}{{ '<|im_start|>assistant\n' ~ ('<think>\n' if thinks else '') }}{% endif %}
            """#
    }

    enum Qwen35Variant {
        case plain
        /// Ornith writes thoughts, empty ones too, in every turn.
        case alwaysThought
        /// Qwen3.8 besides says how hard to think, and has one system message.
        case withEffort
    }

    static func qwen35(_ variant: Qwen35Variant) -> String {
        let efforts = [
            "low":
                "Reasoning effort is set to low. Keep your thinking brief and focused, moving directly to the conclusion without unnecessary elaboration.",
            "xhigh":
                "Reasoning effort is set to xhigh. Please think carefully through the task, validate key assumptions, consider plausible alternatives, and prioritize correctness, consistency, and clarity in the final answer.",
        ]
        let effort =
            variant != .withEffort
            ? "{%- set effort = '' %}{%- set all = messages %}"
            : #"""
            {%- set level = reasoning_effort | default('high') if thinks else 'medium' %}
            {%- set effort = {'low': '\#(efforts["low"] ?? "")', 'high': '\#(efforts["xhigh"] ?? "")', 'max': '\#(efforts["xhigh"] ?? "")'}.get(level, '') %}
            {%- set told = messages | selectattr('role', 'in', ['system', 'developer']) | map(attribute='content') | map('trim') | select | join('\n\n') %}
            {%- set rest = messages | rejectattr('role', 'in', ['system', 'developer']) | list %}
            {%- set all = ([{'role': 'system', 'content': told}] if rest | length < messages | length else []) + rest %}
            """#
        return common + "{%- set thinks = enable_thinking if enable_thinking is defined else true %}" + effort + #"""
            {%- set messages = all %}
            \#(lastQuery)
            {%- set system = messages[0].content | trim if messages and messages[0].role == 'system' else '' %}
            {%- if tools %}
            {{- '<|im_start|>system\n' ~ (effort ~ '\n\n' if effort else '') ~ '# Tools\n\nYou have access to the following functions:\n\n<tools>' }}
            {%- for tool in tools %}{{ '\n' ~ tool | tojson }}{% endfor %}
            {{- '\n</tools>\n\n' ~ \#(quoted(taggedCallGuide)) ~ ('\n\n' ~ system if system else '') ~ '<|im_end|>\n' }}
            {%- elif messages and messages[0].role == 'system' and (system or effort or \#(variant != .withEffort)) %}
            {{- '<|im_start|>system\n' ~ effort ~ ('\n\n' if effort and system else '') ~ system ~ '<|im_end|>\n' }}
            {%- elif effort %}
            {{- '<|im_start|>system\n' ~ effort ~ '<|im_end|>\n' }}
            {%- endif %}
            {%- for m in messages %}
            {%- set content = m.content | trim %}
            {%- if m.role == 'user' or (m.role == 'system' and not loop.first) %}
            {{- '<|im_start|>' ~ m.role ~ '\n' ~ content ~ '<|im_end|>\n' }}
            {%- elif m.role == 'assistant' %}
            {%- set shown = \#(variant != .plain) or (thinks and loop.index0 > last.query) %}
            {%- set thought = m.thinking | default('') | trim if shown else '' %}
            {%- if \#(variant != .withEffort) and not thought and '</think>' in content %}
            {%- set thought = content.split('</think>')[0].split('<think>')[-1] | trim %}
            {%- set content = content.split('</think>', 1)[1].lstrip('\n') %}
            {%- endif %}
            {{- '<|im_start|>assistant\n' ~ ('<think>\n' ~ thought ~ '\n</think>\n\n' if shown else '') ~ content }}
            {%- for call in m.tool_calls or [] %}
            {{- ('\n\n' if content | trim else '') if loop.first else '\n' }}
            {{- '<tool_call>\n<function=' ~ call.function.name ~ '>\n' }}
            {%- for name, value in call.function.arguments | items %}
            {{- '<parameter=' ~ name ~ '>\n' ~ plain(value) ~ '\n</parameter>\n' }}
            {%- endfor %}
            {{- '</function>\n</tool_call>' }}
            {%- endfor %}
            {{- '' if loop.last and begun else '<|im_end|>\n' }}
            {%- elif m.role == 'tool' %}
            {%- if loop.first or loop.previtem.role != 'tool' %}{{ '<|im_start|>user' }}{% endif %}
            {{- '\n<tool_response>\n' ~ content ~ '\n</tool_response>' }}
            {%- if loop.last or loop.nextitem.role != 'tool' %}{{ '<|im_end|>\n' }}{% endif %}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}
            {{- '<|im_start|>assistant\n' ~ ('<think>\n' if thinks else '<think>\n\n</think>\n\n') }}
            {%- endif %}
            """#
    }
}
