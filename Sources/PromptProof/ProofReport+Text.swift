import Diagnostics

/// The report as a person reads it.
extension ProofReport {
    /// - Parameters:
    ///   - color: whether control sequences for colours may be used.
    ///   - mistakeLimit: how many mistakes are told in full.
    public func text(color: Bool, mistakeLimit: Int = 12) -> String {
        var writer = ProofWriter(color: color)
        if mistakes.isEmpty, differentCount == 0 {
            writer.line(
                equalCount == 0
                    ? "nothing could be compared: the model's own template takes none of the conversations"
                    : writer.green("proven") + ": \(count(equalCount, "conversation")) give \(measure)")
        } else {
            writer.line(
                writer.red("not proven") + ": \(differentCount) of \(count(equalCount + differentCount, "conversation")) differ, "
                    + "through \(count(mistakes.count, "mistake"))")
            for (index, mistake) in mistakes.prefix(mistakeLimit).enumerated() {
                writer.line()
                writer.write(mistake, number: index + 1, in: self)
            }
            if mistakes.count > mistakeLimit { writer.line("\n… and \(count(mistakes.count - mistakeLimit, "more mistake"))") }
            if isOfRenderer { writer.writeRendererAdvice() }
        }
        writer.writeSkipped(skipped, of: templateName)
        return writer.text
    }

    fileprivate var templateName: String { isOfRenderer ? "RENDERER" : "TEMPLATE" }
    private var measure: String { comparesTokens ? "the same tokens" : "the same text" }

    func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

/// Puts a report's lines together.
private struct ProofWriter {
    let color: Bool
    private(set) var text = ""

    init(color: Bool) { self.color = color }

    mutating func line(_ line: String = "") { text += line + "\n" }

    func red(_ text: String) -> String { painted(text, "31;1") }
    func green(_ text: String) -> String { painted(text, "32;1") }
    func bold(_ text: String) -> String { painted(text, "1") }
    func faint(_ text: String) -> String { painted(text, "2") }
    private func painted(_ text: String, _ code: String) -> String { color ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

    mutating func write(_ mistake: PromptMistake, number: Int, in report: ProofReport) {
        line("\(number). " + bold(mistake.headline) + faint(" [\(mistake.kind.rawValue)]"))
        line(
            "   in " + Self.list(mistake.cases)
                + (mistake.places.count > 1 ? ", at \(mistake.places.count) places of the \(report.templateName)" : ""))
        if !mistake.note.isEmpty { line("   " + VisibleText.of(mistake.note)) }
        if mistake.kind != .templateFails {
            write(mistake.expected, label: "expected", paint: green)
            write(mistake.found, label: "found", paint: red)
        }
        if let divergence = report.divergence(in: mistake.cases.first) { line(faint("   " + divergence)) }
        write(mistake.templateRange, of: report.templateSource, label: report.templateName)
        write(mistake.referenceRange, of: report.referenceSource, label: "the model's own")
        if report.isOfRenderer { return }
        for part in WordLines.of("What to do: " + mistake.kind.advice, width: 100) { line("   " + part) }
    }

    private mutating func write(_ excerpt: PromptMistake.Excerpt, label: String, paint: (String) -> String) {
        let before = PromptText.visible(excerpt.before)
        let marked = PromptText.visible(PromptText.shortened(excerpt.text), spaces: true)
        let head = "   " + DisplayWidth.padding(label, to: 9) + before
        line(head + paint(marked) + PromptText.visible(excerpt.after))
        let width = DisplayWidth.of(marked)
        line(
            String(repeating: " ", count: DisplayWidth.of(head))
                + paint(width == 0 ? "^ nothing here" : String(repeating: "^", count: width)))
    }

    private mutating func write(_ range: Range<Int>?, of source: String, label: String) {
        guard let range else { return }
        let excerpt = TemplateExcerpt(range, in: source)
        line("   \(label), line \(excerpt.line), column \(excerpt.column):")
        line("     " + excerpt.text)
        line("     " + String(repeating: " ", count: excerpt.markStart) + String(repeating: "^", count: excerpt.markWidth))
    }

    mutating func writeRendererAdvice() {
        let advice =
            "What to do: a RENDERER cannot be edited. Name another one, or none: without RENDERER and TEMPLATE the model's own "
            + "template runs."
        line()
        for part in WordLines.of(advice, width: 100) { line(part) }
    }

    mutating func writeSkipped(_ skipped: [(name: String, reason: String)], of template: String) {
        if skipped.isEmpty { return }
        line()
        line(bold("not compared") + " (no mistake of the \(template))")
        var reasons: [(reason: String, names: [String])] = []
        for (name, reason) in skipped {
            if let index = reasons.firstIndex(where: { $0.reason == reason }) {
                reasons[index].names.append(name)
            } else {
                reasons.append((reason, [name]))
            }
        }
        for (reason, names) in reasons { line("   \(names.joined(separator: ", ")): \(VisibleText.of(reason))") }
    }

    /// The names, as many as one reads.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(4).joined(separator: ", ")
        let count = "\(names.count) conversation\(names.count == 1 ? "" : "s")"
        return names.count > 4 ? "\(count): \(shown), …" : "\(count): \(shown)"
    }
}

extension PromptMistake {
    /// The kind in the words that fit this place.
    var headline: String {
        let (old, new) = (PromptText.quoted(expected.text), PromptText.quoted(found.text))
        switch kind {
        case .missingNewline, .missingSpace: return "\(kind.title) after \(PromptText.quotedEnd(found.before))"
        case .extraNewline, .extraSpace: return "\(kind.title) after \(PromptText.quotedEnd(found.before))"
        case .swappedHeader, .wrongEndOfTurn, .wrongHeader: return "\(kind.title): \(new) instead of \(old)"
        case .missingEndOfTurn, .missingGenerationPrompt: return "\(kind.title): \(old)"
        case .extraEndOfTurn: return "\(kind.title): \(new)"
        default: return kind.title
        }
    }
}

extension ProofReport {
    /// `token 12: expected 198 "⏎", found 9707 "Hello"`
    func divergence(in name: String?) -> String? {
        guard let result = results.first(where: { $0.name == name }), case .different(let divergence?) = result.outcome else {
            return nil
        }
        func shown(_ token: TokenDivergence.Token?) -> String {
            token.map { "\($0.id) \"\(PromptText.visible($0.text, spaces: true))\"" } ?? "the end"
        }
        return "in \(result.name) token \(divergence.index) is the first that differs: expected \(shown(divergence.expected)), "
            + "found \(shown(divergence.found))"
    }
}

/// Prompts made readable.
enum PromptText {
    /// Line breaks as `⏎`, tabs as `⇥`, other controls as their pictures; blanks as `␣` where they are what is shown.
    static func visible(_ text: String, spaces: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "⏎"
            case "\t": result += "⇥"
            case " " where spaces: result += "␣"
            default: result += VisibleText.of(String(scalar))
            }
        }
        return result
    }

    private static let longest = 160

    /// The text with its middle left out where it is long.
    static func shortened(_ text: String) -> String {
        guard text.count > longest else { return text }
        return text.prefix(longest / 2) + " … " + text.suffix(longest / 2)
    }

    static func quoted(_ text: String) -> String {
        let text = text.count > 60 ? text.prefix(28) + "…" + text.suffix(28) : text
        return "'\(visible(text))'"
    }

    /// The last few signs of a text, from the last mark on where one is near.
    static func quotedEnd(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let pieces = PromptPieces(bytes)
        var count = 0
        for index in pieces.ranges.indices.reversed() {
            count += pieces.ranges[index].count
            if pieces.isMark(index) || count > 24 { break }
        }
        return text.isEmpty ? "the beginning" : quoted(String(decoding: bytes.suffix(count), as: UTF8.self))
    }
}

/// Words put into lines.
enum WordLines {
    static func of(_ text: String, width: Int) -> [String] {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            if let last = lines.last, !last.isEmpty, last.count + 1 + word.count > width {
                lines.append(String(word))
            } else if let last = lines.last {
                lines[lines.count - 1] = last.isEmpty ? String(word) : last + " " + word
            }
        }
        return lines
    }
}
