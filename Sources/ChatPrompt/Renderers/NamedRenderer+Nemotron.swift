/// NVIDIA's Nemotron Nano, 3 and 3.5.
extension NamedRenderer {
    static func nemotronNano(is35: Bool) -> String {
        common + #"""
            {%- macro shown(value) %}{{ value | tojson if value is mapping or (value is sequence and value is not string) else value }}{% endmacro %}
            {%- macro bare(text) %}
            {{- text if \#(is35) else text.replace('</think>', '<_end_think>').replace('/think', '').replace('/no_think', '').replace('<_end_think>', '</think>') }}
            {%- endmacro %}
            {%- macro members(object, known) %}
            {%- for key in ['anyOf', '$defs', 'items', 'properties', 'required'] if key in object and key not in known and object[key] %}
            {{- '\n<' ~ key ~ '>' ~ object[key] | tojson ~ '</' ~ key ~ '>' }}
            {%- endfor %}
            {%- endmacro %}
            {%- set at = namespace(thinks=enable_thinking if enable_thinking is defined else true, user=-1) %}
            {%- set told = messages and messages[0].role == 'system' %}
            {%- for m in messages if not \#(is35) and m.role in ['user', 'system'] %}
            {%- if '/think' in m.content.replace('</think>', '') %}{% set at.thinks = true %}
            {%- elif '/no_think' in m.content %}{% set at.thinks = false %}
            {%- endif %}
            {%- endfor %}
            {%- set system = bare(messages[0].content) if told else '' %}
            {%- set rest = messages[1:] if told else messages %}
            {%- for i in range(rest | length) if rest[i].role == 'user' %}{% set at.user = i %}{% endfor %}
            {{- '<|im_start|>system\n' ~ system }}
            {%- if tools %}
            {{- ('\n\n' if system else '') ~ '# Tools\n\nYou have access to the following functions:\n\n<tools>' }}
            {%- for tool in tools %}
            {%- set f = tool.function %}
            {{- '\n<function>\n<name>' ~ f.name ~ '</name>' ~ ('\n<description>' ~ f.description | trim ~ '</description>' if f.description else '') ~ '\n<parameters>' }}
            {%- for name, field in (f.parameters.properties or {}) | items %}
            {{- '\n<parameter>\n<name>' ~ name ~ '</name>' }}
            {{- '\n<type>' ~ field.type ~ '</type>' if field.type else '' }}
            {{- '\n<description>' ~ field.description | trim ~ '</description>' if field.description else '' }}
            {{- '\n<enum>' ~ field.enum | tojson ~ '</enum>' if field.enum else '' }}
            {{- members(field, []) ~ '\n</parameter>' }}
            {%- endfor %}
            {{- members(f.parameters, ['properties']) ~ '\n</parameters>\n</function>' }}
            {%- endfor %}
            {{- '\n</tools>\n\n' ~ \#(quoted(taggedCallGuide)) }}
            {%- endif %}
            {{- '<|im_end|>\n' }}
            {%- for m in rest %}
            {%- if m.role == 'assistant' %}
            {%- set isPast = loop.index0 < at.user %}
            {%- if m.thinking %}
            {%- set content = '<think>\n' ~ m.thinking ~ ('</think>' if \#(is35) else '\n</think>\n') ~ m.content %}
            {%- else %}
            {%- set content = m.content if '<think>' in m.content or '</think>' in m.content else '<think></think>' ~ m.content %}
            {%- endif %}
            {%- if isPast and '</think>' in content %}
            {%- set said = content.split('</think>')[-1] %}
            {%- set content = '<think></think>' ~ (said | trim if m.tool_calls else said) %}
            {%- endif %}
            {{- '<|im_start|>assistant\n' ~ content | trim ~ ('\n' if m.tool_calls else '') }}
            {%- for call in m.tool_calls or [] %}
            {{- '<tool_call>\n<function=' ~ call.function.name ~ '>\n' }}
            {%- for name, value in call.function.arguments | items %}
            {{- '<parameter=' ~ name ~ '>\n' ~ shown(value) ~ '\n</parameter>\n' }}
            {%- endfor %}
            {{- '</function>\n</tool_call>\n' }}
            {%- endfor %}
            {{- '' if loop.last and begun and not m.tool_calls else '<|im_end|>\n' }}
            {%- elif m.role == 'tool' %}
            {{- '<|im_start|>user\n' if not loop.first and loop.previtem.role != 'tool' else '' }}
            {{- '<tool_response>\n' ~ m.content ~ '\n</tool_response>\n' }}
            {{- '<|im_end|>\n' if loop.last or loop.nextitem.role != 'tool' else '' }}
            {%- elif m.role in ['user', 'system'] %}
            {%- set hint = '\n\n{reasoning effort: efficient}' if \#(is35) and loop.index0 == at.user and reasoning_effort | default('') == 'medium' else '' %}
            {{- '<|im_start|>' ~ m.role ~ '\n' ~ (m.content if \#(is35) else bare(m.content) | trim) ~ hint ~ '<|im_end|>\n' }}
            {%- else %}
            {{- '<|im_start|>' ~ m.role ~ '\n' ~ m.content ~ '<|im_end|>\n' }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}
            {{- '<|im_start|>assistant\n' ~ ('<think>\n' if at.thinks else '<think></think>') }}
            {%- endif %}
            """#
    }
}
