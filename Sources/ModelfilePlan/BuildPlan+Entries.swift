public import ModelfileSyntax

/// The plan as instructions, in the order in which `show --modelfile` prints them; `ModelfilePrinter` makes text of them.
extension BuildPlan {
    public var entries: [ModelfileEntry] {
        var entries = sources.prefix(1).map { ModelfileEntry(.from, $0.value) }
        entries += adapters.map { ModelfileEntry(.adapter, $0.value) }
        entries += drafts.map { ModelfileEntry(.draft, $0.value) }
        entries += sources.dropFirst().map { ModelfileEntry(.from, $0.value) }
        let texts: [(Instruction, Written<String>?)] = [
            (.template, template), (.system, system), (.renderer, renderer), (.parser, parser), (.requires, requires),
        ]
        entries += texts.compactMap { instruction, text in text.map { ModelfileEntry(instruction, $0.value) } }
        for name in parameters.names {
            entries += (parameters[name]?.texts ?? []).map { ModelfileEntry(.parameter, name, $0) }
        }
        entries += licenses.map { ModelfileEntry(.license, $0.value) }
        entries += messages.map { ModelfileEntry(.message, $0.value.role.rawValue, $0.value.content) }
        return entries
    }
}
