/// OLMo 3, instructed and thinking.
extension NamedRenderer {
    static func olmo3(isExtended: Bool) -> String {
        let plain = "You are a helpful function-calling AI assistant. "
        let extended =
            "You are Olmo, a helpful AI assistant built by Ai2. Your date cutoff is December 2024, and your model weights are available at https://huggingface.co/allenai. "
        return common + #"""
            {%- set told = messages | selectattr('role', 'equalto', 'system') | list %}
            {%- set offered = '<functions>' ~ tools | tojson ~ '</functions>' if tools else '' %}
            {{- '<|im_start|>system\n' }}
            {%- if told %}
            {{- told[0].content ~ offered }}
            {%- elif tools %}
            {{- '\#(isExtended ? extended : plain)You are provided with function signatures within <functions></functions> XML tags. You may call one or more functions to assist with the user query. Output any function calls within <function_calls></function_calls> XML tags. Do not make assumptions about what values to plug into functions.' ~ offered }}
            {%- else %}
            {{- '\#(isExtended ? extended : plain)You do not currently have access to any functions. <functions></functions>' }}
            {%- endif %}
            {{- '<|im_end|>\n' }}
            {%- for m in messages if m.role != 'system' %}
            {%- if m.role == 'user' %}
            {{- '<|im_start|>user\n' ~ m.content ~ '<|im_end|>\n' }}
            {%- elif m.role == 'tool' %}
            {{- '<|im_start|>environment\n' ~ m.content ~ '<|im_end|>\n' }}
            {%- elif m.role == 'assistant' %}
            {{- '<|im_start|>assistant\n' ~ m.content }}
            {%- if m.tool_calls %}
            {{- '<function_calls>' }}
            {%- for call in m.tool_calls %}
            {{- call.function.name ~ '(' }}
            {%- for name, value in call.function.arguments | dictsort %}{{ ('' if loop.first else ', ') ~ name ~ '=' ~ value | tojson }}{% endfor %}
            {{- ')' ~ ('' if loop.last else '\n') }}
            {%- endfor %}
            {{- '</function_calls>' }}
            {%- endif %}
            {{- '' if loop.last and begun and not m.tool_calls else '<|im_end|>\n' }}
            {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt and not (begun and messages[-1].content and not messages[-1].tool_calls) %}{{ '<|im_start|>assistant\n' }}{% endif %}
            """#
    }

    static func olmo3Think(is32B: Bool) -> String {
        let told =
            is32B
            ? "You are a helpful AI assistant."
            : "You are Olmo, a helpful AI assistant built by Ai2. Your date cutoff is December 2024, and your model weights are available at https://huggingface.co/allenai."
        return common + #"""
            {%- set told = messages | selectattr('role', 'equalto', 'system') | list %}
            {{- '<|im_start|>system\n' ~ (told[0].content ~ ' You do not currently have access to any functions. <functions></functions>' if told else '\#(told)') ~ '<|im_end|>\n' }}
            {%- for m in messages if m.role in ['user', 'assistant'] %}
            {{- '<|im_start|>' ~ m.role ~ '\n' ~ m.content ~ '<|im_end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>' }}{% endif %}
            """#
    }
}
