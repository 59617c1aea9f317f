import ChatPrompt
import JSONText
import PromptProof
import TestSupport
import Testing

@Suite struct ConversionTests {
    private func convert(_ jinja: String) throws -> TemplateConverter.Conversion {
        let reference = try JinjaChatTemplate(jinja, bosToken: "", eosToken: "</s>", now: { 0 })
        return try TemplateConverter(reference: reference, tokenizer: nil).convert()
    }

    @Test func `a template of turns is converted and proven`() throws {
        let conversion = try convert(
            """
            {%- for message in messages %}<|im_start|>{{ message.role }}
            {{ message.content }}<|im_end|>
            {% endfor %}
            {%- if add_generation_prompt %}<|im_start|>assistant
            {% endif %}
            """)
        #expect(conversion.isProven, "\(conversion.report.text(color: false))\n\(conversion.template)")
    }

    @Test func `a system message inside the first question is converted and proven`() throws {
        let conversion = try convert(
            """
            {%- set ns = namespace(system='') -%}
            {%- if messages[0].role == 'system' -%}
            {%- set ns.system = '<<SYS>>\\n' + messages[0].content + '\\n<</SYS>>\\n\\n' -%}
            {%- set messages = messages[1:] -%}
            {%- endif -%}
            {%- for message in messages -%}
            {%- if (message.role == 'user') != (loop.index0 % 2 == 0) -%}
            {{- raise_exception('roles must alternate') -}}
            {%- endif -%}
            {%- if message.role == 'user' -%}
            {{- '[INST] ' + (ns.system if loop.first else '') + message.content + ' [/INST]' -}}
            {%- else -%}
            {{- ' ' + message.content + ' </s>' -}}
            {%- endif -%}
            {%- endfor -%}
            """)
        #expect(conversion.isProven, "\(conversion.report.text(color: false))\n\(conversion.template)")
    }

    @Test func `an answer that goes on behind a tool's result without a header is converted and proven`() throws {
        let conversion = try convert(
            """
            {%- set ns = namespace(told=false) -%}
            {%- for message in messages -%}
            {%- if message.role == 'tool' -%}
            {{- '<result>' + message.content + '</result>' -}}
            {%- elif message.role == 'assistant' -%}
            {{- ('' if ns.told else '<|bot|>') + message.content + '</s>' -}}
            {%- else -%}
            {{- '<|' + message.role + '|>' + message.content -}}
            {%- endif -%}
            {%- set ns.told = message.role == 'tool' -%}
            {%- endfor -%}
            {%- if add_generation_prompt and not ns.told -%}<|bot|>{%- endif -%}
            """)
        #expect(conversion.isProven, "\(conversion.report.text(color: false))\n\(conversion.template)")
    }

    @Test func `what the shapes cannot say is told, not kept`() throws {
        let conversion = try convert(
            "{%- for m in messages %}[{{ loop.index }}:{{ m.role }}]{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}>{% endif %}"
        )
        #expect(!conversion.isProven)
        #expect(!conversion.report.mistakes.isEmpty)
    }

    @Test func `a template that writes no question is refused`() throws {
        #expect(throws: ConversionProblem.self) { try convert("nothing") }
    }

    /// The sample model's own template knows tools, calls and thinking.
    @Test func `the sample model's template is converted`() throws {
        let url = SharedData.packageRoot.appendingPathComponent("Samples/chat/chat_template.jinja")
        let conversion = try convert(try String(contentsOf: url, encoding: .utf8))
        let different = conversion.report.results.filter { if case .different = $0.outcome { true } else { false } }.map(\.name)
        #expect(different == [], "\(conversion.report.text(color: false))\n\(conversion.template)")
    }

    /// All of them are measured by Benchmarks/template_mapping.py.
    @Test(
        .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"),
        arguments: ["library/qwen2.5:0.5b", "library/gemma3:1b", "library/phi4:14b", "library/mistral:7b-instruct-fp16"])
    func `templates of real models are converted and proven`(name: String) throws {
        let models = try JSONValue(parsing: try SharedData.bytes("templates/ollama-automap-half.json")).array ?? []
        let jinja = try #require(models.first { $0["model"]?.string == name }?["gguf"]?.string)
        let conversion = try convert(jinja)
        #expect(conversion.isProven, "\(conversion.report.text(color: false))")
    }
}
