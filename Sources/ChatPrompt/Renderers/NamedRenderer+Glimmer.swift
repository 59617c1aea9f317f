/// Meta's Muse Glimmer.
extension NamedRenderer {
    private static let toolGuide = #"""
        In this environment you have access to a set of tools you can use to answer the user's question.

        You can invoke a function by writing a "<atem:function_calls>" block like the following:
        <atem:function_calls>
        <atem:invoke name="$FUNCTION_NAME">
        <atem:parameter name="$PARAMETER_NAME">$PARAMETER_VALUE</atem:parameter>
        ...
        </atem:invoke>
        </atem:function_calls>

        String and scalar parameters should be specified as is, while lists and objects should use JSON format. Note that spaces for string values are not stripped. The output is not expected to be valid XML and is parsed with regular expressions.
        Here are the functions available in JSONSchema format:
        // Tool metadata

        """#

    private static let toolExample = #"""


        Here's an example of how to call a function in the tool set:
        (If the tool namespace is not specified, invoke the function directly as `example_function_name` rather than `example_tool_name.example_function_name`)

        to=example_tool_name.example_function_name

        <atem:function_calls>
        <atem:invoke name="example_tool_name.example_function_name">
        <atem:parameter name="example_parameter_1">value_1</atem:parameter>
        <atem:parameter name="example_parameter_2">This is the value for the second parameter
        that can span
        "multiple" lines
        </atem:parameter>
        </atem:invoke>
        </atem:function_calls>
        """#

    static let glimmer =
        common + #"""
            {%- set strength = 'none' if enable_thinking is defined and not enable_thinking else reasoning_effort | default('high') %}
            {%- set at = namespace(spaces=[], told=false) %}
            {%- for tool in tools or [] %}
            {%- set space = tool.function.name.split('.')[0] %}
            {%- if space not in at.spaces %}{% set at.spaces = at.spaces + [space] %}{% endif %}
            {%- endfor %}
            {%- macro offer() %}
            {%- if tools %}
            {{- '\n\n' ~ \#(quoted(toolGuide)) }}
            {%- for space in at.spaces %}{{ '{"name": ' ~ space | tojson ~ ', "description": ""}\n' }}{% endfor %}
            {{- '// Function schemas' }}
            {%- for tool in tools %}
            {%- set f = tool.function %}
            {{- '\n{"name": ' ~ f.name | tojson ~ ', "description": ' ~ f.description | tojson ~ ', "parameters": ' ~ f.parameters | tojson ~ '}' }}
            {%- endfor %}
            {{- \#(quoted(toolExample)) }}
            {%- endif %}
            {{- '\n\n# Valid recipients: "self"' }}
            {%- for space in at.spaces %}{{ ', "' ~ space ~ '.*"' }}{% endfor %}
            {{- ', "user".<|eot|>' }}
            {%- endmacro %}
            {{- '<|begin_of_text|>' }}
            {%- if not messages | selectattr('role', 'equalto', 'system') | list %}
            {{- '<|start|>system<|message|>You are a helpful AI assistant.\nKnowledge cutoff: 2026-01-04.\nCurrent date: ' ~ strftime_now('%Y-%m-%d') ~ '.\n\nReasoning strength: ' ~ strength ~ '.' ~ offer() }}
            {%- endif %}
            {%- for m in messages %}
            {%- set end = '<|eom|>' if not loop.last and loop.nextitem.role == m.role else '<|eot|>' %}
            {%- if m.role == 'system' %}
            {%- set text = m.content | replace('Reasoning effort', 'Reasoning strength') | replace('Reasoning Effort', 'Reasoning Strength') | replace('reasoning effort', 'reasoning strength') | replace('REASONING EFFORT', 'REASONING STRENGTH') %}
            {{- '<|start|>system<|message|>' ~ text ~ ('' if 'reasoning strength' in text | lower else '\n\nReasoning strength: ' ~ strength ~ '.') ~ offer() }}
            {%- elif m.role == 'user' %}
            {{- '<|start|>user<|message|>' ~ m.content ~ '<|eot|>' }}
            {%- elif m.role == 'tool' %}
            {%- set found = namespace(name=m.name | default('') or m.tool_call_id | default('')) %}
            {%- if not m.name %}
            {%- for other in messages %}
            {%- for call in other.tool_calls or [] if call.id == m.tool_call_id %}{% set found.name = call.function.name %}{% endfor %}
            {%- endfor %}
            {%- endif %}
            {{- '<|start|>tool ' ~ found.name ~ '<|message|><tool_output name="' ~ found.name ~ '">\n' ~ m.content ~ '\n</tool_output><|eot|>' }}
            {%- elif m.role == 'assistant' %}
            {{- '<|start|>assistant to=self<|message|>' ~ m.thinking ~ '<|eom|>' if m.thinking else '' }}
            {%- for call in m.tool_calls or [] %}
            {{- '<|start|>assistant to=' ~ call.function.name ~ '<|message|><atem:function_calls>\n<atem:invoke name="' ~ call.function.name ~ '">\n' }}
            {%- for name, value in call.function.arguments | items %}
            {{- '<atem:parameter name="' ~ name ~ '">' ~ plain(value) ~ '</atem:parameter>\n' }}
            {%- endfor %}
            {{- '</atem:invoke>\n</atem:function_calls>' ~ (end if loop.last else '<|eom|>') }}
            {%- endfor %}
            {%- if not m.tool_calls and (m.content or not m.thinking) %}
            {{- '<|start|>assistant to=user<|message|>' ~ m.content ~ ('' if loop.last and begun else '<|eot|>') }}
            {%- endif %}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}{{ '<|start|>assistant' }}{% endif %}
            """#
}
