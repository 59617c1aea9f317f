// What becomes of the probability of the right token: nested intervals for each model.
import Evaluation

/// A row for each model, with bars from the lower to the upper percentile of Δp; the darker, the more tokens lie within.
struct DeltaChart {
    private let rows: [(index: Int, model: QualityReport.Model, comparison: Comparison)]
    private let width: Double
    private let scale: PlotScale

    private static let rowHeight = 30.0
    private static let nameWidth = 150.0
    /// Pairs of percentiles, the widest first.
    private static let intervals = [(0.001, 0.999), (0.01, 0.99), (0.05, 0.95), (0.1, 0.9)]

    /// - Parameter isWide: whether the chart has the page's whole width.
    /// - Returns: nil where no model is compared, or none differs from the reference.
    init?(_ models: [QualityReport.Model], isWide: Bool) {
        rows = models.enumerated().compactMap { index, model in model.comparison.map { (index, model, $0) } }
        let reach =
            rows.flatMap { $0.comparison.deltaPercentiles }
            .filter { (0.001...0.999).contains($0.fraction) }.map(\.value.magnitude).max() ?? 0
        guard reach > 0 else { return nil }
        width = isWide ? 1060 : ChartFrame.width
        let bound = PlotScale.around([0, 100 * reach], fromZero: true).upperBound
        scale = PlotScale(-bound...bound, to: Self.nameWidth...(width - 14))
    }

    var drawing: Markup {
        let bottom = Double(rows.count) * Self.rowHeight + 6
        var marks: [Markup] = []
        for tick in scale.ticks {
            let x = scale.place(tick)
            marks.append(ChartFrame.line(x, 0, x, bottom, tick == 0 ? "zero" : "grid"))
            let text = FigureText.tick(tick)
            marks.append(ChartFrame.label(tick > 0 ? "+" + text : text, x, bottom + 16, anchor: "middle"))
        }
        for (place, row) in rows.enumerated() {
            marks.append(bars(row.comparison, row.model, row.index, middle: (Double(place) + 0.5) * Self.rowHeight))
        }
        marks.append(
            ChartFrame.label("percentage points", (Self.nameWidth + width) / 2, bottom + 36, anchor: "middle", style: "title"))
        return .element(
            "svg",
            [
                "viewBox": "0 0 \(Int(width)) \(Int(bottom + 42))", "role": "img", "class": "chart",
                "aria-label": "Change of the probability of the right token",
            ], marks)
    }

    private func bars(_ comparison: Comparison, _ model: QualityReport.Model, _ index: Int, middle: Double) -> Markup {
        func value(_ fraction: Double) -> Double? { comparison.deltaPercentiles.first { $0.fraction == fraction }?.value }
        var parts: [Markup] = [
            .element("title", Self.text(model, comparison, value)),
            ChartFrame.label(Charts.shortened(model.name, to: 20), Self.nameWidth - 12, middle + 4, anchor: "end", style: "name"),
        ]
        for (step, interval) in Self.intervals.enumerated() {
            guard let low = value(interval.0), let high = value(interval.1) else { continue }
            let (left, right) = (scale.place(100 * low), scale.place(100 * high))
            let height = [4.0, 12, 16, 16][step]
            parts.append(
                .element(
                    "rect",
                    [
                        "x": ChartFrame.number(left), "y": ChartFrame.number(middle - height / 2),
                        "width": ChartFrame.number(max(right - left, 1.5)), "height": ChartFrame.number(height), "rx": "2",
                        "class": "bar", "fill-opacity": ["0.35", "0.3", "0.45", "1"][step],
                    ]))
        }
        return .element("g", ["class": Charts.colour(index)], parts)
    }

    private static func text(_ model: QualityReport.Model, _ comparison: Comparison, _ value: (Double) -> Double?) -> String {
        let figures = intervals.reversed().compactMap { low, high -> String? in
            guard let first = value(low), let last = value(high) else { return nil }
            let share = FigureText.tick((100 * (high - low) * 10).rounded() / 10)
            return "\(share) % of tokens: \(FigureText.fixed(100 * first, 2)) to \(FigureText.fixed(100 * last, 2))"
        }
        return
            ([
                model.name,
                "mean \(FigureText.fixed(100 * comparison.meanDelta.value, 3)), RMS "
                    + "\(FigureText.fixed(100 * comparison.rootMeanSquareDelta.value, 3)) points",
            ] + figures).joined(separator: "\n")
    }
}
