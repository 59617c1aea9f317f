import Diagnostics
import ModelfileSyntax

/// What could be written inside the actions of a template.
extension DocumentView {
    func templateChoices(in region: TemplateRegion, at offset: Int) -> (items: [CompletionItem], range: SourceRange) {
        let before = region.range.lowerBound..<max(offset, region.range.lowerBound)
        guard isInAction(before) else { return ([], offset..<offset) }
        var start = before.upperBound
        while start > before.lowerBound, Self.isWordByte(source.bytes[start - 1]) { start -= 1 }
        let word = start..<before.upperBound
        guard start > before.lowerBound else { return (words, word) }
        switch source.bytes[start - 1] {
        case UInt8(ascii: "."):
            let range = start - 1..<word.upperBound
            // Behind a name comes a part of what it names; behind a blank, the data or, inside of `range`, an element.
            let isChain =
                start - 1 > before.lowerBound && (Self.isWordByte(source.bytes[start - 2]) || source.bytes[start - 2] == 0x29)
            return ((isChain ? [] : fields(TemplateVocabulary.data)) + fields(TemplateVocabulary.parts), range)
        case UInt8(ascii: "$"): return (variables(region), start - 1..<word.upperBound)
        default: return (words + fields(TemplateVocabulary.data) + variables(region), word)
        }
    }

    /// Whether a text ends between `{{` and `}}`.
    private func isInAction(_ range: SourceRange) -> Bool {
        var index = range.upperBound - 2
        while index >= range.lowerBound {
            if source.bytes[index...].starts(with: "{{".utf8) { return true }
            if source.bytes[index...].starts(with: "}}".utf8) { return false }
            index -= 1
        }
        return false
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF) || (0x30...0x39).contains(byte) || byte == 0x5F || byte >= 0x80
    }

    private func fields(_ entries: [TemplateVocabulary.Entry]) -> [CompletionItem] {
        entries.map { CompletionItem(label: "." + $0.name, kind: .field, documentation: $0.summary) }
    }

    private var words: [CompletionItem] {
        TemplateVocabulary.keywords.map { CompletionItem(label: $0.name, kind: .keyword, documentation: $0.summary) }
            + TemplateVocabulary.functions.map { CompletionItem(label: $0.name, kind: .function, documentation: $0.summary) }
    }

    /// `$`, which is the data whatever dot is, and the variables that the template makes.
    private func variables(_ region: TemplateRegion) -> [CompletionItem] {
        var names = ["$"]
        for match in region.text.matches(of: /\$\w+/) where !names.contains(String(match.output)) {
            names.append(String(match.output))
        }
        return names.map { CompletionItem(label: $0, kind: .variable) }
    }
}
