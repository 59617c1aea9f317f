/// Cogito v2 and DeepSeek V3.1.
extension NamedRenderer {
    static let cogito =
        common + #"""
            {%- set thinks = enable_thinking | default(false) %}
            {%- set system = messages[0].content if messages and messages[0].role == 'system' else '' %}
            {%- set rest = messages[1:] if messages and messages[0].role == 'system' else messages %}
            {{- '<｜begin▁of▁sentence｜>' ~ ('Enable deep thinking subroutine.\n\n' if thinks else '') }}
            {{- 'You are Cogito, an AI assistant created by Deep Cogito, which is an AI research lab based in San Francisco.' }}
            {%- if system %}{{ '\n\n' ~ system ~ ('\n\n' if thinks else '') }}{% endif %}
            {%- if tools %}
            {{- '\nYou have the following functions available:\n' }}
            {%- for tool in tools %}{{ '```json\n' ~ tool | tojson(indent=4) ~ '\n```\n' }}{% endfor %}
            {%- endif %}
            {%- for m in rest %}
            {%- if m.role == 'user' %}
            {{- '<｜User｜>' ~ m.content ~ '<｜Assistant｜>' }}
            {%- elif m.role == 'assistant' %}
            {{- m.content }}
            {%- if m.tool_calls %}
            {{- '<｜tool▁calls▁begin｜>' }}
            {%- for call in m.tool_calls %}
            {{- '<｜tool▁call▁begin｜>function<｜tool▁sep｜>' ~ call.function.name ~ '\n```json\n' ~ call.function.arguments | tojson ~ '\n```<｜tool▁call▁end｜>' }}
            {{- '' if loop.last else '\n' }}
            {%- endfor %}
            {{- '<｜tool▁calls▁end｜>' }}
            {%- endif %}
            {{- '' if loop.last and begun else '<｜end▁of▁sentence｜>' }}
            {%- elif m.role == 'tool' %}
            {{- '<｜tool▁outputs▁begin｜>' if loop.first or loop.previtem.role != 'tool' else '' }}
            {{- '<｜tool▁output▁begin｜>' ~ m.content ~ '<｜tool▁output▁end｜>' }}
            {{- '<｜tool▁outputs▁end｜>' if loop.last or loop.nextitem.role != 'tool' else '\n' }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}
            {{- '' if rest and rest[-1].role == 'user' else '<｜Assistant｜>' }}{{ '<think>\n' if thinks else '' }}
            {%- endif %}
            """#

    static let deepSeek31 =
        common + #"""
            {%- set thinks = enable_thinking | default(false) %}
            {{- '<｜begin▁of▁sentence｜>' ~ messages | selectattr('role', 'equalto', 'system') | map(attribute='content') | join('\n\n') }}
            {%- if tools %}
            {{- '\n\n## Tools\nYou have access to the following tools:\n' }}
            {%- for tool in tools %}
            {{- '\n### ' ~ tool.function.name ~ '\nDescription: ' ~ tool.function.description ~ '\n\nParameters: ' ~ tool.function.parameters | tojson ~ '\n' }}
            {%- endfor %}
            {{- '\nIMPORTANT: ALWAYS adhere to this exact format for tool use:\n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>tool_call_name<｜tool▁sep｜>tool_call_arguments<｜tool▁call▁end｜>{{additional_tool_calls}}<｜tool▁calls▁end｜>\n\nWhere:\n\n' }}
            {{- '- `tool_call_name` must be an exact match to one of the available tools\n- `tool_call_arguments` must be valid JSON that strictly follows the tool\'s Parameters Schema\n- For multiple tool calls, chain them directly without separators or spaces\n' }}
            {%- endif %}
            {%- set at = namespace(user=-1, fresh=false, tool=false) %}
            {%- for i in range(messages | length) if messages[i].role == 'user' %}{% set at.user = i %}{% endfor %}
            {%- for m in messages %}
            {%- if m.role == 'user' %}
            {%- set at.fresh = true %}{% set at.tool = false %}
            {{- '<｜User｜>' ~ m.content }}
            {%- elif m.role == 'assistant' %}
            {%- if at.fresh %}
            {%- set shown = m.thinking and thinks and not m.tool_calls and loop.index0 > at.user %}
            {{- '<｜Assistant｜>' ~ ('<think>' ~ m.thinking ~ '</think>' if shown else '</think>') }}
            {%- endif %}
            {{- m.content if at.tool or m.tool_calls or '</think>' not in m.content else m.content.split('</think>', 1)[1] }}
            {%- if m.tool_calls %}
            {{- '<｜tool▁calls▁begin｜>' }}
            {%- for call in m.tool_calls %}
            {{- '<｜tool▁call▁begin｜>' ~ call.function.name ~ '<｜tool▁sep｜>' ~ call.function.arguments | tojson ~ '<｜tool▁call▁end｜>' }}
            {%- endfor %}
            {{- '<｜tool▁calls▁end｜>' }}
            {%- endif %}
            {{- '' if loop.last and begun else '<｜end▁of▁sentence｜>' }}
            {%- set at.fresh = false %}{% set at.tool = false %}
            {%- elif m.role == 'tool' %}
            {%- set at.fresh = false %}{% set at.tool = true %}
            {{- '<｜tool▁output▁begin｜>' ~ m.content ~ '<｜tool▁output▁end｜>' }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and at.fresh %}{{ '<｜Assistant｜>' ~ ('<think>' if thinks else '</think>') }}{% endif %}
            """#
}
