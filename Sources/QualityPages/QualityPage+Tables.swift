// The tables: models side by side, and what became of each one's tensors.
import Evaluation
import Quantization
import Tensors

extension QualityPage {
    var overview: Markup {
        let hasText = report.models.contains { $0.perplexity != nil }
        let hasReference = report.models.contains { $0.comparison != nil }
        let hasChoices = report.models.contains { $0.choices != nil }
        var table = SortableTable(
            ["Model", "Type", "Size", "Bits/weight"] + (hasText ? ["Perplexity"] : [])
                + (hasReference
                    ? ["ln(ppl/ref)", "Mean KL", "99.9 %", "Max", "RMS Δp", "Same top"] : [])
                + (hasChoices ? ["Questions right"] : []))
        for (index, model) in report.models.enumerated() {
            var row: [SortableTable.Cell] = [
                .init(
                    content: .joined([.element("i", ["class": "dot \(Charts.colour(index))"]), .text(model.name)]), value: nil),
                .text(model.type), .number(FigureText.bytes(model.byteCount), Double(model.byteCount)),
                .number(FigureText.fixed(model.bitsPerWeight, 2), model.bitsPerWeight),
            ]
            if hasText { row.append(model.perplexity.map(perplexity) ?? .none) }
            if hasReference { row += model.comparison.map(cells) ?? Array(repeating: .none, count: 6) }
            if hasChoices {
                row.append(
                    model.choices.map { .number("\(FigureText.percent($0.share, 1)) (\($0.correct) of \($0.count))", $0.share) }
                        ?? .none)
            }
            table.add(row)
        }
        return section("Models", "", [table.markup])
    }

    private func cells(_ comparison: Comparison) -> [SortableTable.Cell] {
        let percentiles = [0.999, 1].map { fraction -> SortableTable.Cell in
            guard let value = comparison.divergence(at: fraction) else { return .none }
            return .number(FigureText.short(value), value)
        }
        return [
            figure(comparison.logRatio, 4),
            .figure(
                FigureText.short(comparison.divergence.value), FigureText.short(comparison.divergence.uncertainty, digits: 2),
                comparison.divergence.value),
        ] + percentiles + [
            .number(FigureText.percent(comparison.rootMeanSquareDelta.value), comparison.rootMeanSquareDelta.value),
            .number(FigureText.percent(comparison.sameTop.value), comparison.sameTop.value),
        ]
    }

    private func perplexity(_ figure: Comparison.Figure) -> SortableTable.Cell {
        .figure(FigureText.perplexity(figure.value), FigureText.short(figure.uncertainty), figure.value)
    }

    private func figure(_ figure: Comparison.Figure, _ digits: Int) -> SortableTable.Cell {
        .figure(FigureText.fixed(figure.value, digits), FigureText.fixed(figure.uncertainty, digits), figure.value)
    }

    /// All percentiles of one model: what the charts show, in figures.
    func percentiles(_ comparison: Comparison) -> Markup {
        var table = SortableTable(["Share of tokens", "KL divergence at most", "Δp at most (points)"])
        for percentile in comparison.divergencePercentiles {
            let delta = comparison.deltaPercentiles.first { $0.fraction == percentile.fraction }
            table.add([
                .number(FigureText.tick((1000 * percentile.fraction).rounded() / 10) + " %", percentile.fraction),
                .number(FigureText.short(percentile.value), percentile.value),
                delta.map { .number(FigureText.fixed(100 * $0.value, 2), $0.value) } ?? .none,
            ])
        }
        return table.markup
    }

    /// A section for each model whose tensors were compared.
    var details: [Markup] {
        let range = HeatMap.range(of: report.models)
        return report.models.filter { !$0.tensors.isEmpty }.map { model in
            guard let map = HeatMap(model, range: range) else {
                return section("Tensors of \(model.name)", "Every tensor has exactly the reference's values.", [])
            }
            return section(
                "Tensors of \(model.name)",
                "Relative error of each tensor, its RMSE over the RMS of the source, by layer and kind. Point at a cell for its figures.",
                [
                    .element(
                        "div", ["class": map.isNarrow ? "split" : nil],
                        [.element("div", [:], [map.drawing, map.legend]), .element("div", [:], [types(model)])]),
                    .element("details", [:], [.element("summary", "All \(model.tensors.count) tensors"), tensors(model)]),
                ])
        }
    }

    private func types(_ model: QualityReport.Model) -> Markup {
        var table = SortableTable(["Type", "Tensors", "Size", "RMSE", "Largest error", "Relative error"])
        for type in model.typeErrors {
            table.add([
                .text(type.type), .number(FigureText.count(type.tensorCount), Double(type.tensorCount)),
                .number(FigureText.bytes(type.byteCount), Double(type.byteCount)),
                .number(FigureText.short(type.rootMeanSquare), type.rootMeanSquare),
                .number(FigureText.short(type.maximum), type.maximum),
                .number(FigureText.short(100 * type.relative) + " %", type.relative),
            ])
        }
        return table.markup
    }

    private func tensors(_ model: QualityReport.Model) -> Markup {
        var table = SortableTable(["Tensor", "Source", "Type", "Elements", "RMSE", "Largest error", "Relative error"])
        for tensor in model.tensors {
            table.add([
                .text(tensor.name), .text(tensor.sourceType.name), .text(tensor.type.name),
                .number(FigureText.count(tensor.elementCount), Double(tensor.elementCount)),
                .number(FigureText.short(tensor.rootMeanSquare), tensor.rootMeanSquare),
                .number(FigureText.short(tensor.maximum), tensor.maximum),
                .number(FigureText.short(100 * tensor.relative) + " %", tensor.relative),
            ])
        }
        return table.markup
    }
}
