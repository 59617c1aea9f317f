/// The words that a template can use, with one line each: for completion and hover.
enum TemplateVocabulary {
    struct Entry {
        let name: String
        let summary: String

        init(_ name: String, _ summary: String) { (self.name, self.summary) = (name, summary) }
    }

    /// What a template is given.
    static let data: [Entry] = [
        Entry("System", "the system prompt: that of the request, or the Modelfile's"),
        Entry("Prompt", "what the user says, in templates that run once for each turn"),
        Entry("Response", "what the model answers; the prompt ends where it stands for the last turn"),
        Entry("Messages", "the conversation; each message has .Role and .Content"),
        Entry("Tools", "the functions that the model may call"),
        Entry("Suffix", "the text behind the gap that the model shall fill"),
        Entry("Think", "whether the model shall think before it answers"),
        Entry("ThinkLevel", "how much it shall think: low, medium or high"),
        Entry("IsThinkSet", "whether the request says anything about thinking"),
    ]

    /// What a message, a tool, and the parts of one are made of.
    static let parts: [Entry] = [
        Entry("Role", "of a message: system, user, assistant or tool"),
        Entry("Content", "of a message: its text"),
        Entry("Thinking", "of a message: what the model thought before it answered"),
        Entry("Images", "of a message: its pictures"),
        Entry("ToolCalls", "of a message: the calls that the model made"),
        Entry("ToolName", "of a tool's result: the tool"),
        Entry("ToolCallID", "of a tool's result: the call that it answers"),
        Entry("ID", "of a call: its id"),
        Entry("Function", "of a tool or a call: name, description, parameters, arguments"),
        Entry("Index", "of a call: its place among the calls of one answer, from 0"),
        Entry("Name", "of a function: its name"),
        Entry("Arguments", "of a call: the arguments by name"),
        Entry("Description", "of a function or a parameter: what it is for"),
        Entry("Parameters", "of a function: a JSON Schema of its arguments"),
        Entry("Properties", "of parameters: the schema of each by name"),
        Entry("Required", "of parameters: the names of those that must be given"),
        Entry("Type", "of a tool or a parameter: its type"),
        Entry("Items", "of a parameter: the schema of a list's elements"),
        Entry("Enum", "of a parameter: the values that it can have"),
        Entry("AnyOf", "of a parameter: schemas of which one must fit"),
        Entry("Defs", "of parameters: schemas that others refer to"),
    ]

    /// Go's text/template and what Ollama adds to it.
    static let functions: [Entry] = [
        Entry("json", "`json VALUE`: the value as JSON"),
        Entry("currentDate", "`currentDate`: today, as 2026-01-31"),
        Entry("yesterdayDate", "`yesterdayDate`: the day before today, as 2026-01-30"),
        Entry("toTypeScriptType", "`toTypeScriptType PROPERTY`: the type of a tool's parameter in TypeScript's words"),
        Entry("and", "`and A B …`: the first that is empty, or the last"),
        Entry("or", "`or A B …`: the first that is not empty, or the last"),
        Entry("not", "`not A`: whether A is empty"),
        Entry("eq", "`eq A B …`: whether A equals one of the others"),
        Entry("ne", "`ne A B`: whether A and B differ"),
        Entry("lt", "`lt A B`: whether A is less than B"),
        Entry("le", "`le A B`: whether A is at most B"),
        Entry("gt", "`gt A B`: whether A is more than B"),
        Entry("ge", "`ge A B`: whether A is at least B"),
        Entry("len", "`len A`: how many elements, or bytes of text, A has"),
        Entry("index", "`index A KEY …`: the element of a list or map"),
        Entry("slice", "`slice A FROM TO`: a part of a list or text"),
        Entry("print", "`print A …`: the values as text"),
        Entry("printf", "`printf FORMAT A …`: the values in a format of Go"),
        Entry("println", "`println A …`: the values as text, with a newline"),
        Entry("html", "`html A`: the text with HTML's special characters replaced"),
        Entry("js", "`js A`: the text as it stands in a string of JavaScript"),
        Entry("urlquery", "`urlquery A`: the text as it stands in the query of a URL"),
        Entry("call", "`call F A …`: what a function that is a value returns"),
    ]

    static let keywords: [Entry] = [
        Entry("if", "`{{ if A }} … {{ else }} … {{ end }}`: the first part where A is not empty"),
        Entry("range", "`{{ range A }} … {{ end }}`: once for each element; dot is the element"),
        Entry("with", "`{{ with A }} … {{ end }}`: where A is not empty; dot is A"),
        Entry("else", "what happens otherwise; `else if` asks again"),
        Entry("end", "the end of if, range, with, block or define"),
        Entry("define", "`{{ define \"NAME\" }} … {{ end }}`: a template to be called by its name"),
        Entry("template", "`{{ template \"NAME\" A }}`: what a defined template makes of A"),
        Entry("block", "`{{ block \"NAME\" A }} … {{ end }}`: define and template in one"),
        Entry("break", "leaves the innermost range"),
        Entry("continue", "goes on with the next element of the innermost range"),
    ]

    /// What stands at a word, with the dot of a field and without.
    static func summary(of name: String) -> String? {
        let bare = name.hasPrefix(".") ? String(name.dropFirst()) : name
        let tables = name.hasPrefix(".") ? [data, parts] : [functions, keywords]
        return tables.lazy.joined().first { $0.name == bare }?.summary
    }
}
