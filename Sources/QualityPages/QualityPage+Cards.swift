// The headline figures: of the only model, or of the best ones.
import Evaluation

extension QualityPage {
    var cards: Markup {
        let cards = report.models.count == 1 ? cards(of: report.models[0]) : comparisonCards
        guard !cards.isEmpty else { return .none }
        return .element("div", ["class": "cards"], cards)
    }

    private func cards(of model: QualityReport.Model) -> [Markup] {
        var cards = [
            card(
                "Size", FigureText.bytes(model.byteCount), "",
                "\(FigureText.fixed(model.bitsPerWeight, 2)) bits per weight" + (model.type.isEmpty ? "" : ", \(model.type)"))
        ]
        if let perplexity = model.perplexity {
            cards.append(
                card(
                    "Perplexity", FigureText.perplexity(perplexity.value), "± \(FigureText.short(perplexity.uncertainty))",
                    model.comparison.map { "reference \(FigureText.perplexity($0.referencePerplexity.value))" } ?? ""))
        }
        if let comparison = model.comparison {
            cards += [
                card(
                    "Mean KL divergence", FigureText.short(comparison.divergence.value),
                    "± \(FigureText.short(comparison.divergence.uncertainty, digits: 2))",
                    comparison.divergence(at: 0.999).map { "99.9 % of tokens below \(FigureText.short($0))" } ?? ""),
                card(
                    "Same top token", FigureText.fixed(100 * comparison.sameTop.value, 2) + " %",
                    "± \(FigureText.fixed(100 * comparison.sameTop.uncertainty, 2))",
                    "RMS Δp \(FigureText.fixed(100 * comparison.rootMeanSquareDelta.value, 2)) points"),
            ]
        }
        if let choices = model.choices {
            cards.append(
                card(
                    "Questions right", FigureText.fixed(100 * choices.share, 1) + " %", "",
                    "\(FigureText.count(choices.correct)) of \(FigureText.count(choices.count)); 95 %: "
                        + "\(FigureText.fixed(100 * choices.interval.lowerBound, 1)) to "
                        + "\(FigureText.fixed(100 * choices.interval.upperBound, 1)) %"))
        }
        return cards
    }

    /// The best of several models in each regard.
    private var comparisonCards: [Markup] {
        var cards: [Markup] = []
        if let smallest = report.models.min(by: { $0.byteCount < $1.byteCount }) {
            cards.append(
                card(
                    "Smallest", FigureText.bytes(smallest.byteCount), "",
                    "\(smallest.name), \(FigureText.fixed(smallest.bitsPerWeight, 2)) bits per weight"))
        }
        let read = report.models.filter { $0.perplexity != nil }
        if let best = read.min(by: { ($0.perplexity?.value ?? 0) < ($1.perplexity?.value ?? 0) }), let figure = best.perplexity {
            cards.append(
                card(
                    "Lowest perplexity", FigureText.perplexity(figure.value), "± \(FigureText.short(figure.uncertainty))",
                    best.name))
        }
        let compared = report.models.compactMap { model in model.comparison.map { (model, $0) } }
        if let closest = compared.min(by: { $0.1.divergence.value < $1.1.divergence.value }) {
            cards += [
                card(
                    "Closest to the reference", FigureText.short(closest.1.divergence.value),
                    "± \(FigureText.short(closest.1.divergence.uncertainty, digits: 2))", "mean KL divergence of \(closest.0.name)"),
                card(
                    "Most same top tokens",
                    FigureText.fixed(100 * (compared.map(\.1.sameTop.value).max() ?? 0), 2) + " %", "",
                    compared.max { $0.1.sameTop.value < $1.1.sameTop.value }?.0.name ?? ""),
            ]
        }
        let asked = report.models.compactMap { model in model.choices.map { (model, $0) } }
        if let best = asked.max(by: { $0.1.share < $1.1.share }) {
            cards.append(
                card("Most questions right", FigureText.fixed(100 * best.1.share, 1) + " %", "", best.0.name))
        }
        return cards
    }

    private func card(_ name: String, _ value: String, _ uncertainty: String, _ note: String) -> Markup {
        .element(
            "div", ["class": "card"],
            [
                .element("div", ["class": "name"], name),
                .element("div", ["class": "value"], [.text(value + " "), .element("small", uncertainty)]),
                .element("div", ["class": "note"], note),
            ])
    }
}
