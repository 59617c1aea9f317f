/// Cohere's Command models that reason.
extension NamedRenderer {
    static let cohere =
        common + #"""
            {%- macro result(m, ids) %}
            {{- '\n    {\n        "tool_call_id": "' ~ ids.get(m.tool_call_id | default(''), m.tool_call_id | default('')) }}
            {{- '",\n        "results": {\n\n            \n            "0": ' ~ {'content': m.content} | tojson ~ '\n\n        },\n        "is_error": null\n    }' }}
            {%- endmacro %}
            {%- set system = messages[0].content if messages and messages[0].role == 'system' else '' %}
            {%- set rest = messages[1:] if messages and messages[0].role == 'system' else messages %}
            {{- '<BOS_TOKEN><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|><|START_TEXT|>' ~ (system ~ '\n\n\n\n' if system else '') ~ '# Available Tools\n```json\n[\n' }}
            {%- for tool in tools or [] %}
            {%- set f = tool.function %}
            {{- '\n    {"name": ' ~ f.name | tojson ~ ', "description": ' ~ f.description | tojson ~ ', "parameters": ' ~ f.parameters | tojson ~ ', "responses": null}' ~ ('' if loop.last else ',') ~ '\n\n' }}
            {%- endfor %}
            {{- '' if tools else '\n\n' }}{{ '\n]\n```<|END_TEXT|><|END_OF_TURN_TOKEN|>' }}
            {%- set at = namespace(count=0, ids={}) %}
            {%- for m in rest %}
            {%- if m.role in ['system', 'user'] %}
            {{- '<|START_OF_TURN_TOKEN|><|' ~ m.role | upper ~ '_TOKEN|><|START_TEXT|>' ~ m.content ~ '<|END_TEXT|><|END_OF_TURN_TOKEN|>' }}
            {%- elif m.role == 'assistant' %}
            {%- set thought = '<|START_THINKING|>' ~ m.thinking ~ '<|END_THINKING|>' if m.thinking else '' %}
            {{- '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>' }}
            {%- if m.tool_calls %}
            {{- '\n            \n                ' ~ thought ~ '<|START_ACTION|>[' }}
            {%- for call in m.tool_calls %}
            {%- if call.id and call.id not in at.ids %}{% set at.ids = dict(at.ids, **{call.id: at.count | string}) %}{% endif %}
            {{- '\n\n    {"tool_call_id": "' ~ at.count ~ '", "tool_name": "' ~ call.function.name ~ '", "parameters": ' ~ call.function.arguments | tojson ~ '}' ~ ('' if loop.last else ',') }}
            {%- set at.count = at.count + 1 %}
            {%- endfor %}
            {{- '\n\n]<|END_ACTION|><|END_OF_TURN_TOKEN|>' }}
            {%- else %}
            {{- thought ~ '<|START_TEXT|>' ~ m.content ~ ('' if loop.last and begun else '<|END_TEXT|><|END_OF_TURN_TOKEN|>') }}
            {%- endif %}
            {%- elif m.role == 'tool' %}
            {{- '<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|><|START_TOOL_RESULT|>[' if loop.first or loop.previtem.role != 'tool' else ',' }}
            {{- result(m, at.ids) }}
            {{- '\n\n]<|END_TOOL_RESULT|><|END_OF_TURN_TOKEN|>' if loop.last or loop.nextitem.role != 'tool' else '' }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}
            {{- '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|>' ~ ('' if enable_thinking is undefined or enable_thinking else '<|END_THINKING|>') }}
            {%- endif %}
            """#
}
