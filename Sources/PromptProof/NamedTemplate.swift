public import ChatPrompt
import JSONText
import JinjaTemplate

/// The Go templates that Ollama attaches to weights by itself, and how well they fit.
///
/// Ollama takes the template whose Jinja text is nearest by edit distance, if that is below 100: a few signs in the wrong place do
/// not count. Quern looks at what the templates write.
public struct NamedTemplateMatch: Sendable, Equatable {
    /// What Ollama's rule takes; nil where nothing is near.
    public let byDistance: (name: String, distance: Int)?
    /// The templates that write the same in every conversation compared.
    public let byRendering: [String]
    /// Of the conversations compared, those in which Ollama's choice differs.
    public let differing: [String]

    public static func == (left: NamedTemplateMatch, right: NamedTemplateMatch) -> Bool {
        left.byDistance?.name == right.byDistance?.name && left.byDistance?.distance == right.byDistance?.distance
            && left.byRendering == right.byRendering && left.differing == right.differing
    }

    /// Conversations without tools and thoughts, of which these templates know nothing.
    private static let cases = ProofBattery.cases.filter {
        $0.features.isDisjoint(with: [.tools, .toolCalls, .thinking, .thinkingInHistory, .images, .begunAnswer, .whiteSpace])
    }

    /// - Parameter reference: the model's own template.
    public init(_ reference: JinjaChatTemplate) {
        byDistance = Self.nearest(to: reference.program.source)
        var equal: [String] = []
        var differing: [String] = []
        for named in NamedTemplateTable.templates {
            guard let template = try? ChatTemplate(named.source, today: { 20_000 }) else { continue }
            let report = PromptProver(template: template, reference: reference, tokenizer: nil).run(Self.cases)
            if report.isProven { equal.append(named.name) }
            if named.name == byDistance?.name {
                differing = report.results.compactMap { if case .different = $0.outcome { $0.name } else { nil } }
            }
        }
        (byRendering, self.differing) = (equal, differing)
    }

    /// Ollama's choice: the first of those nearest by edit distance, where that is below 100.
    public static func nearest(to jinja: String) -> (name: String, distance: Int)? {
        let scalars = Array(jinja.unicodeScalars)
        var best: (name: String, distance: Int)?
        for entry in NamedTemplateTable.index {
            let limit = best?.distance ?? EditDistance.limit
            if let distance = EditDistance.below(limit, scalars, Array(entry.jinja.unicodeScalars)) {
                best = (entry.name, distance)
            }
        }
        return best
    }

    /// The template of a name, as Ollama has it.
    public static func source(named name: String) -> String? {
        NamedTemplateTable.templates.first { $0.name == name }?.source
    }

    public var text: String {
        let rendering = byRendering.isEmpty ? "none" : byRendering.joined(separator: ", ")
        guard let byDistance else { return "Ollama's rule finds none; by rendering: \(rendering)" }
        var text = "Ollama's rule takes '\(byDistance.name)' (edit distance \(byDistance.distance)); by rendering: \(rendering)"
        if !differing.isEmpty {
            let shown = differing.prefix(4).joined(separator: ", ") + (differing.count > 4 ? ", …" : "")
            text += "; '\(byDistance.name)' differs in \(differing.count) conversations: \(shown)"
        }
        return text
    }

    var json: JSONValue {
        [
            "by_distance": byDistance.map { .string($0.name) } ?? .null,
            "distance": byDistance.map { .number(JSONNumber($0.distance)) } ?? .null,
            "by_rendering": .array(byRendering.map { .string($0) }), "differing": .array(differing.map { .string($0) }),
        ]
    }
}

/// Levenshtein's distance, as far as it is small.
enum EditDistance {
    /// Ollama's bound.
    static let limit = 100

    /// The distance, where it is below `limit`; a band that wide along the diagonal is all that is looked at.
    static func below(_ limit: Int, _ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int? {
        guard limit > 0, abs(left.count - right.count) < limit else { return nil }
        let far = limit
        var row = (0...right.count).map { min($0, far) }
        for (i, scalar) in left.enumerated() {
            let first = max(1, i + 1 - limit)
            let last = min(right.count, i + 1 + limit)
            guard first <= last else { return nil }
            var diagonal = row[first - 1]
            row[first - 1] = first == 1 ? min(i + 1, far) : far
            for j in first...last {
                let cost = right[j - 1] == scalar ? diagonal : diagonal + 1
                diagonal = row[j]
                row[j] = min(cost, min(diagonal, row[j - 1]) + 1, far)
            }
        }
        return row[right.count] < limit ? row[right.count] : nil
    }
}
