/// The prompts that packages ask for by name (`RENDERER`).
///
/// A name stands for a family's format. Each is written here as a Jinja template, so that it runs, is traced and is compared like a
/// model's own. Templates see what transformers gives (`messages`, `tools`, `enable_thinking`, `reasoning_effort`), and leave a last
/// message of the assistant open, to be gone on with.
public enum NamedRenderer {
    /// Every name that means something, as Ollama has them.
    public static let names = [
        "cogito", "cohere", "deepseek3.1", "functiongemma", "gemma4", "gemma4-large", "gemma4-small", "glimmer", "glm-4.7",
        "glm-ocr",
        "laguna", "lfm2", "lfm2-thinking", "nemotron-3-nano", "nemotron-3.5-nano", "olmo3", "olmo3-32b-think", "olmo3-think",
        "olmo3.1", "ornith", "poolside-v1", "qwen3-coder", "qwen3-vl-instruct", "qwen3-vl-thinking", "qwen3.5", "qwen3.8",
    ]

    /// The template behind a name; nil for a name that means nothing.
    ///
    /// - Parameters:
    ///   - model: the model's name, which may tell its size: `gemma4:e4b`.
    ///   - parameterCount: its weights, where the name does not tell.
    public static func source(named name: String, model: String = "", parameterCount: Int? = nil) -> String? {
        switch name {
        case "qwen3-coder": qwen3Coder
        case "qwen3-vl-instruct": qwen3VL(thinks: false)
        case "qwen3-vl-thinking": qwen3VL(thinks: true)
        case "qwen3.5": qwen35(.plain)
        case "qwen3.8": qwen35(.withEffort)
        case "ornith": qwen35(.alwaysThought)
        case "cogito": cogito
        case "deepseek3.1", "deepseek3": deepSeek31
        case "olmo3": olmo3(isExtended: false)
        case "olmo3.1": olmo3(isExtended: true)
        case "olmo3-think": olmo3Think(is32B: false)
        case "olmo3-32b-think": olmo3Think(is32B: true)
        case "nemotron-3-nano": nemotronNano(is35: false)
        case "nemotron-3.5-nano": nemotronNano(is35: true)
        case "gemma4": gemma4(isLarge: isLargeGemma(model, parameterCount))
        case "gemma4-small": gemma4(isLarge: false)
        case "gemma4-large": gemma4(isLarge: true)
        case "functiongemma": functionGemma
        case "glm-4.7": glm47
        case "glm-ocr": glmOCR
        case "lfm2": lfm2(thinks: false)
        case "lfm2-thinking": lfm2(thinks: true)
        case "laguna": laguna
        case "poolside-v1": poolside
        case "cohere": cohere
        case "glimmer": glimmer
        default: nil
        }
    }

    /// Ollama's rule: by the size in the name, else by the number of weights.
    private static func isLargeGemma(_ model: String, _ parameterCount: Int?) -> Bool {
        let name = model.lowercased()
        if ["e2b", "e4b"].contains(where: { name.contains($0) }) { return false }
        if ["12b", "26b", "31b"].contains(where: { name.contains($0) }) { return true }
        return (parameterCount ?? 0) >= 12_000_000_000
    }

    // MARK: - What several have in common

    /// A text as a literal of the template language.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'").replacing("\n", with: "\\n") + "'"
    }

    /// `begun`: the last message is the beginning of the answer. `plain`: an argument as text, what is no text as JSON.
    static let common = #"""
        {%- set begun = add_generation_prompt and messages and messages[-1].role == 'assistant' %}
        {%- macro plain(value) %}{{ value if value is string else value | tojson }}{% endmacro %}
        """#

    /// How the Qwen3-Coder family is told to write calls.
    static let taggedCallGuide = #"""
        If you choose to call a function ONLY reply in the following format with NO suffix:

        <tool_call>
        <function=example_function_name>
        <parameter=example_parameter_1>
        value_1
        </parameter>
        <parameter=example_parameter_2>
        This is the value for the second parameter
        that can span
        multiple lines
        </parameter>
        </function>
        </tool_call>

        <IMPORTANT>
        Reminder:
        - Function calls MUST follow the specified format: an inner <function=...></function> block must be nested within <tool_call></tool_call> XML tags
        - Required parameters MUST be specified
        - You may provide optional reasoning for your function call in natural language BEFORE the function call, but NOT after
        - If there is no function call available, answer the question like normal with your current knowledge and do not tell the user about function calls
        </IMPORTANT>
        """#

    /// `lastQuery`: the place of the last message in which the user asks something, and no tool answers.
    static let lastQuery = #"""
        {%- set last = namespace(query=messages | length - 1) %}
        {%- for i in range(messages | length) if messages[i].role == 'user' %}
        {%- set text = messages[i].content | trim %}
        {%- if not (text.startswith('<tool_response>') and text.endswith('</tool_response>')) %}{% set last.query = i %}{% endif %}
        {%- endfor %}
        """#
}
