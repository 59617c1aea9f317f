public import ChatPrompt
public import JSONText

/// The whole proof of a model's prompts: the comparison of its templates, and the audit.
public struct PromptVerification: Sendable {
    public let name: String
    /// Nil where there are not two templates to compare.
    public let comparison: ProofReport?
    /// Why nothing was compared, or compared otherwise than by tokens.
    public let notes: [String]
    public let audit: [AuditFinding]
    /// What was compared with the model's own template.
    private let provenName: String
    /// Which of Ollama's named templates fit the model's own; nil where that was not asked or the model brings none.
    public let named: NamedTemplateMatch?

    /// How much is looked at.
    public enum Scope: Sendable {
        case all, audit
        /// What `create` wants to know: the comparison and the audit, not the named templates.
        case build
    }

    /// - Throws: `ChatPromptError` for a TEMPLATE that does not parse.
    public init(_ subject: PromptSubject, scope: Scope = .all) throws(ChatPromptError) {
        let prepared = try PreparedSubject(subject)
        name = subject.name
        provenName = prepared.renderer == nil ? "TEMPLATE" : "RENDERER \(subject.renderer)"
        audit = PromptAudit(prepared).findings()
        named = scope == .all ? prepared.reference.map { NamedTemplateMatch($0) } : nil
        if scope == .audit {
            (comparison, notes) = (nil, [])
            return
        }
        guard let template = prepared.provable, let reference = prepared.reference else {
            comparison = nil
            notes = [Self.reasonForNothing(prepared)] + prepared.notes.filter { $0.contains("cannot be used") }
            return
        }
        notes = prepared.notes + Self.rendererNotes(prepared) + Self.beginningNotes(prepared)
        comparison = PromptProver(template: template, reference: reference, tokenizer: prepared.tokenizer).run()
    }

    private static func rendererNotes(_ prepared: PreparedSubject) -> [String] {
        let name = prepared.subject.renderer
        if name.isEmpty { return [] }
        if prepared.renderer == nil {
            return ["the RENDERER '\(name)' is unknown; Ollama will not run the model, and what is compared here is the TEMPLATE"]
        }
        let rest = prepared.template == nil ? "" : "; nothing reads the TEMPLATE"
        return ["compared is the RENDERER '\(name)', as Quern writes it\(rest)"]
    }

    /// Whether the token for the beginning comes once cannot be judged without a vocabulary.
    private static func beginningNotes(_ prepared: PreparedSubject) -> [String] {
        let trial = [ChatMessage(role: "user", content: "hi")]
        guard prepared.tokenizer == nil,
            let prompt = try? prepared.provable?.provableTrace(trial, tools: [], think: .unset).bytes,
            let mark = PromptPair.beginning(of: prompt)
        else { return [] }
        return [
            "the TEMPLATE begins with '\(mark)'; a tokenizer that adds this token by itself would have it twice (name the model to know)"
        ]
    }

    private static func reasonForNothing(_ prepared: PreparedSubject) -> String {
        if prepared.runaway != nil { return "the model's own template does not come to an end" }
        return switch (prepared.template, prepared.subject.reference) {
        case (nil, nil): "there is no template: neither a TEMPLATE nor one inside the weights"
        case (nil, _): "there is no TEMPLATE to compare: the model's own template runs"
        case (_, nil): "the model brings no template of its own to compare with (give one with --jinja)"
        default: "the templates cannot be compared"
        }
    }

    /// A difference of the templates, or an error of the audit.
    public var hasErrors: Bool { (comparison?.differentCount ?? 0) > 0 || audit.contains { $0.severity == .error } }

    public var json: JSONValue {
        var object: JSONObject = [
            "model": .string(name), "ok": .bool(!hasErrors), "notes": .array(notes.map { .string($0) }),
            "audit": .array(audit.map(\.json)),
        ]
        object["comparison"] = comparison.map(\.json) ?? .null
        object["named_template"] = named.map(\.json) ?? .null
        return .object(object)
    }

    /// - Parameter color: whether control sequences for colours may be used.
    public func text(color: Bool) -> String {
        var text = "\(name): "
        if let comparison { text += comparison.text(color: color) } else { text += "nothing to compare\n" }
        for note in notes { text += "note: \(note)\n" }
        if let named { text += "named template: \(named.text)\n" }
        if !audit.isEmpty { text += "\naudit\n" + audit.map { $0.text(color: color) }.joined() }
        return text
    }

    /// One line for somebody who is building: nil where nothing is wrong.
    public var warning: String? {
        guard hasErrors else { return nil }
        var problems: [String] = []
        if let comparison, comparison.differentCount > 0 {
            let kinds = comparison.mistakes.prefix(3).map(\.headline).joined(separator: "; ")
            let more = comparison.mistakes.count > 3 ? "; and \(comparison.mistakes.count - 3) more" : ""
            let compared = comparison.differentCount + comparison.equalCount
            problems.append(
                "\(provenName) differs from the model's own template in \(comparison.differentCount) of \(compared) conversations: "
                    + kinds + more)
        }
        problems += audit.filter { $0.severity == .error }.map(\.title)
        return problems.joined(separator: "; ")
    }
}
