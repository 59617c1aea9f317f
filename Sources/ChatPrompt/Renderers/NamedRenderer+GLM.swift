/// GLM 4.7 and GLM-OCR.
extension NamedRenderer {
    private static let offer = #"""
        {{- '[gMASK]<sop>' }}
        {%- if tools %}
        {{- '<|system|>\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>\n' }}
        {%- for tool in tools %}{{ tool | tojson ~ '\n' }}{% endfor %}
        {{- '</tools>\n\nFor each function call, output the function name and arguments within the following XML format:\n<tool_call>{function-name}<arg_key>{arg-key-1}</arg_key><arg_value>{arg-value-1}</arg_value><arg_key>{arg-key-2}</arg_key><arg_value>{arg-value-2}</arg_value>...</tool_call>' }}
        {%- endif %}
        {%- macro written(call) %}
        {{- '<tool_call>' ~ call.function.name }}
        {%- for name, value in call.function.arguments | items %}
        {{- '<arg_key>' ~ name ~ '</arg_key><arg_value>' ~ plain(value) ~ '</arg_value>' }}
        {%- endfor %}
        {{- '</tool_call>' }}
        {%- endmacro %}
        """#

    static let glm47 =
        common + offer + #"""
            {%- for m in messages %}
            {%- if m.role == 'assistant' %}
            {{- '<|assistant|>' ~ ('<think>' ~ m.thinking if m.thinking else '') ~ '</think>' ~ m.content }}
            {%- for call in m.tool_calls or [] %}{{ written(call) }}{% endfor %}
            {%- elif m.role == 'tool' %}
            {{- ('<|observation|>' if loop.first or loop.previtem.role != 'tool' else '') ~ '<tool_response>' ~ m.content ~ '</tool_response>' }}
            {%- elif m.role in ['user', 'system'] %}
            {{- '<|' ~ m.role ~ '|>' ~ m.content }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}
            {{- '<|assistant|>' ~ ('<think>' if enable_thinking is undefined or enable_thinking else '</think>') }}
            {%- endif %}
            """#

    static let glmOCR =
        common + offer + #"""
            {%- set isOff = enable_thinking is defined and not enable_thinking %}
            {%- for m in messages %}
            {%- if m.role == 'user' %}
            {{- '<|user|>\n' ~ m.content ~ ('/nothink' if isOff and not m.content.endswith('/nothink') else '') }}
            {%- elif m.role == 'assistant' %}
            {{- '<|assistant|>\n<think>' ~ m.thinking | default('') | trim ~ '</think>' ~ ('\n' ~ m.content | trim if m.content else '') }}
            {%- for call in m.tool_calls or [] %}{{ '\n' ~ written(call) }}{% endfor %}
            {{- '' if loop.last and begun else '\n' }}
            {%- elif m.role == 'tool' %}
            {{- ('<|observation|>' if loop.first or loop.previtem.role != 'tool' else '') ~ '\n<tool_response>\n' ~ m.content ~ '\n</tool_response>\n' }}
            {%- elif m.role == 'system' %}
            {{- '<|system|>\n' ~ m.content ~ '\n' }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}{{ '<|assistant|>\n' ~ ('<think></think>\n' if isOff else '') }}{% endif %}
            """#
}
