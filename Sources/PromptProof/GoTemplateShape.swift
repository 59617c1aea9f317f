/// One way to put what was learned of a template into a Go template.
struct GoTemplateShape {
    /// An empty system message counts as none.
    let hidesEmptySystem: Bool
    /// An answer that calls tools and says nothing writes no text.
    let writesTools: Bool

    static func all(_ frames: LearnedFrames) -> [GoTemplateShape] {
        let tools = frames.tools == nil ? [false] : [true, false]
        return tools.flatMap { tools in
            [false, true].map { GoTemplateShape(hidesEmptySystem: $0, writesTools: tools) }
        }
    }

    func source(_ frames: LearnedFrames) -> String {
        var writer = GoTemplateWriter()
        let tools = writesTools ? frames.tools : nil
        if tools != nil { writer.writeDefinitions() }
        writer.control("$open := true")
        if frames.thinking != nil, frames.thinkingPlace == .behindLastQuestion {
            writer.control("$question := -1")
            writer.control("range $i, $_ := .Messages")
            writer.control("if eq .Role \"user\"")
            writer.control("$question = $i")
            writer.control("end")
            writer.control("end")
        }
        if frames.result != nil { writer.control("$answering := false") }
        if !frames.opensAfterResult { writer.control("$told := false") }
        let needsHeader = frames.firstHeaderIsInStart || frames.headerIsInSystem
        if needsHeader { writer.control("$header := true") }
        writer.control("range $i, $_ := .Messages")
        writer.control("$last := eq (len (slice $.Messages $i)) 1")
        writer.control("if eq $i 0")
        beginning(&writer, frames, tools)
        writer.control("end")
        if let result = frames.result {
            writer.control("if and $answering (ne .Role \"tool\")")
            writer.literal(result.after)
            writer.control("$answering = false")
            writer.control("end")
        }
        messages(&writer, frames, tools, needsHeader: needsHeader)
        writer.control("end")
        if let result = frames.result { writer.when("$answering", result.after) }
        opening(&writer, frames)
        return writer.text
    }

    // MARK: - The beginning

    private func systemCondition(_ frames: LearnedFrames) -> String {
        if frames.gathersSystem { return "$.System" }
        return hidesEmptySystem ? "and (eq .Role \"system\") .Content" : "eq .Role \"system\""
    }

    private func beginning(_ writer: inout GoTemplateWriter, _ frames: LearnedFrames, _ tools: LearnedTools?) {
        if let tools {
            writer.control("if $.Tools")
            if let section = tools.withSystem {
                writer.control("if \(systemCondition(frames))")
                write(section, tools, frames, &writer)
                writer.control("else")
                write(tools.bare, tools, frames, &writer)
                writer.control("end")
            } else {
                write(tools.bare, tools, frames, &writer)
            }
            writer.control("else")
        }
        if let system = frames.system {
            writer.control("if \(systemCondition(frames))")
            writer.literal(system.before)
            writer.value(frames.gathersSystem ? "$.System" : ".Content")
            writer.literal(system.after)
            if frames.headerIsInSystem { writer.control("$header = false") }
            if !frames.start.isEmpty || frames.firstHeaderIsInStart {
                writer.control("else")
                start(&writer, frames)
            }
            writer.control("end")
        } else {
            start(&writer, frames)
        }
        if tools != nil { writer.control("end") }
    }

    private func start(_ writer: inout GoTemplateWriter, _ frames: LearnedFrames) {
        writer.literal(frames.start)
        if frames.firstHeaderIsInStart { writer.control("$header = false") }
    }

    private func write(
        _ section: LearnedTools.Section, _ tools: LearnedTools, _ frames: LearnedFrames, _ writer: inout GoTemplateWriter
    ) {
        let hasSystem = section != tools.bare
        func system() {
            guard hasSystem else { return }
            writer.literal(section.beforeSystem)
            writer.value(frames.gathersSystem ? "$.System" : ".Content")
        }
        if !section.toolsComeFirst { system() }
        writer.literal(section.beforeTools)
        writer.control("range $n, $tool := $.Tools")
        writer.when("$n", section.between)
        writer.value("template \"\(tools.spelling == .whole ? "tool" : "function")\" .")
        writer.control("end")
        if section.toolsComeFirst { system() }
        writer.literal(section.afterTools)
    }

    // MARK: - Turns

    private func messages(
        _ writer: inout GoTemplateWriter, _ frames: LearnedFrames, _ tools: LearnedTools?, needsHeader: Bool
    ) {
        writer.control("if eq .Role \"user\"")
        if needsHeader {
            writer.when("$header", frames.user.before)
            writer.control("$header = true")
        } else {
            writer.literal(frames.user.before)
        }
        writer.value(".Content")
        writer.literal(frames.user.after)
        writer.control("else if eq .Role \"assistant\"")
        answer(&writer, frames, tools)
        if let late = frames.lateSystem {
            writer.control("else if and $i (eq .Role \"system\")")
            writer.literal(late.before)
            writer.value(".Content")
            writer.literal(late.after)
        }
        if let result = frames.result {
            writer.control("else if eq .Role \"tool\"")
            writer.when("$answering", result.between, otherwise: result.before)
            writer.control("$answering = true")
            writer.value(".Content")
        }
        writer.control("end")
        if frames.opensAfterResult {
            writer.control("$open = ne .Role \"assistant\"")
        } else {
            writer.control("$told = eq .Role \"tool\"")
            writer.control("$open = not (or $told (eq .Role \"assistant\"))")
        }
    }

    private func answer(_ writer: inout GoTemplateWriter, _ frames: LearnedFrames, _ tools: LearnedTools?) {
        if frames.opensAfterResult {
            writer.literal(frames.assistant.before)
        } else {
            writer.when("not $told", frames.assistant.before)
        }
        if let thinking = frames.thinking {
            writer.control("if \(Self.condition(of: frames.thinkingPlace))")
            writer.literal(thinking.before)
            writer.value(".Thinking")
            writer.literal(thinking.after)
            if !frames.headerAtLast.isEmpty {
                writer.control("else if $last")
                writer.literal(frames.headerAtLast)
            }
            writer.control("end")
        } else {
            writer.when("$last", frames.headerAtLast)
        }
        writer.value(".Content")
        if let call = tools?.call, let tools {
            writer.control("$text := .Content")
            writer.control("range $n, $call := .ToolCalls")
            writer.control("if $n")
            writer.literal(tools.callSeparator + call[0])
            writer.control("else")
            writer.when("$text", tools.callAfterText, otherwise: call[0])
            writer.control("end")
            writer.value(".Function.Name")
            writer.literal(call[1])
            writer.value("template \"value\" .Function.Arguments")
            writer.literal(call[2])
            writer.control("end")
        }
        writer.when("not $last", frames.assistant.after)
    }

    private static func condition(of place: LearnedFrames.ThinkingPlace) -> String {
        switch place {
        case .everywhere: ".Thinking"
        case .behindLastQuestion: "and .Thinking (gt $i $question)"
        case .lastMessage: "and .Thinking $last"
        }
    }

    private func opening(_ writer: inout GoTemplateWriter, _ frames: LearnedFrames) {
        let unset = frames.opening[.unset] ?? ""
        let on = frames.opening[.on] ?? unset
        let off = frames.opening[.off] ?? unset
        writer.control("if $open")
        if on == off, on == unset {
            writer.literal(unset)
        } else {
            writer.control("if not .IsThinkSet")
            writer.literal(unset)
            writer.control("else if .Think")
            writer.literal(on)
            writer.control("else")
            writer.literal(off)
            writer.control("end")
        }
        writer.control("end")
    }
}
