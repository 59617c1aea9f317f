// A quality report as one HTML file that needs nothing from anywhere else.
public import Evaluation

/// The page of a report: headline figures, charts, tables. Light or dark as the reader's system is; printed in light.
public struct QualityPage {
    let report: QualityReport

    public init(_ report: QualityReport) { self.report = report }

    /// The whole file. The same report gives the same bytes.
    public var html: String {
        let head = Markup.element(
            "head", [:],
            [
                .element("meta", ["charset": "utf-8"]),
                .element("meta", ["name": "viewport", "content": "width=device-width,initial-scale=1"]),
                .element("meta", ["http-equiv": "Content-Security-Policy", "content": PageStyle.policy]),
                .element("title", title), .element("style", [:], [.raw(PageStyle.css)]),
            ])
        let body = Markup.element(
            "body", [:],
            [
                .element("main", [:], [header, cards, keys, charts, overview] + details + [footer]),
                .element("script", [:], [.raw(PageStyle.script)]),
            ])
        return "<!doctype html>\n" + Markup.element("html", ["lang": "en"], [head, body]).html + "\n"
    }

    private var title: String {
        switch report.models.count {
        case 1: "Quality of \(report.models[0].name)"
        case let count: "Quality of \(count) models"
        }
    }

    private var header: Markup {
        var sentences: [String] = []
        if let text = report.text {
            sentences.append(
                "Read \(FigureText.count(text.chunkCount)) chunks of \(FigureText.count(text.contextLength)) tokens of “\(text.name)”; "
                    + "\(FigureText.count(text.scoredCount)) tokens scored.")
        }
        if let reference = report.reference { sentences.append("Compared with “\(reference)”.") }
        if let questions = report.questions { sentences.append("Questions from “\(questions)”.") }
        return .element(
            "header", [:], [.element("h1", title), .element("p", sentences.joined(separator: " "))])
    }

    /// Which colour is which model, where there are several.
    private var keys: Markup {
        guard report.models.count > 1 else { return .none }
        return .element(
            "div", ["class": "keys"],
            report.models.enumerated().map { index, model in
                .element("span", [:], [.element("i", ["class": Charts.colour(index)]), .text(model.name)])
            })
    }

    private var charts: Markup {
        let charts = Charts(models: report.models)
        var blocks: [Markup] = []
        if let curves = charts.divergenceCurves {
            blocks.append(
                section(
                    "Where it diverges",
                    "KL divergence of the next token's distribution from the reference's, at each share of the tokens. The right end "
                        + "shows the tokens on which the models disagree most.", [curves]))
        }
        if report.models.count > 1, let scatter = charts.sizeAgainstDivergence {
            blocks.insert(
                section(
                    "What a bit buys", "Mean divergence by size; lower and further left is better.", [scatter]), at: 0)
        }
        if let deltas = DeltaChart(report.models, isWide: blocks.count != 1) {
            blocks.append(
                section(
                    "What becomes of the right token",
                    "Change of the probability that the model gives the text's own next token; left of zero it got worse. Dark: 80 % of "
                        + "the tokens, then 90 %, 98 % and 99.8 %.",
                    [deltas.drawing] + (report.models.count == 1 ? report.models.compactMap(\.comparison).map(percentiles) : [])))
        }
        let pairs = stride(from: 0, to: blocks.count, by: 2).map { start in
            let pair = Array(blocks[start..<min(start + 2, blocks.count)])
            return pair.count == 2 ? Markup.element("div", ["class": "pair"], pair) : pair[0]
        }
        return .joined(pairs)
    }

    func section(_ title: String, _ text: String, _ content: [Markup]) -> Markup {
        .element("section", [:], [.element("h2", title)] + (text.isEmpty ? [] : [.element("p", text)]) + content)
    }

    private var footer: Markup {
        .element(
            "footer",
            "Perplexity and divergence as llama-perplexity computes them: the second half of each chunk is scored. ± is one standard "
                + "error. Divergences are in nats. Made by quern measure.")
    }
}
