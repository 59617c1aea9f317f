/// LFM2 and LFM2.5.
extension NamedRenderer {
    static func lfm2(thinks: Bool) -> String {
        common + #"""
            {%- set keeps = \#(thinks) and enable_thinking | default(false) %}
            {%- set system = messages[0].content if messages and messages[0].role == 'system' else '' %}
            {%- set rest = messages[1:] if messages and messages[0].role == 'system' else messages %}
            {{- '<|startoftext|>' }}
            {%- if system or tools %}
            {{- '<|im_start|>system\n' ~ system }}
            {%- if tools %}
            {{- ('\n' if system else '') ~ 'List of tools: <|tool_list_start|>[' }}
            {%- for tool in tools %}{{ tool.function | tojson ~ ('' if loop.last else ', ') }}{% endfor %}
            {{- ']<|tool_list_end|>' }}
            {%- endif %}
            {{- '<|im_end|>\n' }}
            {%- endif %}
            {%- set at = namespace(answer=-1) %}
            {%- for i in range(rest | length) if rest[i].role == 'assistant' %}{% set at.answer = i %}{% endfor %}
            {%- for m in rest %}
            {{- '<|im_start|>' ~ m.role ~ '\n' }}
            {%- if m.role == 'assistant' %}
            {%- set calls %}
            {%- for call in m.tool_calls or [] %}
            {{- ('<|tool_call_start|>[' if loop.first else ',') ~ call.function.name ~ '(' }}
            {%- for name, value in call.function.arguments | dictsort %}{{ ('' if loop.first else ',') ~ name ~ '=' ~ value | tojson }}{% endfor %}
            {{- ')' ~ (']<|tool_call_end|>' if loop.last else '') }}
            {%- endfor %}
            {%- endset %}
            {%- set content = calls ~ ('\n' if calls and m.content | trim else '') ~ m.content %}
            {%- if \#(thinks) and m.thinking and '</think>' not in content %}
            {%- set content = '<think>' ~ m.thinking ~ '</think>' ~ content %}
            {%- endif %}
            {{- content.split('</think>')[-1] | trim if '</think>' in content and not keeps and loop.index0 != at.answer else content }}
            {%- elif m.role == 'tool' and '<|tool_response_start|>' not in m.content %}
            {{- '<|tool_response_start|>' ~ m.content ~ '<|tool_response_end|>' }}
            {%- else %}
            {{- m.content }}
            {%- endif %}
            {{- '' if loop.last and begun else '<|im_end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}{{ '<|im_start|>assistant\n' }}{% endif %}
            """#
    }
}
