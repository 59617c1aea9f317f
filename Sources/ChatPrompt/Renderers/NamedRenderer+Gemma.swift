/// Gemma 4 and FunctionGemma.
extension NamedRenderer {
    /// - Parameter isLarge: the larger models write an empty thought where they do not think.
    static func gemma4(isLarge: Bool) -> String {
        common + gemmaValues(#"<|"|>"#) + gemmaSchema + #"""
            {%- macro answered(text) %}
            {%- for part in text.split('<channel|>') %}{{ part.split('<|channel>')[0] }}{% endfor %}
            {%- endmacro %}
            {%- set thinks = enable_thinking | default(false) %}
            {%- set told = messages and messages[0].role in ['system', 'developer'] %}
            {%- set rest = messages[1:] if told else messages %}
            {{- '<bos>' }}
            {%- if told or tools or thinks %}
            {{- '<|turn>system\n' ~ ('<|think|>\n' if thinks else '') ~ (messages[0].content | trim if told else '') }}
            {%- for tool in tools or [] %}{{ '<|tool>' ~ declaration(tool.function) ~ '<tool|>' }}{% endfor %}
            {{- '<turn|>\n' }}
            {%- endif %}
            {%- set at = namespace(user=-1, before='', kind='') %}
            {%- for i in range(rest | length) if rest[i].role == 'user' %}{% set at.user = i %}{% endfor %}
            {%- for i in range(rest | length) if rest[i].role != 'tool' %}
            {%- set m = rest[i] %}
            {%- set isModel = m.role == 'assistant' %}
            {%- set results = namespace(list=[], next='') %}
            {%- for k in range(i + 1, rest | length) %}
            {%- if rest[k].role != 'tool' %}
            {%- if not results.next %}{% set results.next = rest[k].role %}{% endif %}
            {%- elif not results.next and m.tool_calls %}
            {%- set results.list = results.list + [rest[k]] %}
            {%- endif %}
            {%- endfor %}
            {{- '' if isModel and at.before == 'assistant' else '<|turn>' ~ ('model' if isModel else m.role) ~ '\n' }}
            {{- '<|channel>thought\n' ~ m.thinking ~ '\n<channel|>' if isModel and m.thinking and i > at.user else '' }}
            {%- for call in m.tool_calls or [] %}
            {{- '<|tool_call>call:' ~ call.function.name ~ written(call.function.arguments) ~ '<tool_call|>' }}
            {%- endfor %}
            {%- for result in results.list %}
            {%- set named = m.tool_calls | selectattr('id', 'equalto', result.tool_call_id) | map(attribute='function') | map(attribute='name') | list if result.tool_call_id else [] %}
            {{- '<|tool_response>response:' ~ (named + [result.name | default('unknown')]) | first ~ '{value:' ~ written(result.content) ~ '}<tool_response|>' }}
            {%- endfor %}
            {%- set content = answered(m.content) | trim if isModel else m.content | trim %}
            {{- content }}
            {%- set at.kind = 'tool_response' if results.list else 'tool_call' if m.tool_calls else '' %}
            {%- if at.kind == 'tool_call' %}
            {{- '<|tool_response>' }}
            {%- elif not (isModel and results.next == 'assistant') and not (results.list and not content and not results.next) and not (begun and not results.next) %}
            {{- '<turn|>\n' }}
            {%- endif %}
            {%- set at.before = m.role %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun %}
            {%- if not at.kind %}
            {{- '<|turn>model\n' ~ ('<|channel>thought\n<channel|>' if \#(isLarge) and not thinks else '') }}
            {%- elif at.kind == 'tool_response' and thinks %}
            {{- '<|channel>thought\n' }}
            {%- endif %}
            {%- endif %}
            """#
    }

    static let functionGemma =
        common + gemmaValues("<escape>") + #"""
            {%- macro declaration(f) %}
            {{- 'declaration:' ~ f.name ~ '{description:<escape>' ~ f.description ~ '<escape>' }}
            {%- set p = f.parameters %}
            {%- if p.properties or p.type %}
            {%- set parts = namespace(list=[]) %}
            {%- if p.properties %}
            {%- set properties %}
            {%- for name, field in p.properties | dictsort %}
            {{- ('' if loop.first else ',') ~ name ~ ':{description:<escape>' ~ field.description | default('') ~ '<escape>' }}
            {%- if field.type %}{{ ',type:<escape>' ~ (field.type if field.type is string else field.type[0]) | upper ~ '<escape>' }}{% endif %}
            {{- '}' }}
            {%- endfor %}
            {%- endset %}
            {%- set parts.list = parts.list + ['properties:{' ~ properties ~ '}'] %}
            {%- endif %}
            {%- if p.required %}{% set parts.list = parts.list + ['required:' ~ written(p.required)] %}{% endif %}
            {%- if p.type %}{% set parts.list = parts.list + ['type:<escape>' ~ p.type | upper ~ '<escape>'] %}{% endif %}
            {{- ',parameters:{' ~ parts.list | join(',') ~ '}' }}
            {%- endif %}
            {{- '}' }}
            {%- endmacro %}
            {%- set told = messages and messages[0].role in ['system', 'developer'] %}
            {%- set system = messages[0].content | trim if told else '' %}
            {%- set rest = messages[1:] if told else messages %}
            {%- set asked = 'You can do function calling with the following functions:' %}
            {{- '<bos>' }}
            {%- if system or tools %}
            {{- '<start_of_turn>developer\n' ~ system }}
            {%- if tools %}{{ ('\n' if system else '') ~ ('' if system == asked else asked) }}{% endif %}
            {%- for tool in tools or [] %}{{ '<start_function_declaration>' ~ declaration(tool.function) ~ '<end_function_declaration>' }}{% endfor %}
            {{- '<end_of_turn>\n' }}
            {%- endif %}
            {%- set at = namespace(kind='', names=[]) %}
            {%- for m in rest %}
            {%- if m.role == 'tool' %}
            {%- set name = m.name | default('') or (at.names | first | default('')) %}
            {%- set at.names = at.names[1:] %}
            {{- ('' if at.kind == 'tool_call' else '<start_function_response>') ~ 'response:' ~ name ~ '{' ~ written(m.content) ~ '}<end_function_response>' }}
            {%- set at.kind = 'tool_response' %}
            {%- else %}
            {{- '' if at.kind == 'tool_response' and m.role in ['user', 'assistant'] else '<start_of_turn>' ~ ('model' if m.role == 'assistant' else m.role) ~ '\n' }}
            {{- m.content | trim }}
            {%- for call in m.tool_calls or [] %}
            {{- '<start_function_call>call:' ~ call.function.name ~ written(call.function.arguments) ~ '<end_function_call>' }}
            {%- endfor %}
            {%- set answered = m.tool_calls and not loop.last and loop.nextitem.role == 'tool' %}
            {{- '<start_function_response>' if answered else '' if loop.last and begun and not m.tool_calls else '<end_of_turn>\n' }}
            {%- set at.kind = 'tool_call' if answered else '' %}
            {%- set at.names = m.tool_calls | default([]) | map(attribute='function') | map(attribute='name') | list %}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not begun and at.kind != 'tool_response' %}{{ '<start_of_turn>model\n' }}{% endif %}
            """#

    /// `written`: a value as Gemma's calls have it, texts between `quote`s, keys in order.
    private static func gemmaValues(_ quote: String) -> String {
        #"""
        {%- macro written(value) %}
        {%- if value is string %}
        {{- '\#(quote)' ~ value ~ '\#(quote)' }}
        {%- elif value is mapping %}
        {{- '{' }}
        {%- for key, member in value | dictsort %}{{ ('' if loop.first else ',') ~ key ~ ':' ~ written(member) }}{% endfor %}
        {{- '}' }}
        {%- elif value is sequence %}
        {{- '[' }}
        {%- for element in value %}{{ ('' if loop.first else ',') ~ written(element) }}{% endfor %}
        {{- ']' }}
        {%- else %}
        {{- value | tojson }}
        {%- endif %}
        {%- endmacro %}
        """#
    }

    /// `declaration`: a tool as Gemma 4 is shown it.
    private static let gemmaSchema = #"""
        {%- macro typed(type) %}{{ 'type:' ~ written(type | upper if type is string else type | map('upper') | list) }}{% endmacro %}
        {%- macro schema(value) %}
        {%- if value is mapping %}
        {{- '{' }}
        {%- for key, member in value | dictsort %}{{ ('' if loop.first else ',') ~ written(key) ~ ':' ~ schema(member) }}{% endfor %}
        {{- '}' }}
        {%- else %}
        {{- written(value) }}
        {%- endif %}
        {%- endmacro %}
        {%- macro elements(items) %}
        {%- for key, value in items | dictsort if value is not none %}
        {{- '' if loop.first else ',' }}
        {%- if key == 'properties' %}{{ 'properties:{' ~ properties(value) ~ '}' }}
        {%- elif key == 'type' %}{{ typed(value) }}
        {%- elif key == 'required' %}{{ 'required:' ~ written(value) }}
        {%- else %}{{ key ~ ':' ~ schema(value) }}
        {%- endif %}
        {%- endfor %}
        {%- endmacro %}
        {%- macro properties(object) %}
        {%- for name, field in object | dictsort if name not in ['description', 'type', 'properties', 'required', 'nullable'] and field is mapping %}
        {%- set type = field.type or field.anyOf | default([]) | map(attribute='type') | select('string') | list %}
        {%- set kind = (type if type is string else type | first | default('')) | upper %}
        {%- set parts = namespace(list=[]) %}
        {%- if field.description %}{% set parts.list = parts.list + ['description:' ~ written(field.description)] %}{% endif %}
        {%- if kind == 'STRING' and field.enum %}{% set parts.list = parts.list + ['enum:' ~ written(field.enum)] %}{% endif %}
        {%- if kind == 'ARRAY' and field['items'] is mapping and field['items'] %}
        {%- set parts.list = parts.list + ['items:{' ~ elements(field['items']) ~ '}'] %}
        {%- endif %}
        {%- if field.nullable %}{% set parts.list = parts.list + ['nullable:true'] %}{% endif %}
        {%- if kind == 'OBJECT' %}
        {%- set parts.list = parts.list + ['properties:{' ~ properties(field.properties if field.properties is mapping else field) ~ '}'] %}
        {%- if field.required %}{% set parts.list = parts.list + ['required:' ~ written(field.required)] %}{% endif %}
        {%- endif %}
        {%- if type %}{% set parts.list = parts.list + [typed(type)] %}{% endif %}
        {{- ('' if loop.first else ',') ~ name ~ ':{' ~ parts.list | join(',') ~ '}' }}
        {%- endfor %}
        {%- endmacro %}
        {%- macro declaration(f) %}
        {{- 'declaration:' ~ f.name ~ '{description:' ~ written(f.description | default('')) }}
        {%- set p = f.parameters %}
        {%- if p.properties or p.type %}
        {%- set parts = namespace(list=[]) %}
        {%- if p.properties %}{% set parts.list = parts.list + ['properties:{' ~ properties(p.properties) ~ '}'] %}{% endif %}
        {%- if p.required %}{% set parts.list = parts.list + ['required:' ~ written(p.required)] %}{% endif %}
        {%- if p.type %}{% set parts.list = parts.list + [typed(p.type)] %}{% endif %}
        {{- ',parameters:{' ~ parts.list | join(',') ~ '}' }}
        {%- endif %}
        {{- '}' }}
        {%- endmacro %}
        """#
}
