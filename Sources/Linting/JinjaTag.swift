/// What shows that a template is written in Jinja, the language of a model's own template.
enum JinjaTag {
    static let advice = "'quern template convert --jinja FILE' writes the Go template that says the same"

    /// The first `{% for … %}` or the like, in bytes.
    static func first(in template: String) -> Range<Int>? {
        guard template.utf8.contains(0x25),
            let match = template.firstMatch(of: /\{%[-+]?\s*(for|if|set|macro|else|elif|endif|endfor|generation)\b[^%]*%\}/)
        else { return nil }
        let start = template.utf8.distance(from: template.startIndex, to: match.range.lowerBound)
        return start..<start + template[match.range].utf8.count
    }
}
