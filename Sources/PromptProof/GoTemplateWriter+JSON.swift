/// Templates within the template that write values as Python's `json.dumps` does: a blank behind every colon and comma, which
/// Go's own JSON has not.
extension GoTemplateWriter {
    mutating func writeDefinitions() {
        definition("value", Self.value)
        definition("property", Self.property)
        definition("function", Self.function)
        definition("tool", #"{"type": "{{ .Type }}", "function": {{ template "function" . }}{{ "}" }}"#)
    }

    private mutating func definition(_ name: String, _ body: String) {
        control("define \"\(name)\"")
        raw(body)
        control("end")
    }

    /// Any value of a call's arguments. Lists and maps are told by how Go prints their types: `[]…`, `map[…`, and
    /// Ollama's own `template.templateArgs` and `api.ToolCallFunctionArguments`.
    private static let value = #"""
        {{- $type := printf "%T" . }}
        {{- if eq $type "string" }}{{ printf "%q" . }}
        {{- else if eq $type "<nil>" }}null
        {{- else if eq (slice $type 0 1) "[" }}[{{ range $i, $v := . }}{{ if $i }}, {{ end }}{{ template "value" $v }}{{ end }}]
        {{- else if or (eq (slice $type 0 1) "m") (eq (slice $type 0 1) "t") (eq (slice $type 0 1) "a") }}{{ "{" }}
        {{- $comma := false }}
        {{- range $k, $v := . }}{{ if $comma }}, {{ end }}{{ $comma = true }}{{ printf "%q" $k }}: {{ template "value" $v }}{{ end }}{{ "}" }}
        {{- else }}{{ . }}
        {{- end }}
        """#

    /// One parameter: its members in the order in which schemas are written.
    private static let property = #"""
        {"type": {{ if eq (len .Type) 1 }}"{{ index .Type 0 }}"{{ else }}[{{ range $i, $t := .Type }}{{ if $i }}, {{ end }}"{{ $t }}"{{ end }}]{{ end }}
        {{- if .Description }}, "description": {{ printf "%q" .Description }}{{ end }}
        {{- if .Enum }}, "enum": {{ template "value" .Enum }}{{ end }}{{ "}" }}
        """#

    private static let function = #"""
        {"name": "{{ .Function.Name }}", "description": {{ printf "%q" .Function.Description }}, "parameters": {"type": "{{ .Function.Parameters.Type }}"
        {{- if ne .Function.Parameters.Properties nil }}, "properties": {{ "{" }}
        {{- $comma := false }}
        {{- range $name, $property := .Function.Parameters.Properties }}{{ if $comma }}, {{ end }}{{ $comma = true }}"{{ $name }}": {{ template "property" $property }}{{ end }}{{ "}" }}
        {{- end }}
        {{- if ne .Function.Parameters.Required nil }}, "required": {{ template "value" .Function.Parameters.Required }}{{ end }}{{ "}}" }}
        """#
}
