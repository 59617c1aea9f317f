import Evaluation
import Quantization
import Tensors

/// A quality report as tables for a terminal: models side by side, then percentiles, then errors by type and tensor.
struct QualityTable {
    private let report: QualityReport

    init(_ report: QualityReport) { self.report = report }

    var text: String {
        var sections = [models]
        if let text = report.text {
            sections[0] +=
                "\n\(text.scoredCount) tokens of '\(text.name)' scored, in \(text.chunkCount) chunks of \(text.contextLength)"
                + (report.reference.map { "; against '\($0)'" } ?? "") + "\n"
        }
        if report.models.contains(where: { $0.comparison != nil }) {
            sections += [
                percentiles("KL DIVERGENCE", \.divergencePercentiles, 1, 6), percentiles("Δp", \.deltaPercentiles, 100, 3),
            ]
        }
        for model in report.models where !model.tensors.isEmpty { sections += [types(model), worst(model)] }
        return sections.joined(separator: "\n").withoutControls
    }

    private var models: String {
        let hasText = report.models.contains { $0.perplexity != nil }
        let hasReference = report.models.contains { $0.comparison != nil }
        let hasChoices = report.models.contains { $0.choices != nil }
        var table = TextTable()
        table.add(
            ["MODEL", "TYPE", "SIZE", "BPW"] + (hasText ? ["PERPLEXITY"] : [])
                + (hasReference ? ["LN(PPL/BASE)", "KL DIVERGENCE", "99.9%", "MAX", "RMS Δp", "SAME TOP"] : [])
                + (hasChoices ? ["QUESTIONS RIGHT"] : []))
        for model in report.models {
            var row = [model.name, model.type, HumanFormat.bytes(model.byteCount), number(model.bitsPerWeight, 2)]
            if hasText { row.append(model.perplexity.map { figure($0, 4) } ?? "-") }
            if hasReference { row += model.comparison.map(Self.cells) ?? Array(repeating: "-", count: 6) }
            if hasChoices { row.append(model.choices.map(Self.choices) ?? "-") }
            table.add(row)
        }
        return table.text
    }

    private static func cells(_ comparison: Comparison) -> [String] {
        [
            figure(comparison.logRatio, 5), figure(comparison.divergence, 6),
            number(comparison.divergence(at: 0.999) ?? 0, 4), number(comparison.divergence(at: 1) ?? 0, 4),
            figure(comparison.rootMeanSquareDelta, 3, scale: 100) + " %", figure(comparison.sameTop, 2, scale: 100) + " %",
        ]
    }

    private static func choices(_ score: ChoiceScore) -> String {
        let bounds = [score.interval.lowerBound, score.interval.upperBound].map { number(100 * $0, 1) }.joined(separator: "–")
        return "\(score.correct) of \(score.count), \(number(100 * score.share, 2)) % (\(bounds))"
    }

    private func percentiles(
        _ title: String, _ values: KeyPath<Comparison, [Comparison.Percentile]>, _ scale: Double, _ digits: Int
    ) -> String {
        let compared = report.models.filter { $0.comparison != nil }
        let fractions = compared.first?.comparison?[keyPath: values].map(\.fraction) ?? []
        var table = TextTable()
        table.add([title] + fractions.map(Self.name))
        for model in compared {
            let row = model.comparison?[keyPath: values] ?? []
            table.add([model.name] + row.map { number(scale * $0.value, digits) + (scale == 100 ? " %" : "") })
        }
        return table.text
    }

    private static func name(_ fraction: Double) -> String {
        switch fraction {
        case 0: "MIN"
        case 1: "MAX"
        case 0.5: "MEDIAN"
        default: number(100 * fraction, 1) + "%"
        }
    }

    private func types(_ model: QualityReport.Model) -> String {
        var table = TextTable()
        table.add(["TYPES OF \(model.name)", "TENSORS", "SIZE", "RMSE", "MAX", "RELATIVE"])
        for type in model.typeErrors {
            table.add([
                type.type, "\(type.tensorCount)", HumanFormat.bytes(type.byteCount), small(type.rootMeanSquare),
                small(type.maximum),
                number(100 * type.relative, 4) + " %",
            ])
        }
        return table.text
    }

    private static let worstCount = 10

    private func worst(_ model: QualityReport.Model) -> String {
        let tensors = model.tensors.filter { $0.rootMeanSquare > 0 }.sorted { $0.relative > $1.relative }.prefix(Self.worstCount)
        guard !tensors.isEmpty else { return "all tensors of \(model.name) are the reference's\n" }
        var table = TextTable()
        table.add(["TENSORS THAT LOST MOST", "TYPE", "RMSE", "MAX", "RELATIVE"])
        for tensor in tensors {
            table.add([
                tensor.name, tensor.type.name, small(tensor.rootMeanSquare), small(tensor.maximum),
                number(100 * tensor.relative, 4) + " %",
            ])
        }
        return table.text
    }

    private func figure(_ figure: Comparison.Figure, _ digits: Int) -> String { Self.figure(figure, digits) }
    private func number(_ value: Double, _ digits: Int) -> String { Self.number(value, digits) }

    private static func figure(_ figure: Comparison.Figure, _ digits: Int, scale: Double = 1) -> String {
        "\(number(scale * figure.value, digits)) ± \(number(scale * figure.uncertainty, digits))"
    }

    private static func number(_ value: Double, _ digits: Int) -> String { HumanFormat.fixed(value, digits) }

    /// Errors of weights are small: with enough digits after the point.
    private func small(_ value: Double) -> String { HumanFormat.fixed(value, 7) }
}
