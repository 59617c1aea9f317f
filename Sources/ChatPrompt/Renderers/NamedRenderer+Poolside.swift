/// Poolside's Laguna, versions 2 and 8.
extension NamedRenderer {
    private static let opening = #"""
        {%- set thinks = enable_thinking | default(false) %}
        {%- set told = messages and messages[0].role == 'system' %}
        {%- set system = (messages[0].content if told else 'You are a helpful, conversationally-fluent assistant made by Poolside. You are here to be helpful to users through natural language conversations.').rstrip() %}
        {%- set rest = messages[1:] if told else messages %}
        {%- macro offer() %}
        {{- '### Tools\n\nYou may call functions to assist with the user query.\nAll available function signatures are listed below:\n<available_tools>\n' }}
        {%- for tool in tools %}{{ tool | tojson ~ '\n' }}{% endfor %}
        {{- '</available_tools>' }}
        {%- endmacro %}
        {{- '〈|EOS|〉' }}
        """#

    static let laguna =
        common + opening + #"""
            {%- if system or tools %}
            {{- '<system>\n' ~ ('\n' ~ system if system else '') }}
            {%- if tools %}
            {{- '\n\n' ~ offer() ~ '\n\n' }}
            {{- ('Wrap your thinking in \'<think>\', \'</think>\' tags, followed by a function call. ' if thinks else '') ~ 'For each function call, return an unescaped XML-like object with function name and arguments within \'<tool_call>\' and \'</tool_call>\' tags, like here:\n' ~ ('<think> your thoughts here </think>\n' if thinks else '') }}
            {{- '<tool_call>function-name\n<arg_key>argument-key</arg_key>\n<arg_value>value-of-argument-key</arg_value>\n</tool_call>' }}
            {%- endif %}
            {{- '\n</system>\n' }}
            {%- endif %}
            {%- for m in rest %}
            {%- if m.role == 'assistant' %}
            {%- set parts = m.content.split('</think>') %}
            {%- set thought = m.thinking | default('') or (parts[0].rstrip('\n').split('<think>')[-1].lstrip('\n') if parts | length > 1 else '') %}
            {%- set content = parts[-1] | trim %}
            {{- '<assistant>\n' ~ ('<think>\n' ~ thought | trim ~ '\n' if thought | trim else '') ~ '</think>\n' ~ (content ~ '\n' if content else '') }}
            {%- for call in m.tool_calls or [] %}
            {{- '<tool_call>' ~ call.function.name ~ '\n' }}
            {%- for name, value in call.function.arguments | items %}
            {{- '<arg_key>' ~ name ~ '</arg_key>\n<arg_value>' ~ plain(value) ~ '</arg_value>\n' }}
            {%- endfor %}
            {{- '</tool_call>\n' }}
            {%- endfor %}
            {{- '' if loop.last and begun and (content or thought | trim or m.tool_calls) else '</assistant>\n' }}
            {%- elif m.role in ['user', 'system'] %}
            {{- '<' ~ m.role ~ '>\n' ~ m.content ~ '\n</' ~ m.role ~ '>\n' }}
            {%- elif m.role == 'tool' %}
            {{- '<tool_response>\n' ~ m.content ~ '\n</tool_response>\n' }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}{{ '<assistant>\n' ~ ('<think>' if thinks else '</think>') }}{% endif %}
            """#

    static let poolside =
        common + opening + #"""
            {%- if system or tools or thinks %}
            {{- '<system>' ~ system ~ ('\n\n' if system and tools else '') ~ (offer() if tools else '') ~ '</system>\n' }}
            {%- endif %}
            {%- for m in rest %}
            {%- if m.role == 'assistant' %}
            {{- '<assistant>' ~ ('<think>' ~ m.thinking | default('') if thinks else '') ~ '</think>' ~ m.content }}
            {%- for call in m.tool_calls or [] %}
            {{- '<tool_call>' ~ call.function.name }}
            {%- for name, value in call.function.arguments | items %}
            {{- '<arg_key>' ~ name ~ '</arg_key><arg_value>' ~ plain(value) ~ '</arg_value>' }}
            {%- endfor %}
            {{- '</tool_call>' }}
            {%- endfor %}
            {{- '</assistant>\n' }}
            {%- elif m.role in ['user', 'system'] %}
            {{- '<' ~ m.role ~ '>' ~ m.content ~ '</' ~ m.role ~ '>\n' }}
            {%- elif m.role == 'tool' %}
            {{- '<tool_response>' ~ m.content ~ '</tool_response>\n' }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<assistant>' ~ ('<think>' if thinks else '</think>') }}{% endif %}
            """#
}
