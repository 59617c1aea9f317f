import ChatPrompt

/// What the model can do by its own template and no longer can by the TEMPLATE.
extension PromptAudit {
    func capabilities() -> [AuditFinding] {
        guard let template = prepared.template, let reference = prepared.reference else { return [] }
        var findings: [AuditFinding] = []
        let lost = reference.capabilities.subtracting(template.capabilities)
        if lost.contains(.tools) {
            findings.append(
                AuditFinding(
                    "capability-lost", .warning, "the model's own template knows tools, the TEMPLATE does not",
                    "With this TEMPLATE Ollama before 0.32 answers \"does not support tools\"; later versions prefer the embedded template "
                        + "for it. Add a section with {{ .Tools }} and {{ .ToolCalls }}."))
        }
        if lost.contains(.thinking) {
            findings.append(
                AuditFinding(
                    "capability-lost", .warning, "the model's own template knows thinking, the TEMPLATE does not",
                    "With this TEMPLATE Ollama answers \"does not support thinking\". Write {{ .Thinking }} between the model's tags inside "
                        + "{{ range .Messages }}."))
        }
        if prepared.subject.hasProjector == false, prepared.subject.metadata != nil, showsImages(reference) {
            findings.append(
                AuditFinding(
                    "capability-lost", .note, "the model's own template takes pictures, but no projector goes with the weights",
                    "Name the projector (mmproj GGUF) in a second FROM if the model shall see."))
        }
        return findings
    }

    /// Whether a picture leaves a trace in the prompt.
    private func showsImages(_ reference: JinjaChatTemplate) -> Bool {
        guard let picture = ProofBattery.cases.first(where: { $0.features == [.images] }) else { return false }
        return (try? ReferencePrompt(reference, picture, .unset))?.picture != nil
    }
}
