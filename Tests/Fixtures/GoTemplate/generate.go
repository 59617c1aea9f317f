// Renders every case of semantics-cases.json with Go's own text/template and writes semantics.json beside it:
//
//	go run generate.go
//
// The expected outputs and errors in semantics.json are Go's (1.27), not ours. Cases
// share the file's data unless they bring their own; its whole numbers become int, other numbers float64.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type testCase struct {
	Template string          `json:"template"`
	Data     json.RawMessage `json:"data,omitempty"`
	Output   *string         `json:"output,omitempty"`
	Error    string          `json:"error,omitempty"`
}

func value(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = value(e)
		}
	case []any:
		for i, e := range v {
			v[i] = value(e)
		}
	case json.Number:
		if !strings.ContainsAny(string(v), ".eE") {
			i, _ := v.Int64()
			return int(i)
		}
		f, _ := v.Float64()
		return f
	}
	return v
}

func main() {
	text, err := os.ReadFile("semantics-cases.json")
	if err != nil {
		panic(err)
	}
	var file struct {
		Data  json.RawMessage `json:"data"`
		Cases []testCase      `json:"cases"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		panic(err)
	}
	cases := file.Cases
	functions := template.FuncMap{"json": func(v any) string {
		b, _ := json.Marshal(v)
		return string(b)
	}}
	for i := range cases {
		c := &cases[i]
		source := c.Data
		if source == nil {
			source = file.Data
		}
		var data any
		d := json.NewDecoder(bytes.NewReader(source))
		d.UseNumber()
		if err := d.Decode(&data); err != nil {
			panic(err)
		}
		data = value(data)
		t, err := template.New("t").Option("missingkey=zero").Funcs(functions).Parse(c.Template)
		if err != nil {
			c.Error = err.Error()
			continue
		}
		var out bytes.Buffer
		if err := t.Execute(&out, data); err != nil {
			c.Error = err.Error()
			continue
		}
		s := out.String()
		c.Output = &s
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\"data\":%s,\n\"cases\":[\n", file.Data)
	for i, c := range cases {
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		if err := e.Encode(c); err != nil {
			panic(err)
		}
		out.Truncate(out.Len() - 1)
		if i+1 < len(cases) {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
	}
	out.WriteString("]}\n")
	if err := os.WriteFile("semantics.json", out.Bytes(), 0o644); err != nil {
		panic(err)
	}
	fmt.Println(len(cases), "cases")
}
