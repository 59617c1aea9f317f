import ChatPrompt
import GGUF
import PromptProof
import Tokenization

/// A vocabulary of bytes and a few special tokens, and templates that say the same in two languages.
enum ProofModel {
    static let specialTokens = ["<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>"]

    static func metadata(addsBOS: Bool = false, eos: String = "<|im_end|>") -> GGUFMetadata {
        let bytes = (0...255).map { "<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) + ">" }
        let tokens = ["<unk>", "<s>", "</s>"] + specialTokens + bytes
        let kinds: [Int32] = [2, 3, 3, 3, 3, 4, 4] + bytes.map { _ in 6 }
        var metadata = GGUFMetadata()
        metadata["tokenizer.ggml.model"] = .string("llama")
        metadata["tokenizer.ggml.tokens"] = .strings(tokens)
        metadata["tokenizer.ggml.token_type"] = .array(.int32(kinds))
        metadata["tokenizer.ggml.scores"] = .array(.float32(tokens.map { _ in 0 }))
        metadata["tokenizer.ggml.bos_token_id"] = .uint32(1)
        metadata["tokenizer.ggml.eos_token_id"] = .uint32(UInt32(tokens.firstIndex(of: eos) ?? 2))
        metadata["tokenizer.ggml.add_bos_token"] = .bool(addsBOS)
        metadata["tokenizer.ggml.add_space_prefix"] = .bool(false)
        return metadata
    }

    /// Tools in a turn of their own, calls by name between tags; the last answer stays open.
    static let jinja = """
        {%- if tools %}<|im_start|>system
        # Tools
        {% for tool in tools %}{{ tool.function.name }}: {{ tool.function.description }}
        {% endfor %}<|im_end|>
        {% endif %}
        {%- for message in messages %}<|im_start|>{{ message.role }}
        {{ message.content }}
        {%- for call in message.tool_calls or [] %}<tool_call>{{ call.function.name }}</tool_call>{% endfor %}<|im_end|>
        {% endfor %}
        {%- if add_generation_prompt %}<|im_start|>assistant
        {% endif %}
        """

    static let go = """
        {{- if .Tools }}<|im_start|>system
        # Tools
        {{ range .Tools }}{{ .Function.Name }}: {{ .Function.Description }}
        {{ end }}<|im_end|>
        {{ end }}
        {{- range $index, $message := .Messages }}
        {{- if eq .Role "user" }}<|im_start|>user
        {{ .Content }}<|im_end|>
        {{ else if eq .Role "system" }}<|im_start|>system
        {{ .Content }}<|im_end|>
        {{ else if eq .Role "assistant" }}<|im_start|>assistant
        {{ .Content }}
        {{- range .ToolCalls }}<tool_call>{{ .Function.Name }}</tool_call>{{ end }}
        {{- if lt $index (len (slice $.Messages 1)) }}<|im_end|>
        {{ end }}
        {{- else if eq .Role "tool" }}<|im_start|>tool
        {{ .Content }}<|im_end|>
        {{ end }}
        {{- end }}
        {{- $last := index .Messages (len (slice .Messages 1)) }}
        {{- if ne $last.Role "assistant" }}<|im_start|>assistant
        {{ end }}
        """

    static func subject(
        go: String = go, jinja: String = jinja, addsBOS: Bool = false, stops: [String] = [], eos: String = "<|im_end|>"
    ) -> PromptSubject {
        var subject = PromptSubject(name: "test", metadata: metadata(addsBOS: addsBOS, eos: eos))
        subject.template = go
        subject.reference = jinja
        subject.stops = stops
        return subject
    }

    static func verify(
        go: String = go, jinja: String = jinja, addsBOS: Bool = false, stops: [String] = [], eos: String = "<|im_end|>"
    ) throws -> PromptVerification {
        try PromptVerification(subject(go: go, jinja: jinja, addsBOS: addsBOS, stops: stops, eos: eos))
    }
}
