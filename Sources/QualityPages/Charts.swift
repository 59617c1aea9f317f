// The charts of a quality report.
import Evaluation

/// Draws charts of models, each of which has the colour of its place in the report.
struct Charts {
    let models: [QualityReport.Model]

    /// Colours that the style has; further models begin anew.
    private static let colours = 8

    static func colour(_ index: Int) -> String { "s\(index % colours)" }

    private var compared: [(index: Int, model: QualityReport.Model, comparison: Comparison)] {
        models.enumerated().compactMap { index, model in model.comparison.map { (index, model, $0) } }
    }

    // MARK: Size against divergence

    /// What a byte buys: a point for each model. Nil without comparisons.
    var sizeAgainstDivergence: Markup? {
        let points = compared.filter { $0.comparison.divergence.value > 0 }
        guard !points.isEmpty else { return nil }
        let frame = ChartFrame(
            horizontal: PlotScale.around(points.map(\.model.bitsPerWeight) + [0]),
            vertical: PlotScale.decades(points.map(\.comparison.divergence.value), atMost: 5), horizontalTitle: "bits per weight",
            verticalTitle: "mean KL divergence (nats)", verticalIsLogarithmic: true)
        let places = points.map { point in
            (x: frame.horizontal.place(point.model.bitsPerWeight), y: frame.vertical.place(point.comparison.divergence.value))
        }
        var labels = PointLabels()
        let marks = points.indices.map { index -> Markup in
            let (point, place) = (points[index], places[index])
            let figure = point.comparison.divergence
            let ends = [figure.value - figure.uncertainty, figure.value + figure.uncertainty].map { frame.vertical.place($0) }
            let isBelow = figure.value < frame.vertical.values.lowerBound
            let name = Self.shortened(point.model.type.isEmpty ? point.model.name : point.model.type) + (isBelow ? " ↓" : "")
            return .element(
                "g", ["class": Self.colour(point.index)],
                [
                    .element("title", Self.sizeText(point.model, figure)),
                    ChartFrame.line(place.x, ends[0], place.x, ends[1], "whisker"),
                    .element(
                        "circle",
                        ["cx": ChartFrame.number(place.x), "cy": ChartFrame.number(place.y), "r": "6", "class": "point"]),
                    labels.place(name, beside: place),
                ])
        }
        return frame.drawing("Mean KL divergence by bits per weight", marks)
    }

    private static func sizeText(_ model: QualityReport.Model, _ divergence: Comparison.Figure) -> String {
        "\(model.name): \(FigureText.bytes(model.byteCount)), \(FigureText.fixed(model.bitsPerWeight, 2)) bits per weight, "
            + "KL divergence \(FigureText.short(divergence.value)) ± \(FigureText.short(divergence.uncertainty, digits: 2))"
    }

    // MARK: Divergence by percentile

    /// How the divergence is spread over positions: a line for each model.
    var divergenceCurves: Markup? {
        let curves = compared.filter { $0.comparison.divergenceCurve.contains { $0 > 0 } }
        guard !curves.isEmpty else { return nil }
        let shown = curves.flatMap { Array($0.comparison.divergenceCurve.dropFirst(2)) }
        let frame = ChartFrame(
            horizontal: 0...100, vertical: PlotScale.decades(shown, atMost: 6), horizontalTitle: "share of tokens at or below (%)",
            verticalTitle: "KL divergence (nats)", verticalIsLogarithmic: true)
        var marks: [Markup] = []
        for curve in curves {
            let values = curve.comparison.divergenceCurve
            let points = values.enumerated().filter { $0.element >= frame.vertical.values.lowerBound }
                .map {
                    (
                        frame.horizontal.place(100 * Double($0.offset) / Double(max(values.count - 1, 1))),
                        frame.vertical.place($0.element)
                    )
                }
            guard points.count > 1 else { continue }
            marks.append(line(points, curve.index, tooltip: Self.percentileText(curve.model, curve.comparison)))
        }
        return frame.drawing("KL divergence by percentile", marks)
    }

    private static func percentileText(_ model: QualityReport.Model, _ comparison: Comparison) -> String {
        let figures = [0.5, 0.9, 0.99, 0.999].compactMap { fraction in
            comparison.divergence(at: fraction).map { "\(FigureText.short(100 * fraction)) %: \(FigureText.short($0))" }
        }
        return "\(model.name)\n" + figures.joined(separator: ", ")
    }

    private func line(_ points: [(Double, Double)], _ index: Int, tooltip: String) -> Markup {
        let path = ChartFrame.path(points.map { (x: $0.0, y: $0.1) })
        return .element(
            "g", ["class": Self.colour(index)],
            [
                .element("title", tooltip), .element("path", ["d": path, "class": "curve"]),
                // A broad line that nobody sees is easier to point at.
                .element("path", ["d": path, "class": "catch"]),
            ])
    }

    static func shortened(_ name: String, to count: Int = 28) -> String {
        name.count > count ? String(name.prefix(count - 1)) + "…" : name
    }
}

/// Puts names beside points so that none lies on another, or on a point that was placed before.
private struct PointLabels {
    private var taken: [(x: ClosedRange<Double>, y: Double)] = []

    /// The name to the right of its point, else to the left, else further down.
    mutating func place(_ name: String, beside point: (x: Double, y: Double)) -> Markup {
        let width = 7.4 * Double(name.count)
        let right = (point.x + 10)...(point.x + 10 + width)
        let left = (point.x - 10 - width)...(point.x - 10)
        var choice = (range: right, y: point.y, anchor: "start")
        search: for drop in [0.0, 13, -13, 26, -26, 39] {
            for (range, anchor) in [(right, "start"), (left, "end")] where isFree(range, point.y + drop) {
                choice = (range, point.y + drop, anchor)
                break search
            }
        }
        taken += [(choice.range, choice.y), ((point.x - 7)...(point.x + 7), point.y)]
        return ChartFrame.label(
            name, choice.anchor == "start" ? choice.range.lowerBound : choice.range.upperBound, choice.y + 4, anchor: choice.anchor,
            style: "name")
    }

    private func isFree(_ range: ClosedRange<Double>, _ y: Double) -> Bool {
        guard range.lowerBound > ChartFrame.left, range.upperBound < ChartFrame.right + 8 else { return false }
        guard y > ChartFrame.top - 4, y < ChartFrame.bottom - 2 else { return false }
        return !taken.contains { $0.x.overlaps(range) && abs($0.y - y) < 12 }
    }
}
