import ChatPrompt
import JSONText
import Tokenization

/// Looks for what makes replies run on, break off, or lose what the model can do.
struct PromptAudit {
    let prepared: PreparedSubject

    init(_ prepared: PreparedSubject) { self.prepared = prepared }

    func findings() -> [AuditFinding] {
        var findings: [AuditFinding] = endTokens()
        if let runaway = prepared.runaway {
            findings.append(
                AuditFinding(
                    "runaway-template", .error, "the model's own template does not come to an end: \(runaway)",
                    "No program can prompt the model with it. Where the file is not from somebody you trust, do not use it."))
        }
        for source in AuditedTemplate.all(prepared) {
            findings += turnEnds(source)
            findings += stopsInsideReplies(source)
            findings += forgery(source)
        }
        findings += strayStops() + wordStops() + capabilities()
        var seen: Set<String> = []
        return findings.filter { seen.insert($0.id + $0.title).inserted }
    }

    var stops: [String] { prepared.subject.stops }
    var ends: Set<TokenID> { prepared.tokenizer?.vocabulary.endOfGeneration ?? [] }

    func shown(_ id: TokenID) -> String {
        guard let vocabulary = prepared.tokenizer?.vocabulary, vocabulary.contains(id) else { return "\(id)" }
        return "\(id) '\(PromptText.visible(vocabulary.text(of: id)))'"
    }

    // MARK: - The files against each other

    /// What tokenizer_config.json and generation_config.json say ends a reply, against what the weights will stop at.
    private func endTokens() -> [AuditFinding] {
        guard let tokenizer = prepared.tokenizer else { return [] }
        let vocabulary = tokenizer.vocabulary
        var findings: [AuditFinding] = []
        let subject = prepared.subject
        let listed = subject.generationConfig["eos_token_id"].map { value in (value.array ?? [value]).compactMap(\.int) } ?? []
        for id in listed where !ends.contains(TokenID(truncatingIfNeeded: id)) {
            findings.append(
                AuditFinding(
                    "eos-not-a-stop", .error,
                    "generation_config.json ends replies at token \(shown(TokenID(truncatingIfNeeded: id))), the weights do not",
                    "Replies will run on past it. Set tokenizer.ggml.eot_token_id or eos_token_ids of the GGUF to it, or add PARAMETER stop."
                ))
        }
        if let text = Self.tokenText(subject.tokenizerConfig["eos_token"]) {
            if let id = vocabulary.id(of: text), ends.contains(id) {
                if let eos = vocabulary.eos, eos != id {
                    findings.append(
                        AuditFinding(
                            "eos-differs", .note,
                            "tokenizer_config.json calls '\(text)' the end, the weights \(shown(eos)); replies stop at both",
                            "Nothing to do; programs that look at one of them only may differ."))
                }
            } else {
                findings.append(
                    AuditFinding(
                        "eos-not-a-stop", .error,
                        "tokenizer_config.json ends texts with '\(text)', at which the weights do not stop",
                        "Set tokenizer.ggml.eos_token_id of the GGUF to it, or add PARAMETER stop \"\(text)\"."))
            }
        }
        if vocabulary.eos == nil, ends.isEmpty {
            findings.append(
                AuditFinding(
                    "no-end", .error, "the weights name no token that ends a reply", "Set tokenizer.ggml.eos_token_id of the GGUF.")
            )
        }
        return findings
    }

    /// A special token in tokenizer_config.json: its text, or an object with it.
    private static func tokenText(_ value: JSONValue?) -> String? { value?.string ?? value?["content"]?.string }

    // MARK: - What a template writes

    private func turnEnds(_ source: AuditedTemplate) -> [AuditFinding] {
        guard let tokenizer = prepared.tokenizer, let tail = source.textAfterAnswer() else { return [] }
        let ids = tokenizer.encode(tail, bos: false, eos: false, parseSpecial: true)
        let text = String(decoding: tail, as: UTF8.self)
        if stops.contains(where: { !$0.isEmpty && text.contains($0) }) { return [] }
        let mark = ids.first { !tokenizer.decode([$0], special: true).isBlank }
        if let end = ids.firstIndex(where: ends.contains) {
            let skipped = ids[..<end].filter { !tokenizer.decode([$0], special: true).isBlank }
            if skipped.isEmpty { return [] }
        }
        let what = text.trimmingWhiteSpace.isEmpty ? "nothing" : PromptText.quoted(text)
        let stop = mark.map { tokenizer.decode([$0], special: true) } ?? ""
        return [
            AuditFinding(
                "turn-without-stop", .error, "\(source.label) ends an answer with \(what), where no runtime stops",
                "The model was shown answers that go on like this, so its replies will run on into the next turn. The tokens that end a "
                    + "reply are \(ends.sorted().prefix(6).map(shown).joined(separator: ", ")). Write one of them after the answer"
                    + (stop.isEmpty ? "." : ", or add PARAMETER stop \"\(PromptText.visible(stop))\"."))
        ]
    }

    private func stopsInsideReplies(_ source: AuditedTemplate) -> [AuditFinding] {
        source.replies().flatMap { reply -> [AuditFinding] in
            stops.compactMap { stop in
                guard !stop.isEmpty, let place = reply.text.firstRange(of: stop) else { return nil }
                if place.lowerBound >= reply.end { return stopBehind(reply, stop, source) }
                return AuditFinding(
                    "stop-inside-reply", .error, "the stop '\(PromptText.visible(stop))' stands inside \(reply.what)",
                    "\(source.label) writes \(PromptText.quoted(reply.text)); a reply of this form is cut off at the stop. Take the PARAMETER "
                        + "stop out.")
            } + endsInside(reply, source)
        }
    }

    /// A stop that closes a call: what may follow it in the same reply is lost.
    private func stopBehind(_ reply: AuditedTemplate.Reply, _ stop: String, _ source: AuditedTemplate) -> AuditFinding? {
        let tail = source.textAfterAnswer().map { String(decoding: $0, as: UTF8.self) } ?? ""
        if reply.what != AuditedTemplate.Reply.call || tail.contains(stop) { return nil }
        return AuditFinding(
            "stop-behind-call", .warning, "the stop '\(PromptText.visible(stop))' ends a reply behind its first tool call",
            "\(source.label) writes it behind every call, so a reply with several calls loses all but the first. Take the PARAMETER stop "
                + "out.")
    }

    private func endsInside(_ reply: AuditedTemplate.Reply, _ source: AuditedTemplate) -> [AuditFinding] {
        guard let tokenizer = prepared.tokenizer else { return [] }
        let body = Array(reply.text[..<reply.end].utf8)
        let ids = tokenizer.encode(body, bos: false, eos: false, parseSpecial: true)
        return ids.filter(ends.contains).prefix(1).map { id in
            AuditFinding(
                "end-inside-reply", .error, "token \(shown(id)) ends replies, and stands inside \(reply.what)",
                "\(source.label) writes \(PromptText.quoted(reply.text)). Take the token out of the tokens that end a reply "
                    + "(tokenizer.ggml.eos_token_id, eot_token_id, eom_token_id).")
        }
    }

    /// Whether a user can write what only a template ought to write.
    private func forgery(_ source: AuditedTemplate) -> [AuditFinding] {
        guard let tokenizer = prepared.tokenizer, let frame = source.textAfterAnswer() else { return [] }
        let ids = tokenizer.encode(frame, bos: false, eos: false, parseSpecial: true)
        guard let mark = ids.first(where: { [.control, .userDefined].contains(tokenizer.vocabulary.kind(of: $0)) }) else {
            let text = String(decoding: frame, as: UTF8.self)
            return text.isBlank
                ? []
                : [
                    AuditFinding(
                        "forgeable-frame", .warning, "turns are told apart by plain text: \(PromptText.quoted(text))",
                        "A user who writes this text begins a turn in another's name, in every runtime. Only special tokens are safe."
                    )
                ]
        }
        return [
            AuditFinding(
                "special-tokens-in-content", .note,
                "a user text that holds '\(tokenizer.vocabulary.text(of: mark))' can forge a turn",
                "Ollama and llama.cpp read special tokens in the whole prompt, the user's words too; Quern reads them as text there. "
                    + "For the others, keep such texts out before they reach the model.")
        ]
    }

    // MARK: - Parameters

    /// Stops that answers are likely to hold, because they are plain words.
    private func wordStops() -> [AuditFinding] {
        stops.filter { $0.utf8.count > 0 && $0.unicodeScalars.allSatisfy { $0.properties.isAlphabetic } }.map { stop in
            AuditFinding(
                "word-stop", .warning, "the stop '\(stop)' is a plain word",
                "An answer in which this word comes is cut off there. Stop at the text that ends a turn, with its signs and line breaks."
            )
        }
    }

    /// Stops that no prompt of the model holds: a slip of the pen, or those of another family.
    private func strayStops() -> [AuditFinding] {
        let texts = AuditedTemplate.all(prepared).flatMap { $0.sampleTexts() }
        guard !texts.isEmpty else { return [] }
        return stops.compactMap { stop in
            if stop.isEmpty || texts.contains(where: { $0.contains(stop) }) { return nil }
            if let id = prepared.tokenizer?.vocabulary.id(of: stop), ends.contains(id) { return nil }
            let ends = self.ends.sorted().prefix(4).map(shown).joined(separator: ", ")
            let isMark = stop.beginsWithMark || stop.contains("<|") || stop.contains("|>")
            return AuditFinding(
                "stray-stop", isMark ? .error : .note, "the stop '\(PromptText.visible(stop))' is in no prompt of this model",
                "The model never learned to write it, so it stops nothing"
                    + (ends.isEmpty ? "." : "; this model ends its replies with \(ends).")
                    + " Is it of another model, or misspelled?")
        }
    }
}
